/** ACGAN: Conditional Image Synthesis with Auxiliary Classifier GANs. Odena, Olah & Shlens (2017), §3. */

import { stopGradient } from "../graph/index.ts";
import { accuracy, crossEntropy, discriminatorLoss, nonSaturatingLoss, saturatingLoss } from "../losses/index.ts";
import { acganDiscriminator, acganGenerator, imageSizes } from "../networks/index.ts";
import { adam } from "../optim/index.ts";
import { choice, integer, number } from "./options.ts";
import { defineRecipe, minimize } from "./recipe.ts";

export const acgan = defineRecipe({
  name: "acgan",
  title: "ACGAN",
  paper: "arXiv:1610.09585",
  about: "D also says which class a picture is of, and G makes pictures that it can tell",
  data: { kinds: ["images"], labels: "classes", sizes: imageSizes },
  batch: 100,

  options: {
    loss: choice(
      ["non-saturating", "saturating"],
      "non-saturating",
      "G maximises log P(real | G(z, c)), or minimises log P(fake | G(z, c)), which is −L_S",
    ),
    classWeight: number(1, "factor of L_C", { min: 0 }),
    dSteps: integer(1, "steps of D in each iteration"),
    gSteps: integer(1, "steps of G in each iteration"),
    zDim: integer(100, "size of z"),
    prior: choice(["normal", "uniform"], "normal", "z ~ N(0, 1) or U(−1, 1)"),
    widthG: integer(96, "channels of G's largest feature map; each halving of it doubles them"),
    widthD: integer(16, "channels of D's first convolution; each of the other five doubles them"),
    dropout: number(0.5, "probability with which D drops a feature after each convolution", { min: 0, below: 1 }),
    eps: number(1e-5, "batch norm's ε", { min: 0 }),
    lr: number(2e-4, "Adam's learning rate", { min: 0 }),
    beta1: number(0.5, "Adam's β₁", { min: 0, below: 1 }),
    beta2: number(0.999, "Adam's β₂", { min: 0, below: 1 }),
  },

  networks({ zDim, prior, widthG, widthD, dropout, eps }, { sample: image, classes }) {
    const labels = classes.length;
    return {
      G: acganGenerator({ zDim, labels, width: widthG, image, prior, eps }),
      D: acganDiscriminator({ labels, width: widthD, image, dropout, eps }),
    };
  },

  iteration({ G, D }, { draw, report }, { loss, classWeight, dSteps, gSteps, lr, beta1, beta2 }) {
    const optimizer = adam({ lr, beta1, beta2 });
    const make = () => {
      const c = draw.classes(); // c ~ p_c, all alike
      return { c, fake: G(draw.prior(G), c) };
    };
    let made: ReturnType<typeof make> | undefined;

    // D maximises L_S + L_C
    const discriminator = () => {
      const { x, y } = draw.labelled();
      made = make();
      const real = D(x);
      const fake = D(stopGradient(made.fake));
      report("score/real", real.score.sigmoid().mean());
      report("score/fake", fake.score.sigmoid().mean());
      report("accuracy/real", accuracy(real.classes, y));
      report("accuracy/fake", accuracy(fake.classes, made.c));
      const source = discriminatorLoss(real.score, fake.score); //                                          −L_S, eq. 2
      const classes = crossEntropy(real.classes, y).add(crossEntropy(fake.classes, made.c)); // −L_C, eq. 3
      return source.add(classes.mul(classWeight));
    };

    // G maximises L_C − L_S. Its first step is on the samples D has just seen: G has not moved since.
    const generator = () => {
      const { c, fake } = made ?? make();
      made = undefined;
      const { score, classes } = D(fake);
      const source = loss === "saturating" ? saturatingLoss(score) : nonSaturatingLoss(score);
      return source.add(crossEntropy(classes, c).mul(classWeight));
    };

    return [
      minimize(discriminator, { over: D, with: optimizer, times: dSteps }),
      minimize(generator, { over: G, with: optimizer, times: gSteps }),
    ];
  },

  makes: { sample: ({ G }, given) => G(given.prior(G), given.labels()) },
  scores: ({ D }, given) => D(given.image()).score,
});
