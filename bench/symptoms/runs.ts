// The runs that thresholds are chosen from: healthy ones of many games; ones in which something is wrong at first, and passes; and ones
// broken on purpose, each in a way that a symptom is to notice. Some healthy ones are held out: no threshold was chosen by them. All are
// small enough for a minute or two on one thread. It is one long table.

import { arrayDataset, type Dataset, findDataset } from "../../src/data/index.ts";
import type { ClassJudge } from "../../src/metrics/symptom.ts";
import { openClassJudge } from "../../src/metrics/symptoms/class-judge.ts";
import { type AnyRecipe, findRecipe, type OptionValue } from "../../src/recipes/index.ts";
import { forgetful, uneven } from "./broken-recipes.ts";
import { COUNT, type TrainingRun } from "./training.ts";

export interface Trial {
  readonly name: string;
  readonly kind: "healthy" | "passing" | "broken";
  /** What is special, in a few words. */
  readonly about: string;
  /** The symptoms that it must show, and, where they pass, must be rid of at its end. */
  readonly shows: readonly string[];
  /** Of healthy ones: that thresholds were chosen without it. */
  readonly heldOut: boolean;
  readonly recipe: AnyRecipe;
  readonly options: Readonly<Record<string, OptionValue>>;
  readonly data: "ring" | "grid" | "glyphs" | "swiss-roll" | "moons";
  /** Of pictures, in pixels. */
  readonly size: number;
  /** Training samples, where there are to be few; else they are drawn without end. */
  readonly finite?: number;
  /** Classes that it learns from, where it is to miss the others, which samples are compared with all the same. */
  readonly learns?: readonly number[];
  readonly seed: number;
  /** 1, where it is not given: that of the real samples. */
  readonly dataSeed?: number;
  readonly batch: number;
  readonly steps: number;
  readonly sampleEvery: number;
}

type Options = Readonly<Record<string, OptionValue>>;
type Own = Partial<Omit<Trial, "name" | "recipe" | "options" | "kind">>;

function trial(kind: Trial["kind"], name: string, recipe: string | AnyRecipe, options: Options, own: Own = {}): Trial {
  return {
    ...{ kind, name, about: "", shows: [], heldOut: false, data: "ring", size: 16 },
    ...{ seed: 1, batch: 128, steps: 1000, sampleEvery: 50, options },
    ...own,
    recipe: typeof recipe === "string" ? findRecipe(recipe) : recipe,
  };
}

/** Players of two hidden layers of 128. */
const small = { zDim: 2, hidden: [128, 128] };
const smallVanilla = { zDim: 2, hiddenG: [128, 128], hiddenD: [128, 128] };
const vanillaPictures = { zDim: 32, hiddenG: [128, 128], hiddenD: [128, 128] };
const fast = { lr: 1e-3, beta1: 0.5 };
const critic = { ...small, lr: 5e-4, beta1: 0.5, lambda: 0.1 };
/** Convolutional players for pictures. */
const narrow = { networks: "dcgan", width: 8, zDim: 64 };
/** Ones that come to draw digits whose class can be told. */
const clear = { ...narrow, width: 16, lr: 1e-3 };

const grid = { data: "grid", seed: 2 } as const;
const glyphs = { data: "glyphs", batch: 64, steps: 600, sampleEvery: 30 } as const;
const briefly = { steps: 400, sampleEvery: 20 };
const untilClear = { steps: 3000, sampleEvery: 150, about: "long enough for digits whose class can be told" };

const healthy: readonly Trial[] = [
  trial("healthy", "ring-vanilla", "vanilla", { ...smallVanilla, ...fast }),
  trial(
    "healthy",
    "ring-lsgan",
    "lsgan",
    { ...small, ...fast, a: -1, b: 1, c: 0 },
    { about: "two of the eight modes left out from step 550 on" },
  ),
  trial("healthy", "ring-wgan", "wgan", { ...small, lr: 5e-4, c: 0.1, warmUp: false }),
  trial("healthy", "ring-wgan-gp", "wgan-gp", critic, { steps: 700, sampleEvery: 35 }),
  trial(
    "healthy",
    "ring-wgan-gp-fast",
    "wgan-gp",
    { ...critic, lr: 5e-2 },
    { ...briefly, about: "learning rate 0.05: the penalty holds it" },
  ),
  trial("healthy", "ring-unrolled", "unrolled", { ...small, lrD: 1e-3 }, { steps: 700, sampleEvery: 35 }),
  trial("healthy", "ring-r3gan", "r3gan", { ...small, ...fast, zDim: 4 }),
  trial("healthy", "grid-r3gan", "r3gan", { ...small, ...fast, zDim: 4 }, grid),
  trial("healthy", "grid-wgan-gp", "wgan-gp", critic, { ...grid, steps: 700, sampleEvery: 35 }),
  trial(
    "healthy",
    "glyphs-vanilla",
    "vanilla",
    { ...vanillaPictures, beta1: 0.5 },
    { ...glyphs, steps: 1000, sampleEvery: 50 },
  ),
  trial("healthy", "glyphs-dcgan", "dcgan", narrow, glyphs),
  trial(
    "healthy",
    "glyphs-dcgan-fast",
    "dcgan",
    { ...narrow, lr: 1e-2 },
    { ...glyphs, ...briefly, about: "learning rate 0.01" },
  ),
  trial(
    "healthy",
    "glyphs-dcgan-g-steps",
    "dcgan",
    { ...narrow, gSteps: 8, lr: 1e-3 },
    { ...glyphs, about: "G makes 8 steps for each of D's", steps: 300, sampleEvery: 20 },
  ),
  trial(
    "healthy",
    "glyphs-dcgan-resize",
    "dcgan",
    { ...narrow, width: 12, upsample: "resize" },
    { ...glyphs, seed: 2 },
  ),
  trial("healthy", "glyphs-lsgan", "lsgan", narrow, { ...glyphs, seed: 3 }),
  trial("healthy", "glyphs-lsgan-clear", "lsgan", clear, { ...glyphs, ...untilClear }),
  trial("healthy", "glyphs-dcgan-clear", "dcgan", clear, { ...glyphs, ...untilClear, seed: 4 }),
  trial("healthy", "glyphs-lsgan-clear-again", "lsgan", clear, { ...glyphs, ...untilClear, seed: 5 }),
  trial("healthy", "glyphs-dcgan-clear-again", "dcgan", clear, { ...glyphs, ...untilClear, seed: 6 }),
  trial(
    "healthy",
    "glyphs-resize-clear",
    "dcgan",
    { ...clear, upsample: "resize" },
    { ...glyphs, ...untilClear, seed: 7 },
  ),
  trial("healthy", "glyphs-wgan-gp", "wgan-gp", { ...narrow, lr: 5e-4 }, { ...glyphs, steps: 300, sampleEvery: 15 }),
  trial("healthy", "glyphs-r3gan", "r3gan", { ...narrow, lr: 5e-4 }, { ...glyphs, steps: 300, sampleEvery: 15 }),
];

/** Games and sets as above or others, with seeds of their own: real samples too are not those that thresholds were chosen with. */
const unseen = (seed: number) => ({ heldOut: true, seed, dataSeed: 10 * seed });

const heldOut: readonly Trial[] = [
  trial("healthy", "unseen-ring-vanilla", "vanilla", { ...smallVanilla, ...fast }, unseen(11)),
  trial("healthy", "unseen-ring-wgan-gp", "wgan-gp", critic, { ...unseen(12), steps: 700, sampleEvery: 35 }),
  trial("healthy", "unseen-ring-pacgan", "pacgan", { ...small, ...fast }, unseen(13)),
  trial("healthy", "unseen-grid-wgan-gp", "wgan-gp", critic, {
    ...{ ...unseen(14), data: "grid" },
    ...{ steps: 700, sampleEvery: 35 },
  }),
  trial(
    "healthy",
    "unseen-swiss-roll-r3gan",
    "r3gan",
    { ...small, ...fast, zDim: 4 },
    { ...unseen(15), data: "swiss-roll" },
  ),
  trial("healthy", "unseen-moons-wgan-gp", "wgan-gp", critic, {
    ...{ ...unseen(16), data: "moons" },
    ...{ steps: 700, sampleEvery: 35 },
  }),
  trial("healthy", "unseen-glyphs-dcgan", "dcgan", narrow, { ...glyphs, ...unseen(17) }),
  trial("healthy", "unseen-glyphs-clear", "dcgan", clear, { ...glyphs, ...untilClear, ...unseen(19) }),
  trial("healthy", "unseen-glyphs-dcgan-clear", "dcgan", clear, { ...glyphs, ...untilClear, ...unseen(20) }),
  trial("healthy", "unseen-glyphs-lsgan-clear", "lsgan", clear, { ...glyphs, ...untilClear, ...unseen(21) }),
  trial("healthy", "unseen-glyphs-pacgan-clear", "pacgan", clear, { ...glyphs, ...untilClear, ...unseen(22) }),
  trial(
    "healthy",
    "unseen-glyphs-resize-clear",
    "dcgan",
    { ...clear, upsample: "resize" },
    { ...glyphs, ...untilClear, ...unseen(23) },
  ),
];

const passing: readonly Trial[] = [
  trial(
    "passing",
    "ring-dcgan",
    "dcgan",
    { ...small, ...fast, zDim: 8 },
    {
      about: "hops from mode to mode for 350 steps, then covers them all",
      shows: ["lost-modes", "mode-hopping"],
      seed: 2,
    },
  ),
  trial(
    "passing",
    "glyphs-sngan",
    "sngan",
    { ...narrow, nDis: 2 },
    { ...glyphs, about: "a grid over its first pictures", shows: ["checkerboard"], steps: 450, sampleEvery: 25 },
  ),
];

/** Learns some modes only; samples are held against all of them. */
const missing = (data: "ring" | "grid", learns: readonly number[], which: string): Own => ({
  ...{ data, learns, about: `learns ${which} of the ${data}'s modes`, shows: ["lost-modes"] },
  ...{ steps: 600, sampleEvery: 30 },
});

/** Learns some digits only; samples are held against all ten. */
const unlearned = (learns: readonly number[], steps: number): Own => ({
  ...{ ...glyphs, learns, about: `learns ${learns.join(", ")} of the ten digits`, shows: ["missing-classes"] },
  ...{ steps, sampleEvery: steps / 20 },
});

const broken: readonly Trial[] = [
  trial(
    "broken",
    "divergence-ring-vanilla",
    "vanilla",
    { ...smallVanilla, lr: 0.05, beta1: 0.9 },
    { about: "learning rate 0.05, momentum 0.9", shows: ["divergence"], steps: 600, sampleEvery: 30 },
  ),
  trial(
    "broken",
    "divergence-ring-lsgan",
    "lsgan",
    { ...small, lr: 0.1, beta1: 0.9 },
    { about: "learning rate 0.1, momentum 0.9", shows: ["divergence"], steps: 600, sampleEvery: 30 },
  ),
  trial(
    "broken",
    "divergence-ring-r3gan",
    "r3gan",
    { ...small, zDim: 4, lr: 5e-2, beta1: 0.5 },
    { ...briefly, about: "learning rate 0.05", shows: ["divergence", "lost-modes"] },
  ),
  trial(
    "broken",
    "collapse-ring-g-steps",
    "vanilla",
    { ...smallVanilla, ...fast, gSteps: 10 },
    { ...briefly, about: "G makes 10 steps for each of D's", shows: ["mode-collapse"] },
  ),
  trial(
    "broken",
    "collapse-ring-high-lr",
    "dcgan",
    { ...small, lr: 2e-2, beta1: 0.9 },
    { about: "learning rate 0.02, momentum 0.9", shows: ["mode-collapse"], steps: 600, sampleEvery: 30 },
  ),
  trial(
    "broken",
    "collapse-glyphs-vanilla",
    "vanilla",
    {},
    {
      ...glyphs,
      ...{ about: "the defaults at 28 pixels", shows: ["mode-collapse"], size: 28 },
      ...{ batch: 100, steps: 1500, sampleEvery: 100 },
    },
  ),
  trial(
    "broken",
    "collapse-glyphs-narrow",
    "dcgan",
    { width: 16 },
    {
      ...glyphs,
      ...{ about: "28 pixels, a quarter of the default width: D far ahead", shows: ["mode-collapse", "checkerboard"] },
      ...{ size: 28, steps: 500, sampleEvery: 50 },
    },
  ),
  trial(
    "broken",
    "collapse-glyphs-tiny-z",
    "dcgan",
    { ...narrow, zDim: 1 },
    { ...glyphs, about: "z is one number", shows: ["mode-collapse"], steps: 300, sampleEvery: 20 },
  ),
  trial("broken", "lost-ring-opposite", "vanilla", { ...smallVanilla, ...fast }, missing("ring", [0, 4], "2 opposite")),
  trial("broken", "lost-ring-adjacent", "wgan-gp", critic, missing("ring", [3, 4], "2 adjacent")),
  trial(
    "broken",
    "lost-ring-alternate",
    "r3gan",
    { ...small, ...fast, zDim: 4 },
    missing("ring", [0, 2, 4, 6], "4 alternate"),
  ),
  trial("broken", "lost-ring-half", "unrolled", { ...small, lrD: 1e-3 }, missing("ring", [0, 1, 2, 3], "4 adjacent")),
  trial(
    "broken",
    "lost-grid-half",
    "r3gan",
    { ...small, ...fast, zDim: 4 },
    missing("grid", [0, 1, 5, 6, 10, 11, 15, 16, 20, 21], "10 adjacent"),
  ),
  trial("broken", "missing-glyphs-dcgan", "dcgan", clear, unlearned([0, 1, 4, 7], 1000)),
  trial("broken", "missing-glyphs-lsgan", "lsgan", clear, unlearned([1, 3, 5, 7, 9], 1500)),
  trial("broken", "missing-glyphs-three", "dcgan", clear, unlearned([0, 1, 2, 4, 6, 7, 8], 2000)),
  trial(
    "broken",
    "hopping-ring",
    "unrolled",
    { ...small, zDim: 64, unroll: 0, lrG: 1e-3, lrD: 1e-4 },
    { about: "D learns ten times slower than G, nothing unrolled", shows: ["mode-hopping"], sampleEvery: 25 },
  ),
  trial(
    "broken",
    "hopping-ring-momentum",
    "vanilla",
    { ...smallVanilla, lr: 5e-3, beta1: 0.9 },
    { about: "learning rate 0.005, momentum 0.9", shows: ["mode-hopping"], steps: 800, sampleEvery: 40 },
  ),
  trial(
    "broken",
    "vanishing-glyphs",
    "vanilla",
    { ...vanillaPictures, loss: "saturating", dSteps: 5, lr: 1e-3 },
    { ...glyphs, ...briefly, about: "saturating loss, D makes 5 steps", shows: ["vanishing-gradient"] },
  ),
  trial(
    "broken",
    "vanishing-glyphs-dcgan",
    "dcgan",
    { ...narrow, loss: "saturating", dSteps: 4, lr: 1e-3 },
    {
      ...glyphs,
      about: "saturating loss, D makes 4 steps",
      shows: ["vanishing-gradient"],
      steps: 200,
      sampleEvery: 20,
    },
  ),
  trial(
    "broken",
    "exploding-ring-wgan",
    "wgan",
    { ...small, lr: 5e-4, c: 1e6, warmUp: false },
    { about: "weights not clipped", shows: ["exploding-critic", "oscillation"], steps: 600, sampleEvery: 30 },
  ),
  trial(
    "broken",
    "exploding-ring-wgan-gp",
    "wgan-gp",
    { ...critic, lambda: 0 },
    { about: "no gradient penalty", shows: ["exploding-critic", "oscillation"], steps: 500, sampleEvery: 25 },
  ),
  trial(
    "broken",
    "exploding-glyphs-wgan-gp",
    "wgan-gp",
    { ...narrow, lr: 5e-4, lambda: 0 },
    { ...glyphs, about: "no gradient penalty", shows: ["exploding-critic"], steps: 200, sampleEvery: 10 },
  ),
  trial(
    "broken",
    "oscillation-ring-wgan",
    "wgan",
    { ...small, lr: 2e-3, c: 1, nCritic: 1, warmUp: false },
    {
      ...{ about: "weights clipped at 1, one critic step", shows: ["oscillation", "lost-modes"] },
      ...{ steps: 800, sampleEvery: 40 },
    },
  ),
  trial(
    "broken",
    "overfitting-glyphs-64",
    "dcgan",
    { ...narrow, width: 16 },
    { ...glyphs, about: "64 pictures", shows: ["overfitting-discriminator"], finite: 64, steps: 400, sampleEvery: 25 },
  ),
  trial(
    "broken",
    "overfitting-glyphs-200",
    "dcgan",
    { ...narrow, width: 24, dSteps: 2 },
    {
      ...glyphs,
      ...{ about: "200 pictures, a large D that makes 2 steps", shows: ["overfitting-discriminator"] },
      ...{ finite: 200, steps: 400, sampleEvery: 25 },
    },
  ),
  trial("broken", "checkerboard-glyphs-deconv", "dcgan", narrow, {
    ...glyphs,
    ...{ about: "32 pixels: D far ahead of so narrow a G", shows: ["checkerboard", "mode-collapse"] },
    ...{ size: 32, steps: 300, sampleEvery: 25 },
  }),
  trial("broken", "checkerboard-glyphs-uneven", uneven, narrow, {
    ...glyphs,
    ...{ about: "32 pixels, transposed convolutions of kernel 3 with stride 2", shows: ["checkerboard"] },
    ...{ size: 32, steps: 300, sampleEvery: 25 },
  }),
  trial(
    "broken",
    "unused-ring",
    forgetful("dcgan", 4),
    { ...small, ...fast, zDim: 16 },
    {
      ...{ about: "G reads 4 of z's 16 numbers", shows: ["unused-latent"], steps: 600, sampleEvery: 30 },
    },
  ),
  trial("broken", "unused-glyphs", forgetful("dcgan", 16), narrow, {
    ...glyphs,
    ...{ about: "G reads 16 of z's 64 numbers", shows: ["unused-latent"], steps: 300, sampleEvery: 20 },
  }),
];

export const trials: readonly Trial[] = [...healthy, ...heldOut, ...passing, ...broken];

/** All that its recording depends on, as text. */
export function keyOf(trial: Trial): string {
  const { recipe, name: _, kind: _kind, about: _about, shows: _shows, heldOut: _heldOut, ...settings } = trial;
  return JSON.stringify({ recipe: recipe.name, ...settings });
}

/** The trial's data, opened. */
export async function runOf({ data, finite, learns, size, dataSeed = 1, ...settings }: Trial): Promise<TrainingRun> {
  const source = findDataset(data)!;
  const options = source.kind === "images" ? { size } : {};
  const all = source.open({ seed: dataSeed, ...options });
  const unseen = source.open({ seed: dataSeed + 1, ...options });
  if (learns !== undefined) {
    return {
      ...settings,
      dataset: await firstOf(all, FILTERED, learns),
      heldOut: await firstOf(unseen, FILTERED, learns),
      compared: all,
    };
  }
  const dataset = finite === undefined ? all : await firstOf(all, finite);
  return { ...settings, dataset, heldOut: unseen, compared: dataset };
}

/** Who tells the classes of the trial's samples, as in a run of the command. */
export async function classesOf({ data, size, dataSeed = 1 }: Trial): Promise<ClassJudge | string> {
  const source = findDataset(data)!;
  if (source.kind !== "images") return "pictures with classes";
  const all = source.open({ seed: dataSeed, size });
  const read = (start: number, count: number) => all.read(Array.from({ length: count }, (_, i) => start + i));
  return openClassJudge({ ...all, count: JUDGED, read }, COUNT);
}

/** Real samples that classes are told by. */
const JUDGED = 1000;
/** Samples of which those of some classes are kept. */
const FILTERED = 8192;

/** The first samples, of these classes if they are given. */
async function firstOf(dataset: Dataset, count: number, classes?: readonly number[]): Promise<Dataset> {
  const { values, labels } = await dataset.read(Array.from({ length: count }, (_, i) => i));
  const size = values.length / count;
  const samples = Array.from({ length: count }, (_, i) => values.slice(i * size, (i + 1) * size));
  const kept = samples.filter((_, i) => classes === undefined || classes.includes(labels[i]));
  return arrayDataset(kept, dataset.shape);
}
