// Every metric, for `ganforge list metrics`.

import { InputError, suggest } from "../errors/index.ts";
import type { Metric } from "./metric.ts";

export const metrics: readonly Metric[] = [];

/** The metric of this name. InputError, with the nearest name, when there is none. */
export function findMetric(name: string): Metric {
  const found = metrics.find((metric) => metric.name === name);
  if (found) return found;
  const known = metrics.map((metric) => metric.name);
  throw new InputError(`--metrics: there is no metric "${name}"; ${suggest(name, known)}`);
}
