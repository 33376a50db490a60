// What an unsupervised discriminator has learned of classes: Radford, Metz & Chintala (2016), DCGAN, §5.2. A linear classifier is told all
// its layers' features of few labelled digits; beside it one that is told those of the same network untrained, and the bare pixels.

import type { Dataset } from "../data/index.ts";
import { openGenerator, trainedGenerator } from "../export/index.ts";
import { sizeOf } from "../graph/index.ts";
import { cpu } from "../runtime/index.node.ts";
import { picture, pictureCount } from "../train/index.node.ts";
import { type DigitCounts, openDigits } from "./digits.node.ts";
import { type Features, openFeatures, type Values } from "./features.node.ts";
import { type Training, trained } from "./measured.node.ts";
import { type Probing, probe } from "./probing.node.ts";
import type { Outcome, Table, TableCase, Trial } from "./table.ts";

/** As the source's: halved three times, to 16, 8 and 4 pixels. */
const SIZE = 32;

/** What is probed, and how: without a recipe the pixels; after no steps, a network as it begins. */
export type Probed = Probing & DigitCounts & Partial<Trained>;

type Trained = Training & {
  /** Batches of real digits that move batch norm's statistics, which in training were those of made ones too. */
  readonly settling: number;
};

const isTrained = (probed: Probed): probed is Probed & Trained => probed.recipe !== undefined;

interface Sight {
  readonly features: Features;
  readonly picture?: Uint8Array;
}

async function openSight(probed: Probed, train: Dataset, trial: Trial): Promise<Sight | undefined> {
  if (!isTrained(probed)) {
    return { features: { size: sizeOf(train.shape), of: async (pictures) => pictures, close: async () => {} } };
  }
  const { seed, threads } = trial;
  const open = (values: Values) => openFeatures(probed, values, train, { settling: probed.settling, threads });
  if (probed.steps === 0) return { features: await open({ seed }) };
  const run = await trained(probed, train, trial);
  if (run === undefined) return undefined;
  const chunk = pictureCount.images;
  const G = await openGenerator(trainedGenerator(run, run.checkpoint), { backend: cpu, threads, chunk });
  try {
    const made = await G.generate(G.latent(chunk, seed));
    return { features: await open(run.checkpoint), picture: picture("images", made, G.sample) };
  } finally {
    await G.close();
  }
}

/** The test error (%) of what is probed; undefined when the trial was given up. */
export async function probeError(probed: Probed, trial: Trial): Promise<Outcome | undefined> {
  const digits = await openDigits(trial, SIZE, probed);
  if (digits === undefined) return undefined;
  try {
    const sight = await openSight(probed, digits.train, trial);
    if (sight === undefined) return undefined;
    const { features, ...shown } = sight;
    try {
      const wrong = await probe(features, digits, probed, trial);
      return wrong === undefined ? undefined : { figures: { error: 100 * wrong }, ...shown };
    } finally {
      await features.close();
    }
  } finally {
    await digits.close();
  }
}

/** A probe of D after its training, or after none; without either, of the pixels. */
function caseOf(name: string, D?: "trained" | "untrained"): TableCase {
  const training = (full: boolean) => ({
    ...{ recipe: "dcgan", options: full ? { lr: 5e-4 } : { width: 32 } },
    ...{ steps: D === "untrained" ? 0 : full ? 187_500 : 2000, batch: 64, ema: 0, settling: 100 },
  });
  const probed = (full: boolean): Probed => ({
    ...(D && training(full)),
    ...{ labelsPerClass: 100, strengths: [0.1, 1, 10, 100], tests: 10_000 },
    ...(full
      ? { digits: 60_000, validation: 10_000, draws: { validation: 10, test: 100 } }
      : { digits: 30_000, validation: 5000, draws: { validation: 3, test: 10 } }),
  });
  return {
    ...{ name, published: {}, training: probed },
    run: (trial) => probeError(probed(trial.full), trial),
  };
}

export const linearProbe: Table = {
  name: "linear-probe",
  title: "The discriminator's features with a linear classifier",
  source: "Radford, Metz & Chintala (2016), Unsupervised Representation Learning with DCGANs, §5.2, of SVHN",
  protocol: {
    published:
      "SVHN, 1,000 labels: 22.48 % test error of a linear L2-SVM on the features of all convolutional layers of D, pooled to 4 × 4; 28.87 % of the same network taught by the labels alone. D of 64, 128 and 256 channels saw 32 × 32 pixels and was trained without labels for 200 epochs with G (normal z of 100 numbers, Adam 5e-4 with β₁ 0.5, batches of 64); batch norm by statistics of the real pictures; C chosen on 10,000 pictures with ten draws of 100 labels a class, then a hundred draws tried.",
    shortened:
      "30,000 digits of 32 × 32 pixels; D of 32, 64 and 128 channels, kernels of 4 × 4, 2,000 steps of 64 with Adam 2e-4; C chosen on 5,000 of them with three draws of 100 labels a class among the others, then ten draws tried.",
    full: "As published, but with digits for house numbers and kernels of 4 × 4; 187,500 steps.",
  },
  data: { set: "glyphs", replaceable: true },
  measuredOn: "10,000 test digits",
  figures: [{ name: "error", title: "test error %" }],
  seeds: 3,
  cases: [caseOf("D's features", "trained"), caseOf("D's features, untrained", "untrained"), caseOf("pixels")],
};
