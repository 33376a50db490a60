// Batches of a data set, one after another, the next ones being decoded while the last is trained on.
import { InputError } from "../errors/index.ts";
import { type RandomStream, stream } from "../random/index.ts";
import { readToLearn } from "./cut.ts";
import type { Batch, Dataset } from "./dataset.ts";
import { type SampleOrder, sampleOrder } from "./order.ts";

export interface LoaderOptions {
  /** Samples in a batch. */
  readonly batch: number;
  readonly seed: number;
  /** The first batch to give, counted from 0 over the whole run (default 0): where an interrupted run goes on. */
  readonly position?: number;
  /** Mirror each image (of pairs, both) left to right with probability ½, drawn from (seed, position). */
  readonly flip?: boolean;
  /** Keys an order of its own, beside the others of the same run. */
  readonly name?: string;
  /** Batches to prepare beyond the one in use (default 2). */
  readonly ahead?: number;
}

/** The stream of a data set's batches; a pure function of the set, the seed and the position. */
export interface Loader<T = Batch> {
  /** The number of the batch that `next` gives next. */
  readonly position: number;
  /** The epoch of that batch; 0 throughout for an endless set. */
  readonly epoch: number;
  /** The next batch. Fails with what went wrong in reading this very batch. */
  next(): Promise<T>;
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
  { batch, seed, position: first = 0, flip = false, name, ahead = 2 }: LoaderOptions,
): Loader {
  if (flip && dataset.kind === "points") {
    throw new InputError(
      `--flip: ${dataset.spec} holds ${dataset.kind}, and only images can be flipped. Leave --flip out.`,
    );
  }
  const order = sampleOrder(dataset, { batch, seed, ...(name !== undefined && { name }) });
  const load = async (at: number): Promise<Batch> => {
    const random = (what: string) => stream(seed, what, ...(name === undefined ? [at] : [name, at]));
    const loaded = await readToLearn(dataset, order.indices(at), () => random("cut"));
    if (!flip) return loaded;
    const coins = () => random("flip");
    flipSome(loaded.values, dataset.shape, coins());
    if (loaded.targets !== undefined) flipSome(loaded.targets, dataset.target!, coins());
    return loaded;
  };
  return prefetched(load, { order, first, ahead });
}

/** What `load` gives for one position after another, the next ones being loaded ahead of their need. */
export function prefetched<T>(
  load: (position: number) => Promise<T>,
  { order, first, ahead }: { readonly order: SampleOrder; readonly first: number; readonly ahead: number },
): Loader<T> {
  const pending: Promise<T>[] = [];
  let position = first;
  let closed = false;
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
function flipSome(values: Float32Array, [channels, height, width]: readonly number[], random: RandomStream): void {
  const length = channels * height * width;
  for (let start = 0; start < values.length; start += length) {
    if (random.integer(2) === 0) continue;
    for (let row = start; row < start + length; row += width) values.subarray(row, row + width).reverse();
  }
}
