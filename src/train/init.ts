// The first values of a run's state, from the seed alone.

import { sizeOf } from "../graph/index.ts";
import { stream } from "../random/index.ts";
import type { StateArray } from "./state.ts";

/** Every state array's first values; each variable has a random stream of its own, named after it. */
export function initialState(state: readonly StateArray[], seed: number): Record<string, Float32Array> {
  const values: Record<string, Float32Array> = {};
  for (const { name, size, entries, start } of state) {
    const flat = new Float32Array(size);
    if (start !== "zeros" && "init" in start) {
      entries.forEach((entry, i) => {
        const part = flat.subarray(entry.offset, entry.offset + sizeOf(entry.shape));
        start.init[i](part, entry.shape, stream(seed, "init", entry.name));
      });
    }
    values[name] = flat;
  }
  for (const { name, start } of state) {
    if (start !== "zeros" && "copyOf" in start) values[name].set(values[start.copyOf]);
  }
  return values;
}
