// Penalties on the gradient of D's scores in what it is shown. Each is a graph, so that the loss that holds it can be differentiated
// once more. A gradient belongs to one sample (to one pack, where D judges packs), never to the batch.

import { grad, type Tensor } from "../graph/index.ts";

/** ‖∇ₓ D(x)‖₂² for each score: D(x) [n, …] and x [n, …] → [n]. R1 and R2 (Mescheder et al. 2018, eq. 9), with x real or generated. */
export function squaredGradientNorm(scores: Tensor, x: Tensor): Tensor {
  return grad(scores.sum(), x).reshape([scores.shape[0], -1]).square().sum([1]);
}

/**
 * ‖∇ₓ D(x)‖₂ for each score: D(x) [n, …] and x [n, …] → [n]. Where the gradient is 0, so is the derivative of this, though that of
 * the root is infinite: 1 is added under the root there, and taken off again.
 */
export function gradientNorm(scores: Tensor, x: Tensor): Tensor {
  const squared = squaredGradientNorm(scores, x);
  const flat = squared.step().neg().add(1); // 1 where the gradient is 0
  return squared.add(flat).sqrt().sub(flat);
}

/** E (‖∇x̂ D(x̂)‖₂ − 1)² with x̂ = εx + (1 − ε)x̃, ε [n, 1, …] of the rank of x: Gulrajani et al. (2017), eq. 3, without λ. */
export function gradientPenalty(D: (x: Tensor) => Tensor, x: Tensor, xTilde: Tensor, epsilon: Tensor): Tensor {
  const xHat = xTilde.lerp(x, epsilon);
  return gradientNorm(D(xHat), xHat).sub(1).square().mean();
}
