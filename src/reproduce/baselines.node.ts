// The first GAN with fully connected players, DCGAN, and LSGAN's loss between DCGAN's players: the same digits, the same number of samples
// seen. Papers: Goodfellow et al. (2014), Radford et al. (2016), Mao et al. (2017).

import { findRecipe } from "../recipes/index.ts";
import { type DigitsUsed, EYES, GREY, withDigits } from "./judged.node.ts";
import { measured, optionsOf, type Training, trained } from "./measured.node.ts";
import type { Outcome, Table, Trial } from "./table.ts";

/** Samples of each side that are measured. */
const COUNT = 5000;

interface Row {
  readonly name: string;
  readonly recipe: string;
  readonly preset?: string;
}

const rows: readonly Row[] = [
  { name: "GAN, fully connected", recipe: "vanilla" },
  { name: "GAN, fully connected, deep, with batch norm", recipe: "vanilla", preset: "deep" },
  { name: "DCGAN", recipe: "dcgan" },
  { name: "LSGAN", recipe: "lsgan" },
];

const figures = [
  { name: "fid", title: "FID (own classifier)" },
  { name: "precision", title: "precision" },
  { name: "recall", title: "recall" },
];

function trainingOf({ recipe, preset }: Row, full: boolean): Training & DigitsUsed {
  const published = preset === undefined ? {} : findRecipe(recipe).presets![preset].options;
  const options = { ...published, ...optionsOf(recipe, { zDim: 100, width: full ? 64 : 16 }) };
  return {
    ...{ recipe, options, batch: 64 },
    // 18,750 batches are twenty times 60,000 digits.
    ...(full ? { steps: 18_750, ema: 0, digits: 60_000 } : { steps: 4000, ema: 0.99, digits: 20_000 }),
    ...{ samples: COUNT, eyes: EYES },
  };
}

/** A recipe's training on the digits, measured against those of the test part. */
export async function runBaseline(
  { digits, samples, eyes, ...training }: Training & DigitsUsed,
  trial: Trial,
): Promise<Outcome | undefined> {
  return withDigits({ digits, samples, eyes }, trial, async (held, extractor) => {
    const made = await trained(training, held, trial);
    if (made === undefined) return undefined;
    const test = await trial.open({ ...GREY, split: "test" });
    try {
      const metrics = "fid,precision-recall";
      return await measured(made, test, { metrics, count: samples, figures, eyes: { extractor } }, trial);
    } finally {
      await test.close();
    }
  });
}

export const baselines: Table = {
  name: "baselines",
  title: "GAN, DCGAN and LSGAN on one set and budget",
  source:
    "Goodfellow et al. (2014), Generative Adversarial Nets; Radford et al. (2016), DCGAN, ICLR; Mao et al. (2017), LSGAN, ICCV",
  protocol: {
    published:
      "The papers compare by eye. Lucic et al. (2018), Are GANs Created Equal?, have FIDs on MNIST (non-saturating GAN 6.8 ± 0.5, LSGAN 7.8 ± 0.6, between the same players, the best of a search), but in the features of Inception against 10,000 test digits: a distance in another space, so that no figure of theirs stands in the table.",
    shortened:
      "4,000 steps of 64 from 20,000 digits for each recipe, z of 100 normal numbers, fully connected players of the recipe's defaults and of its deep preset, DCGAN's players with 16 channels in their largest maps, the recipes' own rates, moving average 0.99. Measured against test digits, in the features of a classifier that was trained on the training digits in 2,000 steps of 64: its FID is not that of Inception, and only comparable within this table and set.",
    full: "As shortened, but 18,750 steps of 64 from 60,000 digits, which are twenty times all of them, DCGAN's players with 64 channels, and no moving average.",
  },
  data: { set: "glyphs", replaceable: true },
  measuredOn: `${COUNT.toLocaleString("en-US")} samples against as many of the test digits`,
  figures,
  seeds: 5,
  cases: rows.map((row) => ({
    name: row.name,
    published: {},
    training: (full) => trainingOf(row, full),
    run: (trial) => runBaseline(trainingOf(row, trial.full), trial),
  })),
};
