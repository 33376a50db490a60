// Which samples make up which batch: a pure function of (count, batch, seed, position), so a run resumes in the middle of an epoch
// by its position alone. A finite set is gone through in epochs, each in a fresh order; an endless set is simply counted up.
import { InputError } from "../errors/index.ts";
import { stream } from "../random/index.ts";
import type { Dataset } from "./dataset.ts";

/** The order in which a data set is seen. */
export interface SampleOrder {
  /** The indices of the samples in the `position`-th batch, counted from 0 over the whole run. */
  indices(position: number): number[];
  /** How many times the set has been gone through before the `position`-th batch; always 0 for an endless set. */
  epochOf(position: number): number;
}

/**
 * The order of a set's samples in batches of `batch`: epochs of ⌊count / batch⌋ whole batches, each epoch a new permutation
 * keyed by (seed, epoch), in which no sample comes twice; `name` keys an order of its own.
 *
 * InputError when the set has fewer samples than a batch.
 *
 * @example sampleOrder(dataset, { batch: 64, seed: 1 }).indices(1000)
 */
export function sampleOrder(
  { spec, kind, count }: Pick<Dataset, "spec" | "kind" | "count">,
  { batch, seed, name }: { batch: number; seed: number; name?: string },
): SampleOrder {
  if (!Number.isInteger(batch) || batch < 1) {
    throw new InputError(`--batch: must be a whole number from 1, got ${batch}. Pass --batch 64.`);
  }
  if (count < batch) {
    throw new InputError(
      `--data: ${spec} has ${count} ${kind}; batch size ${batch} needs at least ${batch}. Pass --batch ${count} or give more ${kind}.`,
    );
  }
  if (count === Number.POSITIVE_INFINITY) {
    return { indices: (position) => Array.from({ length: batch }, (_, k) => position * batch + k), epochOf: () => 0 };
  }
  const batchesPerEpoch = Math.floor(count / batch);
  const epochOf = (position: number) => Math.floor(position / batchesPerEpoch);
  let epoch = -1; // the epoch of `order`, kept because its batches are asked for one after another
  let order: Uint32Array = new Uint32Array();
  return {
    epochOf,
    indices(position) {
      if (epochOf(position) !== epoch) {
        epoch = epochOf(position);
        const path = name === undefined ? ["order", epoch] : ["order", name, epoch];
        order = stream(seed, ...path).permutation(count);
      }
      const start = (position % batchesPerEpoch) * batch;
      return Array.from(order.subarray(start, start + batch));
    },
  };
}
