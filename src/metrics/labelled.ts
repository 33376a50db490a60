// Samples with their classes, and what a classifier learns from them: for metrics that train one.

import { InputError } from "../errors/index.ts";
import { sizeOf } from "../graph/index.ts";
import { requireFinite } from "./finite.ts";
import type { Figure, Observed, Side, TrainClassifier } from "./metric.ts";
import { wilson } from "./proportion.ts";

/** Images [n, ...shape] with their classes [n]. */
export interface Labelled {
  readonly images: Float32Array;
  readonly labels: Int32Array;
}

/** How many: "5,000". */
export const textOf = ({ labels }: Labelled): string => labels.length.toLocaleString("en-US");

/** Those from `start` on, before `end`. */
export const partOf = ({ images, labels }: Labelled, start: number, end: number): Labelled => {
  const size = images.length / labels.length;
  return { images: images.subarray(start * size, end * size), labels: labels.subarray(start, end) };
};

/** Keeps what has a label of up to `most` samples, for the metric of this name. */
export function gatherLabelled(metric: string, most: number, shape: readonly number[]) {
  const size = sizeOf(shape);
  const images = new Float32Array(most * size);
  const labels = new Int32Array(most);
  let count = 0;
  let before = 0;
  return {
    add(side: Side, { count: n, values, labels: given }: Observed) {
      if (given === undefined) throw new Error(`${metric}: given samples without labels`);
      requireFinite(values, { metric, side, size, before });
      before += n;
      for (let i = 0; i < n; i++) {
        if (given[i] < 0) continue;
        images.set(values.subarray(i * size, (i + 1) * size), count * size);
        labels[count++] = given[i];
      }
    },
    /** InputError where too few have a label. */
    all(side: Side): Labelled {
      if (count < 2) {
        throw new InputError(
          `--metrics: ${metric} learns from labelled samples, and ${count} of ${before} ${side} ones have a label. Leave it out, or give data with labels.`,
        );
      }
      return { images: images.subarray(0, count * size), labels: labels.subarray(0, count) };
    },
  };
}

/** The share of `tried` whose class is told by a classifier trained on `learned`. */
export async function taught(train: TrainClassifier, learned: Labelled, tried: Labelled): Promise<Figure> {
  const classifier = await train(learned.images, learned.labels);
  try {
    const told = await classifier.classes(tried.images);
    const hits = told.reduce((sum, label, i) => sum + (label === tried.labels[i] ? 1 : 0), 0);
    return { value: hits / told.length, interval: wilson(hits, told.length) };
  } finally {
    await classifier.close();
  }
}

/** All samples of both. */
export function together(one: Labelled, other: Labelled): Labelled {
  const images = new Float32Array(one.images.length + other.images.length);
  images.set(one.images);
  images.set(other.images, one.images.length);
  return { images, labels: Int32Array.from([...one.labels, ...other.labels]) };
}
