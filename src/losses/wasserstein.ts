// The Wasserstein game: Arjovsky et al. (2017), eqs. 2 and 3. D is a critic, whose scores are any numbers, and has to be kept
// Lipschitz, by clipping its weights or by a penalty (penalties.ts).

import type { Tensor } from "../graph/index.ts";

/** E D(G(z)) − E D(x): minus the critic's estimate of the distance, from the scores of real and generated samples. */
export function wassersteinCriticLoss(real: Tensor, fake: Tensor): Tensor {
  return fake.mean().sub(real.mean());
}

/** −E D(G(z)). */
export function wassersteinGeneratorLoss(fake: Tensor): Tensor {
  return fake.mean().neg();
}
