// The state of a run as a few flat arrays: all parameters of a network in one, all its buffers in another, each optimizer
// slot beside the parameters it belongs to. A flat array makes Adam a handful of operators; entries give parts their names.

import { concat, input, type Shape, sizeOf, type Tensor } from "../graph/index.ts";
import type { Initializer } from "../nn/index.ts";

/** One variable's place in a flat array. */
export interface StateEntry {
  /** As checkpoints call it: "G.main.0.weight", "G.adam.m.main.0.weight". */
  readonly name: string;
  readonly shape: Shape;
  readonly offset: number;
}

export interface StateArray {
  readonly name: string;
  readonly size: number;
  readonly entries: readonly StateEntry[];
  /** First values: an initializer for each entry, another array's values, or zeros. */
  readonly start: { readonly init: readonly Initializer[] } | { readonly copyOf: string } | "zeros";
}

/** Lays variables out one after another. */
export function layOut(
  name: string,
  variables: readonly { readonly name: string; readonly shape: Shape }[],
  start: StateArray["start"],
): StateArray {
  let size = 0;
  const entries = variables.map((variable) => {
    const entry = { name: variable.name, shape: variable.shape, offset: size };
    size += sizeOf(variable.shape);
    return entry;
  });
  return { name, size, entries, start };
}

/** The array as a value of the graph. */
export function stateInput({ name, size }: StateArray): Tensor {
  return input(name, [size]);
}

/** The entries as tensors of their own shapes, from the flat value. */
export function unpack({ entries }: StateArray, flat: Tensor): Tensor[] {
  return entries.map(({ offset, shape }) => flat.slice([offset], [sizeOf(shape)]).reshape(shape));
}

/** The inverse of `unpack`. */
export function pack(values: readonly Tensor[]): Tensor {
  return concat(
    values.map((value) => value.reshape([value.size])),
    0,
  );
}
