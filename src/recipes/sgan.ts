/**
 * SGAN: Semi-Supervised Learning with Generative Adversarial Networks. Odena (2016), Algorithm 1; and the form that Salimans et al.
 * (2016), Improved Techniques for Training GANs, §3.1 and §5, gave it.
 */

import { fill, type Shape, sizeOf, stopGradient, type Tensor } from "../graph/index.ts";
import { accuracy, crossEntropy, discriminatorLoss, logSumExp, nonSaturatingLoss } from "../losses/index.ts";
import { type Classification, classifierPlayers, imageSizes } from "../networks/index.ts";
import { adam } from "../optim/index.ts";
import { choice, integer, integers, number } from "./options.ts";
import { defineRecipe, minimize } from "./recipe.ts";

/**
 * log P(real | x) − log P(fake | x) of each sample, [n], where P(real | x) is the sum over the classes: log Σ exp l_k − l_fake.
 * Without a class of fakes l_fake is 0, which takes nothing from a softmax (Salimans et al., §5): D(x) = Z / (Z + 1).
 */
function realness({ classes, fake }: Classification): Tensor {
  return fake === undefined ? logSumExp(classes) : logSumExp(classes).sub(fake);
}

/** Odena's players are DCGAN's, Salimans et al.'s of MNIST fully connected. */
function familyOf({ networks, form }: { readonly networks: string; readonly form: string }): "mlp" | "dcgan" {
  const auto = form === "fake-class" ? "dcgan" : "mlp";
  return networks === "auto" ? auto : (networks as "mlp" | "dcgan");
}

interface NoiseOptions {
  readonly networks: string;
  readonly form: string;
  readonly hiddenD: readonly number[];
  readonly inputNoise: number;
  readonly hiddenNoise: number;
}

/** What is added to the input [n, ...sample] and the hidden layers of mlp's D. */
function noises(options: NoiseOptions, sample: Shape, normal: (shape: Shape) => Tensor): Tensor[] {
  if (familyOf(options) !== "mlp") return [];
  const { hiddenD, inputNoise, hiddenNoise } = options;
  const noisy = (width: number, sigma: number) => (sigma === 0 ? fill(0, [1, 1]) : normal([width]).mul(sigma));
  return [noisy(sizeOf(sample), inputNoise), ...hiddenD.map((width) => noisy(width, hiddenNoise))];
}

export const sgan = defineRecipe({
  name: "sgan",
  title: "SGAN",
  paper: "arXiv:1606.01583",
  about: "a classifier from few labels: D learns the classes from them, and from all else what is real",
  data: { kinds: ["images"], labels: "classes", sizes: imageSizes },
  batch: 100,

  options: {
    form: choice(
      ["fake-class", "feature-matching"],
      "fake-class",
      "G is told a class, and D has K + 1 (Odena); or D has K, and G matches the mean of its features (Salimans et al.)",
    ),
    unlabelledWeight: number(1, "factor of the loss of unlabelled and generated samples", { min: 0 }),
    networks: choice(
      ["auto", "mlp", "dcgan"],
      "auto",
      "the players; auto is dcgan for fake-class and mlp for feature-matching",
    ),
    zDim: integer(100, "size of z"),
    prior: choice(["normal", "uniform"], "normal", "z ~ N(0, 1) or U(−1, 1)"),
    width: integer(64, "channels of dcgan's largest feature map; each halving of it doubles them"),
    hiddenG: integers([500, 500], "widths of mlp's hidden layers in G"),
    hiddenD: integers([1000, 500, 250, 250, 250], "widths of mlp's hidden layers in D"),
    inputNoise: number(0.6, "σ of the noise on what mlp's D sees, whose range is 2 wide", { min: 0 }),
    hiddenNoise: number(0.5, "σ of the noise on each hidden layer of mlp's D", { min: 0 }),
    eps: number(1e-5, "batch norm's ε", { min: 0 }),
    lr: number(2e-4, "Adam's learning rate", { min: 0 }),
    beta1: number(0.5, "Adam's β₁", { min: 0, below: 1 }),
    beta2: number(0.999, "Adam's β₂", { min: 0, below: 1 }),
  },

  presets: {
    "feature-matching": {
      about: "the reference code's classifier of MNIST from 10 labels a class (Salimans et al.)",
      options: { form: "feature-matching", prior: "uniform", lr: 3e-3 },
    },
  },

  networks: (options, data) =>
    classifierPlayers({ ...options, networks: familyOf(options), fakeClass: options.form === "fake-class" }, data),

  iteration({ G, D }, { draw, report, data }, options) {
    const { form, unlabelledWeight, lr, beta1, beta2 } = options;
    const fakeClass = form === "fake-class";
    const optimizer = adam({ lr, beta1, beta2 });

    // One noise for all that D judges in an iteration: to each mean over samples it is as good as noises of their own.
    const noise = noises(options, data.sample, draw.normal);
    const judge = (x: Tensor) => D(x, ...noise);

    const make = () => {
      const y = fakeClass ? [draw.classes()] : [];
      return { y, fake: G(draw.prior(G), ...y) };
    };
    let made: ReturnType<typeof make> | undefined;

    const discriminator = () => {
      const { x, y } = draw.labelled();
      made = make();
      const labelled = judge(x);
      const unlabelled = realness(judge(draw.real()));
      const fake = realness(judge(stopGradient(made.fake)));
      report("score/real", unlabelled.sigmoid().mean());
      report("score/fake", fake.sigmoid().mean());
      report("accuracy/labelled", accuracy(labelled.classes, y));
      // −log P(y | x, real); with a class of fakes −log P(y | x) = −log P(y | x, real) − log P(real | x)
      const known = crossEntropy(labelled.classes, y);
      const supervised = fakeClass ? known.add(nonSaturatingLoss(realness(labelled))) : known;
      const unsupervised = discriminatorLoss(unlabelled, fake).mul(0.5); // −½ log P(real | x) − ½ log P(fake | G(z))
      return supervised.add(unsupervised.mul(unlabelledWeight));
    };

    // −log P(y | G(z, y)), or ‖E f(x) − E f(G(z))‖², in the mean over features. On the samples D has just seen: G has not moved since.
    const generator = () => {
      const { y, fake } = made ?? make();
      made = undefined;
      const judged = judge(fake);
      if (fakeClass) return crossEntropy(judged.classes, y[0]).add(nonSaturatingLoss(realness(judged)));
      const real = judge(draw.real()).features;
      return real
        .mean([0])
        .sub(judged.features.mean([0]))
        .square()
        .mean();
    };

    return [minimize(discriminator, { over: D, with: optimizer }), minimize(generator, { over: G, with: optimizer })];
  },

  makes: {
    sample: ({ G }, given, { form }) => G(given.prior(G), ...(form === "fake-class" ? [given.labels()] : [])),
  },
  scores({ D }, given, options) {
    const x = given.image();
    return realness(D(x, ...noises(options, x.shape.slice(1), given.normal)));
  },
});
