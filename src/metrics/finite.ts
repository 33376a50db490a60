// What is no number is refused where it comes in: in sums it would spread to every figure.

import { InputError } from "../errors/index.ts";
import type { Side } from "./metric.ts";

/** InputError, naming the sample, unless all numbers of samples [n, size] are finite; `before` counts those that came earlier. */
export function requireFinite(
  values: Float32Array,
  { metric, side, size, before }: { metric: string; side: Side; size: number; before: number },
): void {
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  throw new InputError(
    `--metrics: ${metric} measures numbers, and ${side} sample ${before + Math.floor(at / size)} holds ${values[at]}. Take an earlier checkpoint, or other data.`,
  );
}
