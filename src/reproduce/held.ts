// Samples of a set in memory: what trials of minutes see again and again is drawn or decoded once.

import { type Dataset, sampleOrder } from "../data/index.ts";
import { sizeOf } from "../graph/index.ts";
import type { Trial } from "./table.ts";

/** Samples read together. */
const CHUNK = 250;

/**
 * So many samples of a labelled set of images, or all where it has no more: of an endless set the first, of a finite one those that the
 * trial's seed draws. Closing them closes the set; undefined, with the set closed, when the trial was given up.
 */
export async function heldOf(
  set: Dataset,
  most: number,
  { seed, progress, shouldStop }: Pick<Trial, "seed" | "progress" | "shouldStop">,
): Promise<Dataset | undefined> {
  const { spec, kind, shape, classes, fingerprint } = set;
  const count = Math.min(most, set.count);
  const size = sizeOf(shape);
  const all = new Float32Array(count * size);
  const known = new Int32Array(count);
  const places = sampleOrder(set, { batch: count, seed }).indices(0);
  for (let start = 0; start < count; start += CHUNK) {
    if (shouldStop()) {
      await set.close();
      return undefined;
    }
    const { values, labels } = await set.read(places.slice(start, start + CHUNK));
    all.set(values, start * size);
    known.set(labels, start);
    progress("samples to learn from", start + labels.length, count);
  }
  return {
    ...{ spec, kind, shape, count, classes, fingerprint },
    get problems() {
      return set.problems;
    },
    async read(indices) {
      const values = new Float32Array(indices.length * size);
      for (let k = 0; k < indices.length; k++) {
        values.set(all.subarray(indices[k] * size, (indices[k] + 1) * size), k * size);
      }
      return { values, labels: Int32Array.from(indices, (index) => known[index]) };
    },
    close: () => set.close(),
  };
}
