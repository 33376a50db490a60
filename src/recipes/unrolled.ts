/** Unrolled GAN: Unrolled Generative Adversarial Networks. Metz, Poole, Pfau & Sohl-Dickstein (2017), §2.2. */

import { stopGradient, type Tensor } from "../graph/index.ts";
import { discriminatorLoss, nonSaturatingLoss } from "../losses/index.ts";
import { imageSizes, noisePlayers } from "../networks/index.ts";
import { adam } from "../optim/index.ts";
import { noiseOptions } from "./noise-options.ts";
import { choice, integer, integers, number } from "./options.ts";
import { defineRecipe, minimize } from "./recipe.ts";

export const unrolled = defineRecipe({
  name: "unrolled",
  title: "Unrolled GAN",
  paper: "arXiv:1611.02163",
  about: "G learns from how D would answer: gradients pass through the next steps of D's training",
  data: { kinds: ["images", "points"], sizes: imageSizes },
  batch: 512,

  options: {
    ...noiseOptions({ own: "dcgan", zDim: 256, width: 32 }),
    hidden: integers([128, 128], "widths of the hidden layers of mlp"),
    unroll: integer(5, "K, steps of D that G looks ahead; 0 is the plain GAN", { min: 0 }),
    loss: choice(
      ["saturating", "non-saturating"],
      "saturating",
      "G minimises log D(x) + log(1 − D(G(z))) as in the paper, or maximises log D(G(z)), both at D's K-th step",
    ),
    lrD: number(1e-4, "Adam's learning rate for D", { min: 0 }),
    lrG: number(1e-3, "Adam's learning rate for G", { min: 0 }),
    beta1: number(0.5, "Adam's β₁", { min: 0, below: 1 }),
    beta2: number(0.999, "Adam's β₂", { min: 0, below: 1 }),
  },

  networks: (options, data) => noisePlayers({ ...options, own: "dcgan", norm: "batch" }, data),

  iteration({ G, D }, context, { unroll, loss, lrD, lrG, beta1, beta2 }) {
    const { draw, report } = context;
    let held: { readonly x: Tensor; readonly fake: Tensor } | undefined;

    // −f(θ_G, θ_D), on samples of its own, or on those that G looks ahead at
    const discriminator = () => {
      const { x, fake } = held ?? { x: draw.real(), fake: stopGradient(G(draw.prior(G))) };
      const [real, made] = [D(x), D(fake)];
      report("score/real", real.sigmoid().mean());
      report("score/fake", made.sigmoid().mean());
      return discriminatorLoss(real, made);
    };
    const answer = minimize(discriminator, { over: D, with: adam({ lr: lrD, beta1, beta2 }) });

    // f_K(θ_G, θ_D) = f(θ_G, θ_D^K(θ_G, θ_D)): D's K steps are on the same x and G(z), with no stop on G(z)
    const generator = () => {
      const [x, fake] = [draw.real(), G(draw.prior(G))];
      held = { x, fake };
      const value = context.unrolled(answer, unroll, () =>
        loss === "saturating" ? discriminatorLoss(D(x), D(fake)).neg() : nonSaturatingLoss(D(fake)),
      );
      held = undefined;
      return value;
    };

    return [answer, minimize(generator, { over: G, with: adam({ lr: lrG, beta1, beta2 }) })];
  },

  makes: { sample: ({ G }, given) => G(given.prior(G)) },
  scores: ({ D }, given) => D(given.image()),
});
