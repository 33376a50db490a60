// The game of Goodfellow et al. (2014) in logits l, D = σ(l): log D = −softplus(−l) and log(1 − D) = −softplus(l), so that
// no logarithm ever meets a zero.

import type { Tensor } from "../graph/index.ts";

/** −E log D(x) − E log(1 − D(G(z))), from the logits of real and generated samples, [n] each. Eq. 1, negated. */
export function discriminatorLoss(real: Tensor, fake: Tensor): Tensor {
  return real.neg().softplus().mean().add(fake.softplus().mean());
}

/** E log(1 − D(G(z))), which G minimises in the minimax game: it saturates while D wins. Eq. 1. */
export function saturatingLoss(fake: Tensor): Tensor {
  return fake.softplus().mean().neg();
}

/** −E log D(G(z)), the same fixed point with a strong gradient early on. §3, last paragraph. */
export function nonSaturatingLoss(fake: Tensor): Tensor {
  return fake.neg().softplus().mean();
}
