// What the papers and their authors' code set, typed from them: a default that drifts is noticed here, where two runs would still agree.
// `ours` holds what differs on purpose, with the reason.

import { describe, expect, test } from "vitest";
import { findRecipe, type OptionValue, recipes } from "../../src/recipes/index.ts";

type Options = Readonly<Record<string, OptionValue>>;

interface Row {
  readonly source: string;
  readonly batch?: number;
  readonly options: Options;
  /** Defaults that are not the source's: value, and why. */
  readonly ours?: Readonly<Record<string, readonly [OptionValue, why: string]>>;
}

const adam = { lr: 2e-4, beta1: 0.5, beta2: 0.999 };

const published: Readonly<Record<string, Row>> = {
  vanilla: {
    source: "the tutorials' MNIST GAN of 64-256-256-784 against 784-256-256-1: Adam's own β, D before G",
    batch: 100,
    options: {
      lr: 2e-4,
      beta1: 0.9,
      beta2: 0.999,
      zDim: 64,
      hiddenG: [256, 256],
      hiddenD: [256, 256],
      order: "d-first",
    },
  },
  dcgan: {
    source: "Radford et al. (2016), §4; pytorch/examples dcgan",
    batch: 64,
    options: { ...adam, zDim: 100, width: 64, eps: 1e-5, weightDecay: 0 },
    ours: { prior: ["normal", "as pytorch/examples; the paper's uniform one is --prior uniform"] },
  },
  lsgan: {
    source: "Mao et al. (2017), §3.2: the 0-1 coding a 0, b 1, c 1; rates of DCGAN's kind",
    batch: 64,
    options: { ...adam, a: 0, b: 1, c: 1 },
  },
  wgan: {
    source: "Arjovsky et al. (2017), Algorithm 1, and the extra critic steps of the authors' code",
    batch: 64,
    options: { lr: 5e-5, c: 0.01, nCritic: 5, warmUp: true, zDim: 100, width: 64 },
  },
  "wgan-gp": {
    source: "Gulrajani et al. (2017), Algorithm 1",
    batch: 64,
    options: { lambda: 10, nCritic: 5, lr: 1e-4, beta1: 0, beta2: 0.9, norm: "none", zDim: 128 },
  },
  sngan: {
    source: "Miyato et al. (2018), setting of the residual networks; Mimicry sngan_32",
    batch: 64,
    options: { nDis: 5, lr: 2e-4, beta1: 0, beta2: 0.9, zDim: 128 },
    ours: { decayTo: [0, "a fall to 0 needs the number of steps: the preset has the published one"] },
  },
  unrolled: {
    source: "Metz et al. (2017), appendix A: the ring",
    batch: 512,
    options: { unroll: 5, lrD: 1e-4, lrG: 1e-3, beta1: 0.5, beta2: 0.999, zDim: 256, hidden: [128, 128] },
  },
  pacgan: { source: "Lin et al. (2018), §4, on DCGAN", batch: 64, options: { ...adam, pack: 2 } },
  r3gan: {
    source: "Huang et al. (2024), appendix: CIFAR-10",
    options: { lr: 2e-4, lrEnd: 5e-5, beta1: 0, gamma: 0.05, gammaEnd: 0.005, r2: true, loss: "rpgan", zDim: 64 },
    ours: {
      schedule: ["constant", "the cosine runs over 20 million images: the presets have it"],
      beta2: [0.99, "where the paper's rise from 0.9 ends"],
      width: [32, "768 channels are 41 million parameters: the presets have them"],
    },
  },
  cgan: {
    source: "Radford et al. (2016), their code's conditional MNIST",
    batch: 128,
    options: { ...adam, zDim: 100, width: 64 },
    ours: {
      weightDecay: [0, "theirs, 2.5e-5, is --weight-decay: no other recipe's weights shrink unasked"],
      prior: ["normal", "theirs is --prior uniform, as in dcgan"],
    },
  },
  acgan: {
    source: "Odena et al. (2017), appendix",
    batch: 100,
    options: { ...adam, dropout: 0.5, widthD: 16, classWeight: 1 },
    ours: { widthG: [96, "G of 384 is for 128 pixels"] },
  },
  sgan: {
    source:
      "Salimans et al. (2016), the code of its feature matching, in pictures from −1 to 1: noise of 0.3 in 0 to 1 is 0.6",
    batch: 100,
    options: {
      hiddenG: [500, 500],
      hiddenD: [1000, 500, 250, 250, 250],
      inputNoise: 0.6,
      hiddenNoise: 0.5,
      beta1: 0.5,
    },
    ours: { lr: [2e-4, "the fake class is Odena's form; the preset of feature matching has its 3e-3"] },
  },
  pix2pix: {
    source: "Isola et al. (2017), §3.3 and the authors' code",
    batch: 1,
    options: { ...adam, lambda: 100, dropout: 0.5, width: 64, receptiveField: "70", game: "cgan" },
    ours: { decayTo: [0, "as the first code; the preset falls to 0 over its second half"] },
  },
  cyclegan: {
    source: "Zhu et al. (2017), §4, and the authors' code",
    batch: 1,
    options: { ...adam, lambda: 10, identity: 0.5, poolSize: 50, width: 64 },
    ours: { decayTo: [0, "a fall to 0 needs the number of epochs: the preset has the published one"] },
  },
  discogan: {
    source: "Kim et al. (2017), the authors' code; an iteration of ours has their D's step and its two of G",
    batch: 64,
    options: { ...adam, weightDecay: 1e-5, startingRate: 0.01, rate: 0.5, matching: 0.9, curriculum: 3333, gSteps: 2 },
  },
  stargan: {
    source: "Choi et al. (2018), §5, and the authors' code",
    batch: 16,
    options: { lr: 1e-4, beta1: 0.5, beta2: 0.999, lambdaCls: 1, lambdaRec: 10, lambdaGp: 10, nCritic: 5, blocks: 6 },
    ours: { decayTo: [0, "a fall to 0 needs the number of steps: the preset has the published one"] },
  },
  stackgan: {
    source: "Zhang et al. (2017), the authors' code for COCO",
    options: { ...adam, lambda: 2, conditionSize: 128, zDim: 100, residualBlocks: 2 },
    ours: {
      widthG: [32, "192 is for a card: the preset has it"],
      widthD: [16, "96 is for a card: the preset has it"],
      halveEvery: [0, "every 20 epochs needs the size of the set: the preset has COCO's"],
    },
  },
  fusiongan: { source: "Joo et al. (2018), §4", batch: 1, options: { ...adam, width: 64 } },
};

test("every recipe has a row", () => {
  expect(Object.keys(published).sort()).toEqual(recipes.map(({ name }) => name).sort());
});

describe.each(Object.entries(published))("%s", (name, { source, batch, options, ours = {} }) => {
  const recipe = findRecipe(name);
  test(`has the defaults of ${source}`, () => {
    const defaults = Object.fromEntries(Object.keys(options).map((key) => [key, recipe.options[key]?.default]));
    expect(defaults).toEqual(options);
    if (batch !== undefined) expect(recipe.batch).toBe(batch);
  });
  test.each(Object.entries(ours))("differs in --%s on purpose: %j", (key, [value]) => {
    expect(recipe.options[key].default).toEqual(value);
  });
});

test("presets have what the defaults leave out", () => {
  const preset = (recipe: string, of: string) => findRecipe(recipe).presets![of].options;
  expect(preset("wgan-gp", "toy")).toMatchObject({ lambda: 0.1, beta1: 0.5, hidden: [512, 512, 512], zDim: 2 });
  expect(preset("sgan", "feature-matching")).toMatchObject({ lr: 3e-3, prior: "uniform" });
  expect(preset("stackgan", "coco")).toMatchObject({ widthG: 192, widthD: 96 });
  expect(preset("r3gan", "cifar10")).toMatchObject({ width: 768, cardinality: 96, schedule: "cosine" });
  expect(preset("sngan", "published")).toMatchObject({ decayTo: 100_000 });
});
