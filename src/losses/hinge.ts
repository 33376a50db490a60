// The hinge version of the game: Lim & Ye (2017) and Tran et al. (2017), which Miyato et al. (2018), eqs. 16–17 took over.
// D learns only from samples inside its margin, and its optimum separates them as a support vector machine would.

import type { Tensor } from "../graph/index.ts";

/** E max(0, 1 − D(x)) + E max(0, 1 + D(G(z))), from the scores of real and generated samples, [n] each. */
export function hingeDiscriminatorLoss(real: Tensor, fake: Tensor): Tensor {
  const inside = (margin: Tensor) => margin.add(1).relu().mean();
  return inside(real.neg()).add(inside(fake));
}

/** −E D(G(z)). */
export function hingeGeneratorLoss(fake: Tensor): Tensor {
  return fake.mean().neg();
}
