// Digits told apart from few labels: Salimans et al. (2016), Improved Techniques for Training GANs, Table 1 and §5, whose D learns what
// is real of all that has no label, and whose G matches the mean of D's features.

import { withFewLabels } from "../data/index.ts";
import { openGenerator, trainedGenerator } from "../export/index.ts";
import { findRecipe, type OptionValue } from "../recipes/index.ts";
import { cpu } from "../runtime/index.node.ts";
import { picture, pictureCount } from "../train/index.node.ts";
import { shareWrong } from "./classifying.node.ts";
import { type DigitCounts, openDigits } from "./digits.node.ts";
import { type Training, trained } from "./measured.node.ts";
import type { Outcome, Table, TableCase, Trial } from "./table.ts";

const SIZE = 28;
const CLASSES = 10;
/** Errors are told as of so many digits. */
const OF = 10_000;

export type FewLabels = Training & DigitCounts & { readonly labelsPerClass: number };

/** Trains on digits of which few have a label, and counts the test digits that D tells wrong; undefined when it was given up. */
export async function fewLabels(training: FewLabels, trial: Trial): Promise<Outcome | undefined> {
  const digits = await openDigits(trial, SIZE, training);
  if (digits === undefined) return undefined;
  try {
    const run = await trained(training, await withFewLabels(digits.train, training.labelsPerClass, trial.seed), trial);
    if (run === undefined) return undefined;
    const wrong = OF * (await shareWrong(run, digits.test, trial));
    const { threads, seed } = trial;
    const G = await openGenerator(trainedGenerator(run, run.checkpoint), {
      ...{ backend: cpu, threads, chunk: pictureCount.images },
    });
    try {
      const made = await G.generate(G.latent(pictureCount.images, seed));
      return { figures: { wrong }, picture: picture("images", made, G.sample) };
    } finally {
      await G.close();
    }
  } finally {
    await digits.close();
  }
}

/** Labels, and the published errors. */
const published = [
  [20, "1677 ± 452"],
  [50, "221 ± 136"],
  [100, "93 ± 6.5"],
  [200, "90 ± 4.2"],
] as const;

function caseOf(
  name: string,
  labels: number,
  changed: Readonly<Record<string, OptionValue>>,
  wrong?: string,
): TableCase {
  const training = (full: boolean): FewLabels => ({
    recipe: "sgan",
    options: {
      ...findRecipe("sgan").presets?.["feature-matching"].options,
      ...(full ? {} : { hiddenD: [500, 250, 250], hiddenG: [300, 300] }),
      ...changed,
    },
    ...{ steps: full ? 180_000 : 3000, batch: 100, ema: 0 },
    ...{ labelsPerClass: labels / CLASSES, digits: 60_000, tests: OF },
  });
  return {
    name,
    published: wrong === undefined ? {} : { wrong },
    training,
    async run(trial) {
      const outcome = await fewLabels(training(trial.full), trial);
      // Of the labels alone, what G makes is beside the point.
      return outcome && (wrong === undefined ? { figures: outcome.figures } : outcome);
    },
  };
}

export const semiSupervised: Table = {
  name: "semi-supervised",
  title: "Digits from 20, 50, 100 and 200 labels",
  source: "Salimans et al. (2016), Improved Techniques for Training GANs, Table 1",
  protocol: {
    published:
      "MNIST, all 60,000 digits without a label and as many of each class with one, drawn anew ten times (mean ± standard deviation). D of 1000-500-250-250-250 units with weight norm and Gaussian noise, G of 500-500 with batch norm that matches the mean of D's features, Adam 3e-3 with β₁ 0.5, batches of 100, 300 epochs; D tried with averaged weights. Odena (2016), whose G and D are convolutional, has 92.8 % right with 100 labels against 89.5 % of the network alone, and 80.2 % against 75.0 % with 25.",
    shortened:
      '60,000 digits and as many labels, but D of 500-250-250 and G of 300-300 units, 3,000 steps of 100, and D tried as it stands at the end. "Labels alone" is the same network for as many steps, its losses of unlabelled and generated digits left out.',
    full: "As published, 180,000 steps, but each layer of D begins with a gain of √2 instead of one measured on the first batch, and D is tried as it stands at the end.",
  },
  data: { set: "glyphs", replaceable: true },
  measuredOn: "10,000 test digits",
  figures: [{ name: "wrong", title: "wrong of 10,000" }],
  seeds: 3,
  cases: published.flatMap(([labels, wrong]) => [
    caseOf(`SGAN, ${labels} labels`, labels, {}, wrong),
    caseOf(`labels alone, ${labels}`, labels, { unlabelledWeight: 0 }),
  ]),
};
