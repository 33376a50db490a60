/** PacGAN: The power of two samples in generative adversarial networks. Lin, Khetan, Fanti & Oh (2018), §2. */

import { stopGradient, type Tensor } from "../graph/index.ts";
import { discriminatorLoss, nonSaturatingLoss, saturatingLoss } from "../losses/index.ts";
import { imageSizes, noisePlayers } from "../networks/index.ts";
import { adam } from "../optim/index.ts";
import { noiseOptions } from "./noise-options.ts";
import { choice, integer, number } from "./options.ts";
import { defineRecipe, minimize } from "./recipe.ts";

export const pacgan = defineRecipe({
  name: "pacgan",
  title: "PacGAN",
  paper: "arXiv:1712.04086",
  about: "D judges several samples at once, so that it sees when G makes the same ones again and again",
  data: { kinds: ["images", "points"], sizes: imageSizes },
  batch: 64,

  options: {
    ...noiseOptions({ own: "dcgan", zDim: 100, width: 64, pack: 2 }),
    loss: choice(
      ["non-saturating", "saturating"],
      "non-saturating",
      "G maximises log D(G(z₁), …, G(zₘ)), or minimises log(1 − D(G(z₁), …, G(zₘ)))",
    ),
    dSteps: integer(1, "steps of D in each iteration"),
    lr: number(2e-4, "Adam's learning rate", { min: 0 }),
    beta1: number(0.5, "Adam's β₁", { min: 0, below: 1 }),
    beta2: number(0.999, "Adam's β₂", { min: 0, below: 1 }),
  },

  networks: (options, data) => noisePlayers({ ...options, own: "dcgan", norm: "batch" }, data),

  // The game is the one that it was: packing lies in D, whose first layer sees m samples side by side (fig. 1). It judges
  // P(x₁, …, xₘ all real) for each m samples of the batch that follow each other, all real or all generated.
  iteration({ G, D }, { draw, report }, { loss, dSteps, lr, beta1, beta2 }) {
    const optimizer = adam({ lr, beta1, beta2 });
    let made: Tensor | undefined;

    const discriminator = () => {
      made = G(draw.prior(G));
      const real = D(draw.real());
      const fake = D(stopGradient(made));
      report("score/real", real.sigmoid().mean());
      report("score/fake", fake.sigmoid().mean());
      return discriminatorLoss(real, fake);
    };

    const generator = () => {
      const fake = D(made ?? G(draw.prior(G)));
      made = undefined;
      return loss === "saturating" ? saturatingLoss(fake) : nonSaturatingLoss(fake);
    };

    return [
      minimize(discriminator, { over: D, with: optimizer, times: dSteps }),
      minimize(generator, { over: G, with: optimizer }),
    ];
  },

  makes: { sample: ({ G }, given) => G(given.prior(G)) },
  scores: ({ D }, given) => D(given.image()),
});
