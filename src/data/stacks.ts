// Stacked digits: each colour channel is another picture of a grey set with classes, so that ten classes make a thousand, whose
// number is known (Metz et al. 2017, unrolled GANs, §3.3; Lin et al. 2018, PacGAN, §4.2).

import { InputError } from "../errors/index.ts";
import { stream } from "../random/index.ts";
import type { Dataset } from "./dataset.ts";

/** Pictures in a stack: one for each colour. */
const HEIGHT = 3;
/** More classes than these would make too many of stacks: 50³ is 125,000. */
const MOST_CLASSES = 50;

/** Stacks, and where the labels of the grey pictures can be known without reading them, what tells those of the stacks. */
export interface Stacks {
  readonly dataset: Dataset;
  readonly labelOf?: (index: number) => number;
}

/**
 * Stacks of three of a set's pictures [1, H, W]: images [3, H, W] without end, the class of one of (a, b, c) being aK² + bK + c
 * of K³. Stack i of a finite set has three of its pictures that `seed` draws, each equally likely; of an endless set,
 * pictures 3i to 3i + 2. `labelOf` tells the pictures' labels. Closing the stacks closes the set. InputError where its pictures
 * are not grey, or have no classes.
 *
 * @example const { dataset } = withStacks(mnist, 1); // dataset.classes[437] is "437"
 */
export function withStacks(grey: Dataset, seed: number, labelOf?: (index: number) => number): Stacks {
  const { spec, kind, shape, count, classes, fingerprint, lossy } = grey;
  const refuse = (found: string): never => {
    throw new InputError(`--stack: ${spec} ${found}. Leave it out, or give grey images with classes.`);
  };
  if (kind !== "images") refuse(`holds ${kind}, and stacks are made of grey images`);
  if (shape[0] !== 1) refuse(`has ${shape[0]} channels, and stacks are made of grey images`);
  if (classes.length === 0) refuse("has no classes, and those of stacks are made of them");
  if (classes.length > MOST_CLASSES) {
    refuse(`has ${classes.length} classes, and stacks are made of ${MOST_CLASSES} at most`);
  }
  const placesOf = (index: number): number[] => {
    if (!Number.isFinite(count)) return Array.from({ length: HEIGHT }, (_, k) => HEIGHT * index + k);
    const random = stream(seed, "stack", index);
    return Array.from({ length: HEIGHT }, () => random.integer(count));
  };
  /** (a, b, c) → aK² + bK + c; none where one of them has none. */
  const joined = (labels: readonly number[]): number =>
    labels.some((label) => label < 0) ? -1 : labels.reduce((sum, label) => sum * classes.length + label, 0);
  const dataset: Dataset = {
    spec,
    kind,
    shape: [HEIGHT, ...shape.slice(1)],
    count: Number.POSITIVE_INFINITY,
    classes: stackedNames(classes),
    fingerprint: `${fingerprint} stacked`,
    ...(lossy && { lossy }),
    get problems() {
      return grey.problems;
    },
    async read(indices) {
      const { values, labels } = await grey.read(Array.from(indices, placesOf).flat()); // [3n, 1, H, W] is [n, 3, H, W]
      const three = (_: number, k: number) => joined([...labels.subarray(HEIGHT * k, HEIGHT * (k + 1))]);
      return { values, labels: new Int32Array(indices.length).map(three) };
    },
    close: () => grey.close(),
  };
  return { dataset, ...(labelOf && { labelOf: (index: number) => joined(placesOf(index).map(labelOf)) }) };
}

/** "000" … "999"; "cat-cat-cat" … where a name is longer than a letter. */
function stackedNames(classes: readonly string[]): string[] {
  const between = classes.every((name) => name.length === 1) ? "" : "-";
  return classes.flatMap((a) => classes.flatMap((b) => classes.map((c) => [a, b, c].join(between))));
}
