/** GAN: Generative Adversarial Nets. Goodfellow et al. (2014), Algorithm 1, with fully connected players. */

import { stopGradient, type Tensor } from "../graph/index.ts";
import { mlpDiscriminator, mlpGenerator } from "../networks/index.ts";
import { adam } from "../optim/index.ts";
import { choice, flag, integer, integers, number } from "./options.ts";
import { defineRecipe, minimize } from "./recipe.ts";

export const vanilla = defineRecipe({
  name: "vanilla",
  title: "GAN",
  paper: "arXiv:1406.2661",
  about: "the original game between two small fully connected networks",
  data: { kinds: ["images", "points"] },
  batch: 100,

  options: {
    loss: choice(
      ["non-saturating", "saturating"],
      "non-saturating",
      "G maximises log D(G(z)), or minimises log(1 − D(G(z)))",
    ),
    dSteps: integer(1, "k, steps of D in each iteration"),
    gSteps: integer(1, "steps of G in each iteration"),
    order: choice(
      ["d-first", "g-first"],
      "d-first",
      "who moves first; g-first shows D the samples G just learned from",
    ),
    zDim: integer(64, "size of z"),
    prior: choice(["normal", "uniform"], "normal", "z ~ N(0, 1) or U(−1, 1)"),
    hiddenG: integers([256, 256], "widths of G's hidden layers"),
    hiddenD: integers([256, 256], "widths of D's hidden layers"),
    activationG: choice(["relu", "leaky"], "relu", "G's hidden activation, ReLU or LeakyReLU 0.2"),
    batchNorm: flag(false, "batch norm in G, after every hidden layer but the first"),
    eps: number(1e-5, "batch norm's ε", { min: 0 }),
    output: choice(["auto", "tanh", "linear"], "auto", "G's output; auto is tanh for images, linear for points"),
    lossScaleD: number(1, "factor of D's loss; some scripts halve it", { min: 0 }),
    lr: number(2e-4, "Adam's learning rate", { min: 0 }),
    beta1: number(0.9, "Adam's β₁", { min: 0, below: 1 }),
    beta2: number(0.999, "Adam's β₂", { min: 0, below: 1 }),
  },

  presets: {
    shallow: { about: "64-256-256-784 against 784-256-256-1, the tutorials' MNIST GAN (the defaults)", options: {} },
    deep: {
      about: "100-128-256-512-1024-784 with batch norm against 784-512-256-1, G first, D's loss halved",
      batch: 64,
      options: {
        order: "g-first",
        zDim: 100,
        hiddenG: [128, 256, 512, 1024],
        hiddenD: [512, 256],
        activationG: "leaky",
        batchNorm: true,
        lossScaleD: 0.5,
        beta1: 0.5,
      },
    },
  },

  networks: ({ zDim, prior, hiddenG, hiddenD, activationG, batchNorm, eps, output }, { kind, sample }) => ({
    G: mlpGenerator({
      zDim,
      hidden: hiddenG,
      sample,
      prior,
      output: output === "auto" ? (kind === "images" ? "tanh" : "linear") : output,
      activation: activationG,
      batchNorm,
      eps,
    }),
    D: mlpDiscriminator({ hidden: hiddenD, sample }),
  }),

  iteration({ G, D }, { draw, report }, { loss, dSteps, gSteps, order, lossScaleD, lr, beta1, beta2 }) {
    const optimizer = adam({ lr, beta1, beta2 });
    let made: Tensor | undefined; // samples G learned from before D moves, where G goes first

    // −log D(x) − log(1 − D(G(z))), with D's output in logits: log σ(l) = −softplus(−l), log(1 − σ(l)) = −softplus(l)
    const discriminator = () => {
      const real = D(draw.real());
      const fake = D(stopGradient(made ?? G(draw.prior(G))));
      made = undefined;
      report("score/real", real.sigmoid().mean());
      report("score/fake", fake.sigmoid().mean());
      return real.neg().softplus().mean().add(fake.softplus().mean()).mul(lossScaleD);
    };

    const generator = () => {
      made = G(draw.prior(G));
      const fake = D(made);
      return loss === "saturating" ? fake.softplus().mean().neg() : fake.neg().softplus().mean();
    };

    const moves = [
      minimize(discriminator, { over: D, with: optimizer, times: dSteps }),
      minimize(generator, { over: G, with: optimizer, times: gSteps }),
    ];
    return order === "d-first" ? moves : moves.reverse();
  },

  makes: { sample: ({ G }, given) => G(given.prior(G)) },
  scores: ({ D }, given) => D(given.image()),
});
