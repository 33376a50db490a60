/** SNGAN: Spectral Normalization for Generative Adversarial Networks. Miyato, Kataoka, Koyama & Yoshida (2018), §2.1 and §4. */

import { stopGradient } from "../graph/index.ts";
import { hingeDiscriminatorLoss, hingeGeneratorLoss } from "../losses/index.ts";
import { imageSizes, noisePlayers } from "../networks/index.ts";
import { adam, toSchedule } from "../optim/index.ts";
import { decaying, decayOptions } from "./decay.ts";
import { noiseOptions } from "./noise-options.ts";
import { choice, integer, number } from "./options.ts";
import { defineRecipe, minimize } from "./recipe.ts";

export const sngan = defineRecipe({
  name: "sngan",
  title: "SNGAN",
  paper: "arXiv:1802.05957",
  about: "every weight of D divided by its largest singular value, so that D cannot be steeper than 1; hinge loss",
  data: { kinds: ["images", "points"], sizes: imageSizes },
  batch: 64,

  options: {
    ...noiseOptions({ own: "resnet", zDim: 128, width: 128 }),
    networks: choice(
      ["auto", "mlp", "dcgan", "resnet"],
      "auto",
      "the players; auto is resnet for images, mlp for points",
    ),
    width: integer(
      128,
      "channels of D: of dcgan's largest feature map, each halving of which doubles them, or of all of resnet's; G has twice as many",
    ),
    nDis: integer(5, "n_dis, steps of D in each iteration"),
    lr: number(2e-4, "α, Adam's learning rate", { min: 0 }),
    beta1: number(0, "Adam's β₁", { min: 0, below: 1 }),
    beta2: number(0.9, "Adam's β₂", { min: 0, below: 1 }),
    ...decayOptions,
  },

  presets: {
    published: { about: "α falls to 0 over the 100 000 iterations of the paper", options: { decayTo: 100_000 } },
  },

  // Spectral norm in every layer of D
  networks: (options, data) =>
    noisePlayers({ ...options, own: "resnet", norm: "spectral", widthG: 2 * options.width }, data),

  iteration({ G, D }, { draw, report }, { nDis, lr, beta1, beta2, decayFrom, decayTo }) {
    const alpha = toSchedule(decaying(lr, { decayFrom, decayTo }));

    // E max(0, 1 − D(x)) + E max(0, 1 + D(G(z))), eq. 16
    const discriminator = () => {
      const real = D(draw.real());
      const fake = D(stopGradient(G(draw.prior(G))));
      report("score/real", real.mean());
      report("score/fake", fake.mean());
      return hingeDiscriminatorLoss(real, fake);
    };

    // −E D(G(z)), eq. 17
    const generator = () => hingeGeneratorLoss(D(G(draw.prior(G))));

    const ofD = adam({ lr: (t) => alpha(Math.ceil(t / nDis)), beta1, beta2 }); // D moves n_dis times in an iteration
    return [
      minimize(discriminator, { over: D, with: ofD, times: nDis }),
      minimize(generator, { over: G, with: adam({ lr: alpha, beta1, beta2 }) }),
    ];
  },

  makes: { sample: ({ G }, given) => G(given.prior(G)) },
  scores: ({ D }, given) => D(given.image()),
});
