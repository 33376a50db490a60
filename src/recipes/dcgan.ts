/** DCGAN: Unsupervised Representation Learning with Deep Convolutional GANs. Radford, Metz & Chintala (2016), §3. */

import { stopGradient, type Tensor } from "../graph/index.ts";
import { discriminatorLoss, nonSaturatingLoss, saturatingLoss } from "../losses/index.ts";
import { imageSizes, noisePlayers } from "../networks/index.ts";
import { adam } from "../optim/index.ts";
import { noiseOptions } from "./noise-options.ts";
import { choice, integer, number } from "./options.ts";
import { defineRecipe, minimize } from "./recipe.ts";

export const dcgan = defineRecipe({
  name: "dcgan",
  title: "DCGAN",
  paper: "arXiv:1511.06434",
  about: "strided convolutions and batch norm: the first GAN that scaled to photographs",
  data: { kinds: ["images", "points"], sizes: imageSizes },
  batch: 64,

  options: {
    loss: choice(
      ["non-saturating", "saturating"],
      "non-saturating",
      "G maximises log D(G(z)), or minimises log(1 − D(G(z)))",
    ),
    dSteps: integer(1, "steps of D in each iteration"),
    gSteps: integer(1, "steps of G in each iteration"),
    ...noiseOptions({ own: "dcgan", zDim: 100, width: 64 }),
    upsample: choice(
      ["deconv", "resize"],
      "deconv",
      "dcgan's G: strided transposed convolution, or resize and convolve",
    ),
    output: choice(["auto", "tanh", "linear"], "auto", "G's output; auto is tanh for images, linear for points"),
    head: choice(
      ["conv", "linear", "gap"],
      "conv",
      "dcgan's D ends in a convolution, a linear layer, or average pooling and a linear layer",
    ),
    eps: number(1e-5, "batch norm's ε, in dcgan", { min: 0 }),
    lr: number(2e-4, "Adam's learning rate", { min: 0 }),
    beta1: number(0.5, "Adam's β₁", { min: 0, below: 1 }),
    beta2: number(0.999, "Adam's β₂", { min: 0, below: 1 }),
    weightDecay: number(0, "L2 penalty; the authors' faces used 1e-5", { min: 0 }),
  },

  networks: (options, data) => noisePlayers({ ...options, own: "dcgan", norm: "batch" }, data),

  iteration({ G, D }, { draw, report }, { loss, dSteps, gSteps, lr, beta1, beta2, weightDecay }) {
    const optimizer = adam({ lr, beta1, beta2, weightDecay });
    let fake: Tensor | undefined;

    const discriminator = () => {
      fake = G(draw.prior(G));
      const real = D(draw.real()); // real and fake in batches of their own, each with its own batch statistics
      const score = D(stopGradient(fake));
      report("score/real", real.sigmoid().mean());
      report("score/fake", score.sigmoid().mean());
      return discriminatorLoss(real, score);
    };

    // G's first step is on the samples D has just seen: G has not moved since, so their forward pass still holds.
    const generator = () => {
      const score = D(fake ?? G(draw.prior(G)));
      fake = undefined;
      return loss === "saturating" ? saturatingLoss(score) : nonSaturatingLoss(score);
    };

    return [
      minimize(discriminator, { over: D, with: optimizer, times: dSteps }),
      minimize(generator, { over: G, with: optimizer, times: gSteps }),
    ];
  },

  makes: { sample: ({ G }, given) => G(given.prior(G)) },
  scores: ({ D }, given) => D(given.image()),
});
