/** CGAN: Conditional Generative Adversarial Nets. Mirza & Osindero (2014), §3.2. */

import { stopGradient, type Tensor } from "../graph/index.ts";
import { discriminatorLoss, nonSaturatingLoss, saturatingLoss } from "../losses/index.ts";
import { conditionalPlayers, imageSizes } from "../networks/index.ts";
import { adam } from "../optim/index.ts";
import { choice, integer, integers, number } from "./options.ts";
import { defineRecipe, minimize } from "./recipe.ts";

export const cgan = defineRecipe({
  name: "cgan",
  title: "CGAN",
  paper: "arXiv:1411.1784",
  about: "G is told which label to make, and D which label it was to be",
  data: { kinds: ["images", "points"], labels: "classes or attributes", sizes: imageSizes },
  batch: 128,

  options: {
    loss: choice(
      ["non-saturating", "saturating"],
      "non-saturating",
      "G maximises log D(G(z|y)|y), or minimises log(1 − D(G(z|y)|y))",
    ),
    dSteps: integer(1, "k, steps of D in each iteration"),
    gSteps: integer(1, "steps of G in each iteration"),
    networks: choice(
      ["auto", "mlp", "dcgan"],
      "auto",
      "the players; auto is dcgan, told the label at every layer, for images and mlp for points",
    ),
    zDim: integer(100, "size of z"),
    prior: choice(["normal", "uniform"], "normal", "z ~ N(0, 1) or U(−1, 1)"),
    width: integer(64, "channels of dcgan's largest feature map; each halving of it doubles them"),
    hidden: integers([256, 256], "widths of mlp's hidden layers"),
    eps: number(1e-5, "batch norm's ε, in dcgan", { min: 0 }),
    lr: number(2e-4, "Adam's learning rate", { min: 0 }),
    beta1: number(0.5, "Adam's β₁", { min: 0, below: 1 }),
    beta2: number(0.999, "Adam's β₂", { min: 0, below: 1 }),
    weightDecay: number(0, "L2 penalty; the authors of DCGAN used 2.5e-5 on MNIST", { min: 0 }),
  },

  networks: conditionalPlayers,

  iteration({ G, D }, { draw, report }, { loss, dSteps, gSteps, lr, beta1, beta2, weightDecay }) {
    const optimizer = adam({ lr, beta1, beta2, weightDecay });
    const make = (y: Tensor) => ({ y, fake: G(draw.prior(G), y) });
    let made: ReturnType<typeof make> | undefined;

    const discriminator = () => {
      const { x, y } = draw.labelled();
      made = make(y); // G is asked for the labels of the real batch, so that none tells D more than how the sample looks
      const real = D(x, y);
      const fake = D(stopGradient(made.fake), y);
      report("score/real", real.sigmoid().mean());
      report("score/fake", fake.sigmoid().mean());
      return discriminatorLoss(real, fake); // −log D(x|y) − log(1 − D(G(z|y)|y))
    };

    // G's first step is on the samples D has just seen: G has not moved since, so their forward pass still holds.
    const generator = () => {
      const { fake, y } = made ?? make(draw.labelled().y);
      made = undefined;
      return loss === "saturating" ? saturatingLoss(D(fake, y)) : nonSaturatingLoss(D(fake, y));
    };

    return [
      minimize(discriminator, { over: D, with: optimizer, times: dSteps }),
      minimize(generator, { over: G, with: optimizer, times: gSteps }),
    ];
  },

  makes: { sample: ({ G }, given) => G(given.prior(G), given.labels()) },
  scores: ({ D }, given) => D(given.image(), given.labels()),
});
