// A labelled set of which most labels are hidden: what semi-supervised learning starts from (Salimans et al. 2016, §5).

import { InputError } from "../errors/index.ts";
import { stream } from "../random/index.ts";
import type { Dataset } from "./dataset.ts";
import { subsetOf } from "./subset.ts";

/** Samples read together to learn their labels. */
const CHUNK = 64;
/** An endless set that has not shown all its classes after so many samples for each label asked for will not do so. */
const PATIENCE = 1000;

/**
 * The set with the labels of `perClass` samples of each class, those of all others being −1; the samples that keep theirs are also
 * its `labelled`. Of a finite set they are chosen at random by `seed`; of an endless one they are the first drawn of each class.
 * `labelOf` tells labels without reading the samples, where that can be done. InputError when a class has fewer.
 *
 * @example const set = await withFewLabels(mnist, 10, seed); // set.labelled has 100 samples
 */
export async function withFewLabels(
  dataset: Dataset,
  perClass: number,
  seed: number,
  labelOf?: (index: number) => number,
): Promise<Dataset> {
  const { spec, classes } = dataset;
  if (!Number.isInteger(perClass) || perClass < 1) {
    throw new InputError(
      `--labels-per-class: must be a whole number from 1, got ${perClass}. Pass --labels-per-class 10.`,
    );
  }
  if (classes.length === 0) {
    throw new InputError(`--labels-per-class: ${spec} has no classes. Leave it out, or give a set that has classes.`);
  }
  const kept = await choose(dataset, perClass, seed, labelOf);
  const indices = kept.flat().sort((a, b) => a - b);
  const visible = new Set(indices);
  const part = `${perClass} labels a class`;
  const labelled = subsetOf(dataset, { part, count: indices.length, place: (index) => indices[index] });
  return {
    ...dataset,
    fingerprint: labelled.fingerprint,
    get problems() {
      return dataset.problems;
    },
    labelled,
    async read(wanted) {
      const batch = await dataset.read(wanted);
      return { ...batch, labels: batch.labels.map((label, k) => (visible.has(wanted[k]) ? label : -1)) };
    },
  };
}

/** For each class, the indices that keep their label. */
async function choose(
  dataset: Dataset,
  perClass: number,
  seed: number,
  labelOf?: (index: number) => number,
): Promise<number[][]> {
  const { spec, classes, count } = dataset;
  const finite = Number.isFinite(count);
  const last = finite ? count : perClass * classes.length * PATIENCE;
  const order = finite ? stream(seed, "labels").permutation(count) : undefined;
  const kept: number[][] = classes.map(() => []);
  let missing = perClass * classes.length;
  for (let start = 0; start < last && missing > 0; start += CHUNK) {
    const indices = Array.from({ length: Math.min(CHUNK, last - start) }, (_, k) => order?.[start + k] ?? start + k);
    const labels = labelOf ? indices.map(labelOf) : (await dataset.read(indices)).labels;
    indices.forEach((index, k) => {
      const group = kept[labels[k]]; // none for −1
      if (group === undefined || group.length === perClass) return;
      group.push(index);
      missing--;
    });
  }
  const few = kept.findIndex(({ length }) => length > 0 && length < perClass);
  if (few >= 0) {
    throw new InputError(
      `--labels-per-class: ${spec} has ${kept[few].length} samples of the class "${classes[few]}", ${perClass} were asked for. Pass --labels-per-class ${kept[few].length}.`,
    );
  }
  return kept;
}
