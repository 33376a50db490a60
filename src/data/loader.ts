// Batches of a data set, one after another, the next ones being decoded while the last is trained on.
import { InputError } from "../errors/index.ts";
import { stream } from "../random/index.ts";
import type { Batch, Dataset } from "./dataset.ts";
import { sampleOrder } from "./order.ts";

export interface LoaderOptions {
  /** Samples in a batch. */
  readonly batch: number;
  readonly seed: number;
  /** The first batch to give, counted from 0 over the whole run (default 0): where an interrupted run goes on. */
  readonly position?: number;
  /** Mirror each image left to right with probability ½, drawn from (seed, position). */
  readonly flip?: boolean;
  /** Batches to prepare beyond the one in use (default 2). */
  readonly ahead?: number;
}

/** The stream of a data set's batches; a pure function of the set, the seed and the position. */
export interface Loader {
  /** The number of the batch that `next` gives next. */
  readonly position: number;
  /** The epoch of that batch; 0 throughout for an endless set. */
  readonly epoch: number;
  /** The next batch. Fails with what went wrong in reading this very batch. */
  next(): Promise<Batch>;
  /** Stops preparing and waits for reads under way. The data set stays open: it is its opener's. */
  close(): Promise<void>;
}

/**
 * Starts loading. InputError when the set cannot fill a batch, or has nothing to flip.
 *
 * @example
 * const loader = createLoader(dataset, { batch: 64, seed: 1, position: resumed });
 * const { values, labels } = await loader.next(); // [64, C, H, W], [64]
 */
export function createLoader(
  dataset: Dataset,
  { batch, seed, position: first = 0, flip = false, ahead = 2 }: LoaderOptions,
): Loader {
  if (flip && dataset.kind !== "images") {
    throw new InputError(
      `--flip: ${dataset.spec} holds ${dataset.kind}, and only images can be flipped. Leave --flip out.`,
    );
  }
  const order = sampleOrder(dataset, { batch, seed });
  const pending: Promise<Batch>[] = [];
  let position = first;
  let closed = false;

  const load = async (at: number): Promise<Batch> => {
    const loaded = await dataset.read(order.indices(at));
    if (flip) flipSome(loaded.values, dataset.shape, seed, at);
    return loaded;
  };
  const prepare = (count: number) => {
    while (pending.length < count) {
      const loading = load(position + pending.length);
      loading.catch(() => {}); // reported by the `next` that returns it
      pending.push(loading);
    }
  };
  prepare(ahead);

  return {
    get position() {
      return position;
    },
    get epoch() {
      return order.epochOf(position);
    },
    async next() {
      if (closed) throw new Error("loader: next() after close()");
      prepare(1);
      const current = pending.shift()!;
      position++;
      prepare(ahead);
      return current;
    },
    async close() {
      closed = true;
      await Promise.allSettled(pending);
    },
  };
}

/** Mirrors each image of [n, C, H, W] with probability ½, one draw for each. */
function flipSome(
  values: Float32Array,
  [channels, height, width]: readonly number[],
  seed: number,
  position: number,
): void {
  const random = stream(seed, "flip", position);
  const length = channels * height * width;
  for (let start = 0; start < values.length; start += length) {
    if (random.integer(2) === 0) continue;
    for (let row = start; row < start + length; row += width) values.subarray(row, row + width).reverse();
  }
}
