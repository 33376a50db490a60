// Recipes with labels, on MNIST: do the samples show the class that was asked for, as an independent classifier sees it, and does
// a semi-supervised discriminator know the digits better than the same network taught by the few labels alone?

import { existsSync } from "node:fs";
import { type Dataset, openDataset } from "../../src/data/index.node.ts";
import { findRecipe, type OptionValue } from "../../src/recipes/index.ts";
import { shareWrong } from "../../src/reproduce/index.node.ts";
import { labelRows } from "../../src/train/index.node.ts";
import { highest, trainJudge } from "./classifier.ts";
import { type Case, type Experiment, flagsOf, samplerOf, type Training, trained } from "./experiment.ts";

const MNIST = "../shared/data/mnist";
const JUDGE_STEPS = 2000;
const SAMPLES = 1000;
const TEST = 10_000;

const open = (split: "train" | "t10k", seed = 1, labelsPerClass?: number): Promise<Dataset> => {
  if (!existsSync(MNIST)) throw new Error(`${MNIST} is needed for this experiment`);
  const file = `${MNIST}/${split}-images-idx3-ubyte.gz`;
  return openDataset(file, { seed, ...(labelsPerClass !== undefined && { labelsPerClass }) });
};

function conditional(training: Training): Case {
  return {
    name: training.recipe,
    flags: flagsOf(training),
    async run(seed, log) {
      const data = await open("train");
      const test = await open("t10k");
      const judge = await trainJudge(data, JUDGE_STEPS, 100 + seed);
      const judgeAccuracy = 100 * (await judge.accuracy(test, TEST));
      log(`the judge knows ${judgeAccuracy.toFixed(2)} % of the test digits`);
      const run = await trained(training, data, seed, log);
      const sampler = await samplerOf(run);
      const labels = labelRows(run.data, SAMPLES, 1);
      const images = await sampler.generate({ ...sampler.latent(SAMPLES, seed), labels });
      const seen = await judge.classes(images);
      const wanted = highest(labels, 10);
      const right = seen.filter((label, i) => label === wanted[i]).length;
      for (const each of [sampler, judge, data, test]) await each.close();
      return { accuracy: (100 * right) / SAMPLES, judge: judgeAccuracy, minutes: run.result.seconds / 60 };
    },
  };
}

export const classes: Experiment = {
  name: "classes",
  about:
    "MNIST: of 1,000 samples, 100 for each digit, the share (%) in which a classifier trained on the real digits sees the digit asked for; `judge` is its own accuracy on the 10,000 test digits.",
  cases: [
    conditional({ recipe: "cgan", steps: 3500, batch: 64, ema: 0.99, options: { width: 16 } }),
    conditional({
      recipe: "acgan",
      steps: 4000,
      batch: 64,
      ema: 0.99,
      options: { widthG: 32, widthD: 8, dropout: 0.25, lr: 5e-4 },
    }),
  ],
  claims: ["cgan", "acgan"].map((name) => ({
    text: `${name}: at least 95 % of the samples are of the class asked for`,
    holds: (mean) => mean(name, "accuracy") >= 95,
  })),
};

const LABELS_PER_CLASS = 10;

function fewLabels(name: string, changed: Readonly<Record<string, OptionValue>>): Case {
  const preset = findRecipe("sgan").presets?.["feature-matching"].options;
  const networks = { hiddenD: [500, 250, 250], hiddenG: [300, 300] };
  const training: Training = {
    ...{ recipe: "sgan", steps: 3000, batch: 100 },
    options: { ...preset, ...networks, ...changed },
  };
  return {
    name,
    flags: `--labels-per-class ${LABELS_PER_CLASS} ${flagsOf(training)}`,
    async run(seed, log) {
      const data = await open("train", seed, LABELS_PER_CLASS);
      const test = await open("t10k");
      const run = await trained(training, data, seed, log);
      const accuracy = 100 * (1 - (await shareWrong(run, test, { threads: 1 })));
      for (const each of [data, test]) await each.close();
      return { accuracy, minutes: run.result.seconds / 60 };
    },
  };
}

export const few: Experiment = {
  name: "few-labels",
  about:
    "MNIST with 10 labels a class and the other 59,900 digits unlabelled: accuracy (%) of D as a classifier on the 10,000 test digits, against the same network taught by the same labels alone for as many steps.",
  cases: [fewLabels("sgan", {}), fewLabels("labels alone", { unlabelledWeight: 0 })],
  claims: [
    {
      text: "sgan knows at least 5 points more than the same network with the labels alone",
      holds: (mean) => mean("sgan", "accuracy") >= mean("labels alone", "accuracy") + 5,
    },
  ],
};
