/** LSGAN: Least Squares Generative Adversarial Networks. Mao et al. (2017), §3.2. */

import { stopGradient, type Tensor } from "../graph/index.ts";
import { imageSizes, noisePlayers } from "../networks/index.ts";
import { adam } from "../optim/index.ts";
import { noiseOptions } from "./noise-options.ts";
import { integer, number } from "./options.ts";
import { defineRecipe, minimize } from "./recipe.ts";

export const lsgan = defineRecipe({
  name: "lsgan",
  title: "LSGAN",
  paper: "arXiv:1611.04076",
  about:
    "D's scores are regressed to numbers instead of judged by likelihood: gradients do not vanish far from its border",
  data: { kinds: ["images", "points"], sizes: imageSizes },
  batch: 64,

  options: {
    ...noiseOptions({ own: "dcgan", zDim: 100, width: 64 }),
    a: number(0, "the score that D wants for what is generated"),
    b: number(1, "the score that D wants for what is real"),
    c: number(1, "the score that G wants D to give"),
    dSteps: integer(1, "steps of D in each iteration"),
    lr: number(2e-4, "Adam's learning rate", { min: 0 }),
    beta1: number(0.5, "Adam's β₁", { min: 0, below: 1 }),
    beta2: number(0.999, "Adam's β₂", { min: 0, below: 1 }),
  },

  presets: {
    pearson: {
      about: "a, b, c = −1, 1, 0, with which G minimises a Pearson χ² divergence (§3.3)",
      options: { a: -1, c: 0 },
    },
    scenes: {
      about: "the paper's LSUN scenes: z of 1024 numbers, learning rate 1e-3",
      options: { zDim: 1024, lr: 1e-3 },
    },
  },

  networks: (options, data) => noisePlayers({ ...options, own: "dcgan", norm: "batch" }, data),

  iteration({ G, D }, { draw, report }, { a, b, c, dSteps, lr, beta1, beta2 }) {
    const optimizer = adam({ lr, beta1, beta2 });
    let fake: Tensor | undefined;

    // ½ E (D(x) − b)² + ½ E (D(G(z)) − a)², eq. 8; D ends without a sigmoid
    const discriminator = () => {
      fake = G(draw.prior(G));
      const real = D(draw.real());
      const score = D(stopGradient(fake));
      report("score/real", real.mean());
      report("score/fake", score.mean());
      return real.sub(b).square().mean().mul(0.5).add(score.sub(a).square().mean().mul(0.5));
    };

    // ½ E (D(G(z)) − c)², eq. 9, on the samples D has just seen: G has not moved since
    const generator = () => {
      const score = D(fake ?? G(draw.prior(G)));
      fake = undefined;
      return score.sub(c).square().mean().mul(0.5);
    };

    return [
      minimize(discriminator, { over: D, with: optimizer, times: dSteps }),
      minimize(generator, { over: G, with: optimizer }),
    ];
  },

  makes: { sample: ({ G }, given) => G(given.prior(G)) },
  scores: ({ D }, given) => D(given.image()),
});
