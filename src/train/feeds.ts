// What goes into the graph at an iteration: batches of data, randomness from streams keyed by seed, input and iteration, and
// numbers that depend on time.

import type { Field, Identities } from "../data/index.ts";
import { type Shape, sizeOf } from "../graph/index.ts";
import type { Schedule } from "../optim/index.ts";
import { type RandomStream, stream } from "../random/index.ts";

/** Where batches come from: the whole set, what is labelled of it, one of two domains, or quadruples of identities. */
export type DataStream = "all" | "labelled" | "a" | "b" | "identities";

/** A step of an update, to number it over the run: the `repeat`-th of `times` in an iteration. */
export interface Turn {
  /** The update's place in the recipe's iteration. */
  readonly update: number;
  readonly times: number;
  readonly repeat: number;
}

/** What the trainer writes into one input of the graph at each iteration. */
export interface Feed {
  readonly name: string;
  readonly shape: Shape;
  readonly source: /** A field of the `batch`-th batch that the iteration takes from a stream. */
    | {
        readonly kind: "data";
        readonly stream: DataStream;
        readonly batch: number;
        readonly field: Field | keyof Identities;
      }
    | { readonly kind: "normal" }
    | { readonly kind: "uniform"; readonly low: number; readonly high: number }
    /** One-hot rows of uniformly drawn classes. */
    | { readonly kind: "classes" }
    | { readonly kind: "permutation" }
    /** [n, size + 1]: a row's first `size` numbers mark the place where its picture is kept, the last one that the held picture is given instead. */
    | { readonly kind: "pool"; readonly turn: Turn }
    /** A number that depends on how many steps of its update came before. */
    | { readonly kind: "schedule"; readonly schedule: Schedule; readonly turn: Turn }
    /** A number that depends on the iteration. */
    | { readonly kind: "at"; readonly schedule: Schedule };
}

/** When an iteration runs: its number, counted from 0, and how many iterations before it each update was part of (default: all). */
export interface Moment {
  readonly seed: number;
  readonly iteration: number;
  readonly turnsBefore?: (update: number) => number;
}

export type Fields = Readonly<Partial<Record<Field | keyof Identities, Float32Array>>>;

/** The arrays of an iteration, a pure function of its moment but for the data, which `next` gives in order. */
export async function fillFeeds(
  feeds: readonly Feed[],
  { seed, iteration, turnsBefore = () => iteration }: Moment,
  next: (stream: DataStream) => Promise<Fields>,
): Promise<Record<string, Float32Array>> {
  const batches = new Map<DataStream, Fields[]>();
  const arrays: Record<string, Float32Array> = {};
  const turn = ({ update, times, repeat }: Turn) => turnsBefore(update) * times + repeat;
  for (const { name, shape, source } of feeds) {
    const empty = () => new Float32Array(sizeOf(shape));
    const random = () => stream(seed, name, iteration);
    switch (source.kind) {
      case "data": {
        const taken = batches.get(source.stream) ?? [];
        batches.set(source.stream, taken);
        while (taken.length <= source.batch) taken.push(await next(source.stream));
        arrays[name] = taken[source.batch][source.field]!;
        break;
      }
      case "normal":
        arrays[name] = random().fillNormal(empty());
        break;
      case "uniform":
        arrays[name] = random().fillUniform(empty(), source.low, source.high);
        break;
      case "classes":
        arrays[name] = markRows(empty(), shape[1], random());
        break;
      case "permutation":
        arrays[name] = markRows(empty(), shape[1], random().permutation(shape[0]));
        break;
      case "pool":
        arrays[name] = choosePlaces(empty(), shape, turn(source.turn), random());
        break;
      case "schedule":
        arrays[name] = Float32Array.of(source.schedule(turn(source.turn) + 1));
        break;
      case "at":
        arrays[name] = Float32Array.of(source.schedule(iteration + 1));
        break;
    }
  }
  return arrays;
}

/** How many batches an iteration takes from each stream. */
export function batchesOf(feeds: readonly Feed[]): ReadonlyMap<DataStream, number> {
  const counts = new Map<DataStream, number>();
  for (const { source } of feeds) {
    if (source.kind !== "data") continue;
    counts.set(source.stream, Math.max(counts.get(source.stream) ?? 0, source.batch + 1));
  }
  return counts;
}

/** A 1 in each row of [n, k]: at the places given, or at random ones. */
function markRows(rows: Float32Array, k: number, places: RandomStream | Uint32Array): Float32Array {
  for (let i = 0; i * k < rows.length; i++) {
    rows[i * k + ("integer" in places ? places.integer(k) : places[i])] = 1;
  }
  return rows;
}

/**
 * A pool's choices for the n pictures of its `call`-th call (see Feed): the places fill up one after another; once all are taken,
 * each picture changes places with a held one with probability ½, no two of a batch with the same.
 */
function choosePlaces(rows: Float32Array, [n, width]: Shape, call: number, random: RandomStream): Float32Array {
  const size = width - 1;
  const places = random.permutation(size);
  for (let i = 0; i < n; i++) {
    const held = call * n + i;
    if (held < size) rows[i * width + held] = 1;
    else if (i < size && places[i] < call * n && random.integer(2) === 1) {
      rows[i * width + places[i]] = 1;
      rows[i * width + size] = 1;
    }
  }
  return rows;
}
