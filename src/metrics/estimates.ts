// Figures that are shares or means over samples, and how well they are known. Samples that lie together have neighbours in common, so n of
// them tell less than n independent ones: only n over the design effect (Kish 1965), which groups of the samples show.

import { stream } from "../random/index.ts";
import type { Figure, Side } from "./metric.ts";
import { wilson } from "./proportion.ts";
import { Rows } from "./rows.ts";

/** Groups that samples are divided into, and the fewest that tell anything. */
const GROUPS = 20;
const FEWEST = 5;
/** The normal quantile of 97.5 %. */
const Z = 1.959963984540054;

export interface Estimate {
  readonly value: number;
  /** What the value's variance would be, were the samples independent. */
  readonly variance: number;
  /** Its 95 % interval where the variance is `effect` times that. */
  interval(effect: number): readonly [low: number, high: number];
}

/** The share of `hits` among `count` samples. */
export function shareOf(hits: number, count: number): Estimate {
  const value = hits / count;
  return {
    value,
    variance: (value * (1 - value)) / count,
    interval: (effect) => wilson(hits / effect, count / effect),
  };
}

/** The mean of two or more values. */
export function meanOf(values: ArrayLike<number>): Estimate {
  const n = values.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i];
  const value = sum / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (values[i] - value) ** 2;
  const variance = squares / (n - 1) / n;
  const reach = (effect: number) => Z * Math.sqrt(effect * variance);
  return { value, variance, interval: (effect) => [value - reach(effect), value + reach(effect)] };
}

/**
 * The figures that `estimate` gives of real rows and made ones, with intervals where at least 5 random groups of `size` samples of each side
 * can be made. Of each figure, the design effect is its variance among up to 20 groups over what it would be of independent samples, 1 at
 * least. A figure that `estimate` gives as a plain number has no interval.
 */
export function estimated<Name extends string>(
  { real, made }: Readonly<Record<Side, Rows>>,
  { metric, seed, size }: { metric: string; seed: number; size: number },
  estimate: (real: Rows, made: Rows) => Readonly<Record<Name, Estimate | number>>,
): Record<Name, Figure> {
  const all = estimate(real, made);
  const count = Math.min(GROUPS, Math.floor(Math.min(real.count, made.count) / size));
  const groupsOf = (rows: Rows, side: Side) => {
    const order = Array.from(stream(seed, "metric", metric, "groups", side).permutation(rows.count));
    const edges = Array.from({ length: count + 1 }, (_, g) => Math.floor((g * rows.count) / count));
    return edges.slice(1).map((end, g) => {
      const chosen = order.slice(edges[g], end);
      return new Rows(
        rows.size,
        chosen.flatMap((i) => rows.slice(i, i + 1)),
      );
    });
  };
  const [ofReal, ofMade] = count < FEWEST ? [[], []] : [groupsOf(real, "real"), groupsOf(made, "made")];
  const seen = ofReal.map((rows, g) => estimate(rows, ofMade[g]));
  const figures = Object.entries<Estimate | number>(all).map(([name, figure]) => {
    if (typeof figure === "number") return [name, { value: figure }];
    const effect = designEffect(seen.map((group) => group[name as Name] as Estimate));
    return [name, { value: figure.value, ...(effect && { interval: figure.interval(effect) }) }];
  });
  return Object.fromEntries(figures);
}

function designEffect(groups: readonly Estimate[]): number | undefined {
  if (groups.length === 0) return undefined;
  const independent = groups.reduce((sum, { variance }) => sum + variance / groups.length, 0);
  const { variance } = meanOf(groups.map(({ value }) => value)); // of the groups' mean
  return independent === 0 ? 1 : Math.max(1, (variance * groups.length) / independent);
}
