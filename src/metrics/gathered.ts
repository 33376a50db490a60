// The features of both sides, for metrics that must see all of them at once.

import { InputError } from "../errors/index.ts";
import { requireFinite } from "./finite.ts";
import type { MetricForm, Observed, Side } from "./metric.ts";
import { Rows } from "./rows.ts";

/** Features [n, d] of each side, kept in the arrays they came in. */
export interface Gathered extends Readonly<Record<Side, Rows>> {
  /** InputError for features that are not finite. */
  add(side: Side, observed: Observed): void;
}

/** Gathers features for the metric of this name. InputError where fewer samples will come than `least` of each side. */
export function gatherFeatures(metric: string, form: MetricForm, least: Readonly<Record<Side, number>>): Gathered {
  requireCounts(metric, form, least);
  const { features: size } = form;
  if (size === undefined) throw new Error(`${metric}: begun without the features that it needs`);
  const sides = { real: new Rows(size), made: new Rows(size) };
  return {
    ...sides,
    add(side, { features }) {
      if (features === undefined) throw new Error(`${metric}: given samples without features`);
      requireFinite(features, { metric, side, size, before: sides[side].count });
      sides[side].add(features);
    },
  };
}

/** InputError where fewer samples will come than a metric can be had of. */
export function requireCounts(metric: string, { counts }: MetricForm, least: Readonly<Record<Side, number>>): void {
  for (const side of ["real", "made"] as const) {
    if (counts[side] >= least[side]) continue;
    throw new InputError(
      `--count: ${metric} needs at least ${least[side]} ${side} samples, got ${counts[side]}. Pass --count ${least[side]} or more.`,
    );
  }
}

/** "5,000 against 5,000": made samples, and real ones. */
export function against({ counts: { made, real } }: MetricForm): string {
  return `${made.toLocaleString("en-US")} against ${real.toLocaleString("en-US")}`;
}
