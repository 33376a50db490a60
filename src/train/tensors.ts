// Between the flat arrays a device works on and the named tensors a checkpoint holds.

import { InputError } from "../errors/index.ts";
import type { SafeTensor } from "../formats/index.ts";
import { formatShape, sameShape, sizeOf } from "../graph/index.ts";
import type { StateArray } from "./state.ts";

/** Each entry of the arrays as a tensor under its own name. */
export function tensorsOf(
  state: readonly StateArray[],
  values: Readonly<Record<string, Float32Array>>,
): Map<string, SafeTensor> {
  const tensors = new Map<string, SafeTensor>();
  for (const { name, entries } of state) {
    for (const entry of entries) {
      const data = values[name].subarray(entry.offset, entry.offset + sizeOf(entry.shape));
      tensors.set(entry.name, { shape: entry.shape, data });
    }
  }
  return tensors;
}

/** The flat arrays from a checkpoint's tensors. Throws InputError naming the first tensor that is missing or of another shape. */
export function arraysOf(
  state: readonly StateArray[],
  tensors: ReadonlyMap<string, SafeTensor>,
  where: string,
): Record<string, Float32Array> {
  return Object.fromEntries(
    state.map(({ name, size, entries }) => {
      const flat = new Float32Array(size);
      for (const entry of entries) {
        const tensor = tensors.get(entry.name);
        if (tensor === undefined)
          throw new InputError(`${where}: has no tensor "${entry.name}". It is of another network.`);
        if (!sameShape(tensor.shape, entry.shape) || !(tensor.data instanceof Float32Array)) {
          throw new InputError(
            `${where}: "${entry.name}" is ${formatShape(tensor.shape)}, this run needs float32 ${formatShape(entry.shape)}. It is of another network.`,
          );
        }
        flat.set(tensor.data, entry.offset);
      }
      return [name, flat];
    }),
  );
}
