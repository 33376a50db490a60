/** StarGAN: Unified Generative Adversarial Networks for Multi-Domain Image-to-Image Translation. Choi et al. (2018), §3. */

import { labelCount } from "../data/index.ts";
import { stopGradient, type Tensor } from "../graph/index.ts";
import { binaryCrossEntropy, crossEntropy, gradientPenalty, l1Loss } from "../losses/index.ts";
import { starganDiscriminator, starganGenerator } from "../networks/index.ts";
import { adam, toSchedule } from "../optim/index.ts";
import { decaying, decayOptions } from "./decay.ts";
import { integer, number } from "./options.ts";
import { defineRecipe, minimize } from "./recipe.ts";

export const stargan = defineRecipe({
  name: "stargan",
  title: "StarGAN",
  paper: "arXiv:1711.09020",
  about: "one generator that changes a picture's class or any of its attributes: hair, glasses, a smile",
  data: { kinds: ["images"], labels: "classes or attributes", sizes: [16, 28, 32, 64, 128, 256] },
  batch: 16,

  options: {
    lambdaCls: number(1, "λ_cls, weight of the classification loss", { min: 0 }),
    lambdaRec: number(10, "λ_rec, weight of the reconstruction loss", { min: 0 }),
    lambdaGp: number(10, "λ_gp, weight of the gradient penalty", { min: 0 }),
    nCritic: integer(5, "n_critic, steps of D in each iteration"),
    blocks: integer(6, "residual blocks of G", { min: 0 }),
    width: integer(64, "channels of G's and D's first convolution; each halving of the picture doubles them"),
    lr: number(1e-4, "Adam's learning rate", { min: 0 }),
    beta1: number(0.5, "Adam's β₁", { min: 0, below: 1 }),
    beta2: number(0.999, "Adam's β₂", { min: 0, below: 1 }),
    ...decayOptions,
  },

  presets: {
    celeba: {
      about: "200 000 steps of D, half of them at the full learning rate and half while it falls to 0",
      options: { decayFrom: 20_000, decayTo: 40_000 },
    },
  },

  networks({ blocks, width }, data) {
    const players = { labels: labelCount(data), width, image: data.sample };
    return { G: starganGenerator({ ...players, blocks }), D: starganDiscriminator(players) };
  },

  iteration(
    { G, D },
    { draw, data, report },
    { lambdaCls, lambdaRec, lambdaGp, nCritic, lr, beta1, beta2, decayFrom, decayTo },
  ) {
    const alpha = toSchedule(decaying(lr, { decayFrom, decayTo }));
    // −log D_cls(c|x): one class of several, or each attribute by itself
    const classification = data.classes.length > 0 ? crossEntropy : binaryCrossEntropy;
    const translate = () => {
      const { x, y: c0 } = draw.labelled(); //         x with its own labels c′
      const c = draw.permutation().matmul(c0); //      c, the labels of other pictures of the batch
      return { x, c0, c, fake: G(x, c) };
    };
    let made: ReturnType<typeof translate> | undefined;

    const discriminator = () => {
      made = translate();
      const { x, c0 } = made;
      const xTilde = stopGradient(made.fake);
      const real = D(x);
      const fake = D(xTilde);
      const epsilon = draw.uniform(x.shape.slice(1).map(() => 1)); //                      one for each sample
      const penalty = gradientPenalty((xHat: Tensor) => D(xHat).score, x, xTilde, epsilon);
      const classes = classification(real.classes, c0);
      report("score/real", real.score.mean());
      report("score/fake", fake.score.mean());
      report("classification/real", classes);
      report("penalty/gradient", penalty);
      const adversarial = fake.score.sub(real.score).mean().add(penalty.mul(lambdaGp)); // −L_adv, Eq. 8
      return adversarial.add(classes.mul(lambdaCls)); //                                   Eq. 5
    };

    // G learns from the pictures that D has just seen: G has not moved since.
    const generator = () => {
      const { x, c0, c, fake } = made ?? translate();
      made = undefined;
      const { score, classes: judged } = D(fake);
      const classes = classification(judged, c);
      const reconstruction = l1Loss(G(fake, c0), x); //                                    ‖x − G(G(x, c), c′)‖₁, Eq. 4
      report("classification/fake", classes);
      report("distance/reconstruction", reconstruction);
      return score.mean().neg().add(classes.mul(lambdaCls)).add(reconstruction.mul(lambdaRec)); // Eq. 6
    };

    const ofD = adam({ lr: (t) => alpha(Math.ceil(t / nCritic)), beta1, beta2 }); // it moves n_critic times an iteration
    return [
      minimize(discriminator, { over: D, with: ofD, times: nCritic }),
      minimize(generator, { over: G, with: adam({ lr: alpha, beta1, beta2 }) }),
    ];
  },

  makes: { translate: ({ G }, given) => G(given.image(), given.labels()) },
  scores: ({ D }, given) => D(given.image()).score,
});
