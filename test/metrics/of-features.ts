// Runs one metric on features of both sides, in batches, as `measure` would.

import { asChosen, type Measurement, type Metric, type Side } from "../../src/metrics/index.ts";
import type { OptionValue } from "../../src/recipes/index.ts";

export interface Both extends Readonly<Record<Side, Float32Array>> {
  /** Numbers of a sample. */
  readonly d: number;
  readonly options?: Readonly<Record<string, OptionValue>>;
  /** Samples told together; all by default. */
  readonly batch?: number;
}

/** The measurement of a metric of points, or of features, of which these are [n, d] of each side. */
export async function measureFeatures(
  metric: Metric,
  { d, options, batch = Number.MAX_SAFE_INTEGER, ...sides }: Both,
): Promise<Measurement> {
  const counts = { real: sides.real.length / d, made: sides.made.length / d };
  const measuring = metric.begin(
    { kind: "points", shape: [d], counts, features: d, labels: [], seed: 5 },
    { ...asChosen(metric).options, ...options },
  );
  for (const side of ["made", "real"] as const) {
    for (let start = 0; start < counts[side]; start += batch) {
      const values = sides[side].slice(start * d, Math.min(start + batch, counts[side]) * d);
      measuring.add(side, { count: values.length / d, values, features: values });
    }
  }
  return measuring.finish();
}
