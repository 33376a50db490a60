/** FusionGAN: Generating a Fusion Image: One's Identity and Another's Shape. Joo, Kim & Kim (2018), §3. */

import { InputError } from "../errors/index.ts";
import { stopGradient } from "../graph/index.ts";
import { l1Loss, leastSquares } from "../losses/index.ts";
import { fusionganDiscriminator, fusionganGenerator, fusionganMap } from "../networks/index.ts";
import { minPool } from "../nn/index.ts";
import { adam } from "../optim/index.ts";
import { integer, number } from "./options.ts";
import { defineRecipe, minimize } from "./recipe.ts";

export const fusiongan = defineRecipe({
  name: "fusiongan",
  title: "FusionGAN",
  paper: "arXiv:1804.07455",
  about: "fuses two pictures: the identity of one, which its class shares, in the shape of the other",
  data: { kinds: ["images"], labels: "classes", sizes: [16, 28, 32, 64, 128, 256] },
  batch: 1,

  options: {
    lambdaI: number(1, "weight of G's identity loss L_I", { min: 0 }),
    lambdaS1: number(10, "weight of the shape loss within an identity, L_S1", { min: 0 }),
    lambdaS2: number(10, "weight of the shape losses between identities, L_S2a and L_S2b", { min: 0 }),
    minPatch: integer(3, "G mends the worst of each square of so many by so many patches; 1 trains it on all alike"),
    width: integer(64, "channels of G's and D's first convolution; each halving of the picture doubles them"),
    lr: number(2e-4, "Adam's learning rate", { min: 0 }),
    beta1: number(0.5, "Adam's β₁", { min: 0, below: 1 }),
    beta2: number(0.999, "Adam's β₂", { min: 0, below: 1 }),
  },

  networks({ minPatch, width }, { sample: image }) {
    const G = fusionganGenerator({ width, image });
    const most = Math.min(...fusionganMap(image));
    if (minPatch > most) {
      throw new InputError(
        `--min-patch: D scores ${fusionganMap(image).join("×")} patches of a picture of ${image[1]}×${image[2]}, got ${minPatch}. Pass --min-patch ${most} or a larger --size.`,
      );
    }
    return { G, D: fusionganDiscriminator({ width, image }) };
  },

  iteration({ G, D }, { draw, report }, { lambdaI, lambdaS1, lambdaS2, minPatch, lr, beta1, beta2 }) {
    const optimizer = adam({ lr, beta1, beta2 });
    // x, x̂ and y₁ = same have one identity, y₂ = other another
    const { x, xHat, same, other } = draw.identities();
    const fake = G(x, other);

    // ‖1 − D(x, x̂)‖² + ‖D(x, G(x, y₂))‖², over all patches (Eq. 3)
    const discriminator = () => {
      const real = D(x, xHat);
      const score = D(x, stopGradient(fake));
      report("score/real", real.mean());
      report("score/fake", score.mean());
      return leastSquares(real, 1).add(leastSquares(score, 0));
    };

    const generator = () => {
      const identity = leastSquares(minPool(D(x, fake), minPatch), 1); // §3.3, min-patch training
      const s1 = l1Loss(same, G(x, same)); //                             ‖y₁ − G(x, y₁)‖₁
      const s2a = l1Loss(other, G(other, fake)); //                       ‖y₂ − G(y₂, G(x, y₂))‖₁
      const s2b = l1Loss(fake, G(fake, other)); //                        ‖G(x, y₂) − G(G(x, y₂), y₂)‖₁
      report("distance/same", s1);
      report("distance/back", s2a);
      report("distance/again", s2b);
      return identity.mul(lambdaI).add(s1.mul(lambdaS1)).add(s2a.add(s2b).mul(lambdaS2));
    };

    return [minimize(discriminator, { over: D, with: optimizer }), minimize(generator, { over: G, with: optimizer })];
  },

  makes: { fuse: ({ G }, given) => G(given.image(), given.image()) },
  samplesAsTrained: true,
});
