// How well classes can be told from features by linear classifiers of few labelled samples: as Radford, Metz & Chintala (2016), DCGAN, §5.2,
// and their code for SVHN have it. A strength is chosen on samples kept apart, with some draws of the labelled ones, and other draws are
// tried on the test samples.

import type { Dataset } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import { highest } from "../metrics/index.ts";
import { stream } from "../random/index.ts";
import { blocksOf, type Digits } from "./digits.node.ts";
import type { Features } from "./features.node.ts";
import { linearClassifier } from "./linear-classifier.ts";
import { openProducts } from "./products.node.ts";
import type { Trial } from "./table.ts";

/** Samples tried together. */
const BLOCK = 500;

export type Probing = {
  readonly labelsPerClass: number;
  /** The last of the training samples, kept apart to choose a strength on. */
  readonly validation: number;
  /** How often labelled samples are drawn from the others, for either. */
  readonly draws: { readonly validation: number; readonly test: number };
  /** C of the classifiers, to choose from; of features whose squares sum up to 1 in the mean. */
  readonly strengths: readonly number[];
};

/** The mean share of test samples told wrong, from 0 to 1; undefined when the trial was given up. */
export async function probe(
  features: Features,
  { train, test }: Pick<Digits, "train" | "test">,
  { labelsPerClass, validation, draws, strengths }: Probing,
  trial: Trial,
): Promise<number | undefined> {
  const { seed, threads, progress, shouldStop } = trial;
  const classes = train.classes.length;
  const labels = await labelsOf(train, train.count - validation);
  const drawn = (draw: number) => train.read(labelledPlaces(labels, { classes, labelsPerClass, seed, draw }));
  const rows = await scaled(features, (await drawn(0)).values);
  const n = classes * labelsPerClass;
  const products = await openProducts({ n, m: n, size: rows.size }, { threads });

  /** Of each of some draws, a classifier of each strength. */
  const learn = async (from: number, count: number, of: readonly number[]): Promise<Float32Array[] | undefined> => {
    const classifiers: Float32Array[] = [];
    for (let draw = from; draw < from + count; draw++) {
      const { values, labels: told } = await drawn(draw);
      const x = await rows.of(values);
      const own = await products.of(x, x);
      for (const C of of) {
        if (shouldStop()) return undefined;
        classifiers.push(linearClassifier(x, own, told, { classes, C }));
        progress("linear classifiers", classifiers.length, count * of.length);
      }
    }
    return classifiers;
  };

  try {
    const candidates = await learn(0, draws.validation, strengths);
    const tried = candidates && (await wrongShares(candidates, rows, train, { from: labels.length, classes }, trial));
    if (tried === undefined) return undefined;
    const ofStrength = strengths.map((_, s) => mean(tried.filter((_, i) => i % strengths.length === s)));
    const C = strengths[ofStrength.indexOf(Math.min(...ofStrength))];
    const final = await learn(draws.validation, draws.test, [C]);
    const wrong = final && (await wrongShares(final, rows, test, { from: 0, classes }, trial));
    return wrong && mean(wrong);
  } finally {
    await products.close();
  }
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The labels of a set's first samples. */
async function labelsOf(set: Dataset, count: number): Promise<number[]> {
  const labels: number[] = [];
  for (const places of blocksOf(count, BLOCK)) labels.push(...(await set.read(places)).labels);
  return labels;
}

/** Places of as many samples of each class, drawn by the seed. InputError where a class has fewer. */
export function labelledPlaces(
  labels: readonly number[],
  { classes, labelsPerClass, seed, draw }: { classes: number; labelsPerClass: number; seed: number; draw: number },
): number[] {
  const missing = Array.from({ length: classes }, () => labelsPerClass);
  const places = [...stream(seed, "draw", draw).permutation(labels.length)].filter(
    (place) => missing[labels[place]]-- > 0,
  );
  if (places.length < classes * labelsPerClass) {
    throw new InputError(
      `--data: of ${labels.length} samples, ${labelsPerClass} of each class are drawn, and one has fewer. Give a larger set.`,
    );
  }
  return places;
}

/** The features such that the squares of these pictures' sum up to 1 in the mean, and a 1 for the classifiers' bias: [n, size + 1]. */
async function scaled(features: Features, pictures: Float32Array): Promise<Features> {
  const seen = await features.of(pictures);
  const scale = Math.sqrt(seen.length / features.size / seen.reduce((sum, value) => sum + value ** 2, 0));
  const size = features.size + 1;
  return {
    ...features,
    size,
    async of(more) {
      const plain = await features.of(more);
      const rows = new Float32Array((plain.length / features.size) * size).fill(1);
      for (let i = 0; i < rows.length / size; i++) {
        for (let k = 0; k < features.size; k++) rows[i * size + k] = scale * plain[i * features.size + k];
      }
      return rows;
    },
  };
}

/** The share of a set's samples from one on that each classifier tells wrong; undefined when the trial was given up. */
async function wrongShares(
  classifiers: readonly Float32Array[],
  rows: Features,
  set: Dataset,
  { from, classes }: { readonly from: number; readonly classes: number },
  { threads, progress, shouldStop }: Trial,
): Promise<number[] | undefined> {
  const each = classes * rows.size;
  const all = new Float32Array(classifiers.length * each);
  for (const [k, weights] of classifiers.entries()) all.set(weights, k * each);
  const scoring = await openProducts({ n: BLOCK, m: classifiers.length * classes, size: rows.size }, { threads });
  const wrong = classifiers.map(() => 0);
  const count = set.count - from;
  try {
    for (const places of blocksOf(count, BLOCK)) {
      if (shouldStop()) return undefined;
      const { values, labels } = await set.read(places.map((place) => from + place));
      const x = new Float32Array(BLOCK * rows.size); // a last block is filled up with zeros
      x.set(await rows.of(values));
      const told = highest(await scoring.of(x, all), classes); // [BLOCK, classifiers]
      for (let i = 0; i < labels.length; i++) {
        for (let k = 0; k < wrong.length; k++) if (told[i * wrong.length + k] !== labels[i]) wrong[k]++;
      }
      progress("samples tried", places[0] + places.length, count);
    }
  } finally {
    await scoring.close();
  }
  return wrong.map((errors) => errors / count);
}
