// Least squares instead of likelihoods: Mao et al. (2017), eqs. 8 and 9. Scores are any numbers, without a sigmoid: what is far on
// the right side of the border is pulled back too, so gradients do not vanish there.

import type { Tensor } from "../graph/index.ts";

/** E (D − target)² of scores of any shape. */
export function leastSquares(scores: Tensor, target: number): Tensor {
  return scores.sub(target).square().mean();
}

/** ½ E (D(x) − b)² + ½ E (D(G(z)) − a)². */
export function leastSquaresDiscriminatorLoss(real: Tensor, fake: Tensor, { a = 0, b = 1 } = {}): Tensor {
  return leastSquares(real, b).mul(0.5).add(leastSquares(fake, a).mul(0.5));
}

/** ½ E (D(G(z)) − c)². */
export function leastSquaresGeneratorLoss(fake: Tensor, { c = 1 } = {}): Tensor {
  return leastSquares(fake, c).mul(0.5);
}
