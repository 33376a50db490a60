// The relativistic pairing game in logits l (Jolicoeur-Martineau 2018, §4.1; Sun et al. 2020): a sample is judged against one of the
// other kind rather than against 0, which leaves no bad local minima (Huang et al. 2024, §2.1). f(t) = −log(1 + e⁻ᵗ).

import type { Tensor } from "../graph/index.ts";

/** −E f(D(x) − D(G(z))) = E log(1 + e^(D(G(z)) − D(x))), from the logits of real and generated samples in pairs, [n] each. */
export function relativisticDiscriminatorLoss(real: Tensor, fake: Tensor): Tensor {
  return fake.sub(real).softplus().mean();
}

/** −E f(D(G(z)) − D(x)), D's game with the sides changed: the reals take part, and G learns to be as real as they are. */
export function relativisticGeneratorLoss(real: Tensor, fake: Tensor): Tensor {
  return relativisticDiscriminatorLoss(fake, real);
}
