/** R3GAN: The GAN is dead; long live the GAN! A Modern Baseline GAN. Huang, Gokaslan, Kuleshov & Tompkin (2024), §2. */

import { grad, stopGradient, type Tensor } from "../graph/index.ts";
import { discriminatorLoss, nonSaturatingLoss } from "../losses/index.ts";
import { imageSizes, noisePlayers } from "../networks/index.ts";
import { adam, cosineSchedule } from "../optim/index.ts";
import { noiseOptions } from "./noise-options.ts";
import { choice, flag, integer, number } from "./options.ts";
import { defineRecipe, minimize } from "./recipe.ts";

export const r3gan = defineRecipe({
  name: "r3gan",
  title: "R3GAN",
  paper: "arXiv:2501.05441",
  about: "real against fake in pairs, held still by R1 and R2: the modern baseline, which converges without tricks",
  data: { kinds: ["images", "points"], sizes: imageSizes },
  batch: 64,

  options: {
    ...noiseOptions({ own: "r3gan", zDim: 64, width: 32 }),
    cardinality: integer(4, "groups of the 3×3 convolutions of r3gan's blocks, a divisor of 2·width"),
    loss: choice(
      ["rpgan", "gan"],
      "rpgan",
      "D(x) against D(G(z)) in pairs, or each against 0 (the non-saturating GAN), as the paper's ablation has it",
    ),
    r2: flag(true, "R2, the penalty on generated samples, beside R1 on real ones"),
    gamma: number(0.05, "γ, weight of R1 and R2; larger for larger or more varied images", { min: 0 }),
    lr: number(2e-4, "Adam's learning rate", { min: 0 }),
    beta1: number(0, "Adam's β₁", { min: 0, below: 1 }),
    beta2: number(0.99, "Adam's β₂", { min: 0, below: 1 }),
    schedule: choice(
      ["constant", "cosine"],
      "constant",
      "lr and γ stay, or go to their end values on half a cosine over --decay iterations",
    ),
    decay: integer(39063, "iterations of the cosine; the paper's 20 million images at batch 512"),
    lrEnd: number(5e-5, "lr after the cosine", { min: 0 }),
    gammaEnd: number(0.005, "γ after the cosine", { min: 0 }),
  },

  presets: {
    toy: {
      about: "for points: z of 4 numbers, and rates at which the 2-D sets are learned in minutes",
      options: { zDim: 4, lr: 1e-3 },
    },
    cifar10: {
      about:
        "the paper's networks, rates and γ for CIFAR-10, 41 million parameters; β₂ does not rise, nothing is augmented",
      batch: 512,
      options: { width: 768, cardinality: 96, schedule: "cosine" },
    },
    ffhq64: {
      about: "the same for FFHQ at 64 pixels, 45 million parameters",
      batch: 256,
      options: { width: 768, cardinality: 96, schedule: "cosine", gamma: 2, gammaEnd: 0.2, decay: 78125 },
    },
  },

  networks: (options, data) => noisePlayers({ ...options, own: "r3gan", norm: "none" }, data),

  iteration({ G, D }, { draw, report, at }, options) {
    const { loss, r2: onFakes, gamma, lr, beta1, beta2, schedule, decay, lrEnd, gammaEnd } = options;
    const over = (start: number, end: number) =>
      schedule === "cosine" ? cosineSchedule(start, end, decay) : () => start;
    const optimizer = adam({ lr: over(lr, lrEnd), beta1, beta2 });
    const weight = at(over(gamma, gammaEnd));

    // E‖∇D‖² over what D has scored, one gradient for each score
    const penalty = (score: Tensor, x: Tensor) =>
      grad(score.sum(), x)
        .square()
        .sum()
        .mul(1 / score.size);

    // −E f(D(x) − D(G(z))) + γ/2 (R1 + R2), with f(t) = −log(1 + e⁻ᵗ) and x and G(z) in pairs; gan: −E f(D(x)) − E f(−D(G(z)))
    const discriminator = () => {
      const x = draw.real();
      const xFake = stopGradient(G(draw.prior(G)));
      const [real, fake] = [D(x), D(xFake)];
      const r1 = penalty(real, x); //         on real samples
      const r2 = onFakes ? penalty(fake, xFake) : undefined; // on generated ones
      report("score/real", real.mean());
      report("score/fake", fake.mean());
      report("penalty/R1", r1);
      if (r2) report("penalty/R2", r2);
      const game = loss === "gan" ? discriminatorLoss(real, fake) : fake.sub(real).softplus().mean();
      return game.add((r2 ? r1.add(r2) : r1).mul(weight).mul(0.5));
    };

    // −E f(D(G(z)) − D(x)): fresh real samples take part; gan: −E f(D(G(z)))
    const generator = () => {
      if (loss === "gan") return nonSaturatingLoss(D(G(draw.prior(G))));
      const real = D(draw.real());
      const fake = D(G(draw.prior(G)));
      return real.sub(fake).softplus().mean();
    };

    return [minimize(discriminator, { over: D, with: optimizer }), minimize(generator, { over: G, with: optimizer })];
  },

  makes: { sample: ({ G }, given) => G(given.prior(G)) },
  scores: ({ D }, given) => D(given.image()),
});
