// What goes into the graph at an iteration: randomness from streams keyed by seed, iteration and input; numbers that depend
// on time; and batches of data.

import { sizeOf } from "../graph/index.ts";
import { stream } from "../random/index.ts";
import type { Feed } from "./compile-step.ts";

/** The arrays of iteration `iteration` (counted from 0), a pure function of its arguments but for the data, which `nextReal` gives in order. */
export async function fillFeeds(
  feeds: readonly Feed[],
  { seed, iteration }: { readonly seed: number; readonly iteration: number },
  nextReal: () => Promise<Float32Array>,
): Promise<Record<string, Float32Array>> {
  const arrays: Record<string, Float32Array> = {};
  for (const { name, shape, source } of feeds) {
    switch (source.kind) {
      case "real":
        arrays[name] = await nextReal();
        break;
      case "normal":
        arrays[name] = stream(seed, name, iteration).fillNormal(new Float32Array(sizeOf(shape)));
        break;
      case "uniform":
        arrays[name] = stream(seed, name, iteration).fillUniform(
          new Float32Array(sizeOf(shape)),
          source.low,
          source.high,
        );
        break;
      case "schedule":
        arrays[name] = Float32Array.of(source.schedule(iteration * source.times + source.repeat + 1));
        break;
    }
  }
  return arrays;
}
