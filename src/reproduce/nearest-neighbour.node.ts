// Generated digits in the place of real ones: Radford, Metz & Chintala (2016), DCGAN, whose appendix lets a 1-nearest-neighbour
// classifier know digits that a conditional generator made, each of the class it was asked for, and tries it on real ones.

import { type Dataset, oneHotRows } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import { openGenerator, trainedGenerator } from "../export/index.ts";
import { sizeOf } from "../graph/index.ts";
import { cpu } from "../runtime/index.node.ts";
import { picture } from "../train/index.node.ts";
import { type DigitCounts, openDigits } from "./digits.node.ts";
import { type Training, trained } from "./measured.node.ts";
import { openNearest } from "./nearest.node.ts";
import type { Outcome, Table, TableCase, Trial } from "./table.ts";

const SIZE = 28;
/** Pictured for each class. */
const ROWS = 8;

/** What is tried, and how: without a recipe, real digits. */
export type Known = DigitCounts &
  Partial<Training> & {
    /** After so many known digits the errors are counted; each number is a multiple of `block`. */
    readonly counts: readonly number[];
    /** Digits known at a time. */
    readonly block: number;
  };

interface Source {
  /** The block of digits [block, …] from this number on, and their classes. */
  read(start: number): Promise<{ readonly values: Float32Array; readonly labels: ArrayLike<number> }>;
  readonly picture?: Uint8Array;
  close(): Promise<void>;
}

/** The digits of a set. InputError where it has fewer than `most`. */
function realDigits(train: Dataset, block: number, most: number): Source {
  if (train.count < most) {
    throw new InputError(
      `--data: ${train.spec} has ${train.count} images, and ${most} are compared with. Give a larger set.`,
    );
  }
  return { read: (start) => train.read(Array.from({ length: block }, (_, i) => start + i)), close: async () => {} };
}

/** Digits that a recipe makes once it is trained, of all classes in turn; undefined when the trial was given up. */
async function madeDigits(
  training: Training,
  train: Dataset,
  block: number,
  trial: Trial,
): Promise<Source | undefined> {
  const run = await trained(training, train, trial);
  if (run === undefined) return undefined;
  const { seed, threads } = trial;
  const G = await openGenerator(trainedGenerator(run, run.checkpoint), { backend: cpu, threads, chunk: 100 });
  const classes = train.classes.length;
  const made = async (start: number, count: number) => {
    const labels = Array.from({ length: count }, (_, i) => (start + i) % classes);
    const given = { ...G.latent(count, seed, start), labels: oneHotRows(labels, classes) };
    return { values: await G.generate(given), labels };
  };
  const shown = await made(0, ROWS * classes);
  return {
    read: (start) => made(start, block),
    picture: picture("images", shown.values, G.sample, { columns: classes }),
    close: () => G.close(),
  };
}

/** The errors (%) with so many known digits each; undefined when the trial was given up. */
export async function nearestErrors(known: Known, trial: Trial): Promise<Outcome | undefined> {
  const digits = await openDigits(trial, SIZE, known);
  if (digits === undefined) return undefined;
  const { train, test } = digits;
  const { block } = known;
  try {
    const source = isTraining(known)
      ? await madeDigits(known, train, block, trial)
      : realDigits(train, block, Math.max(...known.counts));
    if (source === undefined) return undefined;
    try {
      const figures = await errorsOf(source, test, known, trial);
      return figures && { figures, ...(source.picture && { picture: source.picture }) };
    } finally {
      await source.close();
    }
  } finally {
    await digits.close();
  }
}

async function errorsOf(
  source: Source,
  test: Dataset,
  { counts, block }: Known,
  { threads, progress, shouldStop }: Trial,
): Promise<Outcome["figures"] | undefined> {
  const { values, labels } = await test.read([...Array(test.count).keys()]);
  const nearest = await openNearest(values, { size: sizeOf(test.shape), block, threads });
  const errors: Record<string, number> = {};
  const last = Math.max(...counts);
  try {
    for (let count = block; count <= last; count += block) {
      if (shouldStop()) return undefined;
      const more = await source.read(count - block);
      await nearest.know(more.values, more.labels);
      progress("digits compared with", count, last);
      if (!counts.includes(count)) continue;
      const wrong = nearest.classes.filter((label, i) => label !== labels[i]).length;
      errors[figureOf(count)] = (100 * wrong) / test.count;
    }
  } finally {
    await nearest.close();
  }
  return errors;
}

const isTraining = (known: Known): known is Known & Training => known.recipe !== undefined;

const figureOf = (count: number) => `error-${count}`;

const counts = [1000, 10_000, 50_000];
const common = { digits: 50_000, tests: 10_000, counts, block: 500 };

function caseOf(name: string, error: string, training: (full: boolean) => Training | undefined): TableCase {
  const known = (full: boolean): Known => ({ ...training(full), ...common });
  return {
    name,
    published: { [figureOf(50_000)]: error },
    training: known,
    run: (trial) => nearestErrors(known(trial.full), trial),
  };
}

/** As the authors' code trains its convolutional one: 200 epochs of 50,000 digits, a batch for each player in turn. */
const published = { steps: 39_000, batch: 128, ema: 0 };
const authors = { prior: "uniform", weightDecay: 2.5e-5 };

export const nearestNeighbour: Table = {
  name: "nearest-neighbour",
  title: "Generated digits as a nearest-neighbour classifier's",
  source: "Radford, Metz & Chintala (2016), Unsupervised Representation Learning with DCGANs, appendix",
  protocol: {
    published:
      "MNIST: the classifier knows 50,000 real digits, or as many that a generator made which was trained on them, told their classes; tried on the 10,000 test digits. DCGAN's conditional players (64 channels, batch norm without gain and bias, labels joined to every layer), z uniform of 100 numbers, Adam 2e-4 with β₁ 0.5, L2 2.5e-5, 200 epochs of batches of 128, the last 100 with a rate that falls to 0. What the plain GAN was is not told. With 10,000,000 made digits: GAN 5.65 %, DCGAN 1.48 %.",
    shortened:
      "50,000 digits; DCGAN's conditional players with 16 channels, 2,000 iterations of 64; of GAN two hidden layers of 256 units each, 8,000 iterations of 64; Adam 2e-4 with β₁ 0.5, normal z of 100 numbers, moving average 0.99.",
    full: "As published, 39,000 iterations of both players, but the rate does not fall, and digits are made with batch norm's running statistics; GAN has two hidden layers of 1,024 units and the same training. Up to 50,000 digits are made, as many as there are real ones.",
  },
  data: { set: "glyphs", replaceable: true },
  measuredOn: "10,000 test digits",
  figures: counts.map((count) => ({
    name: figureOf(count),
    title: `error % of ${count.toLocaleString("en-US")}`,
  })),
  seeds: 3,
  cases: [
    caseOf("real digits", "3.1", () => undefined),
    caseOf("GAN", "6.28", (full) => ({
      recipe: "cgan",
      ...(full
        ? { options: { networks: "mlp", hidden: [1024, 1024], ...authors }, ...published }
        : { options: { networks: "mlp", hidden: [256, 256] }, steps: 8000, batch: 64, ema: 0.99 }),
    })),
    caseOf("DCGAN", "2.98", (full) => ({
      recipe: "cgan",
      ...(full
        ? { options: { networks: "dcgan", width: 64, ...authors }, ...published }
        : { options: { networks: "dcgan", width: 16 }, steps: 2000, batch: 64, ema: 0.99 }),
    })),
  ],
};
