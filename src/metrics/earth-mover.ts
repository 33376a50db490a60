// The earth mover's distance, Wasserstein-1: how far samples must be carried, on average, to lie where others lie (Rubner et al. 2000;
// as what a critic estimates, Arjovsky et al. 2017). On the line by quantiles; in the plane by the best assignment.

import { integer, number } from "../recipes/index.ts";
import { assign } from "./assignment.ts";
import { gatherFeatures } from "./gathered.ts";
import { defineMetric } from "./metric.ts";
import type { Rows } from "./rows.ts";
import { type Points, sinkhornDivergence } from "./sinkhorn.ts";

/** Points of each side that are assigned exactly: a second at most. */
const EXACT = 500;
/** With fewer, the distance is that of chance. */
const LEAST = 100;

/**
 * W₁ of numbers of equal weights, as many or not on the two sides: ∫ |F⁻¹(u) − G⁻¹(u)| du over their quantiles.
 *
 * @example wasserstein1([0, 0, 3], [1]) // (1 + 1 + 2) / 3
 */
export function wasserstein1(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [x, y] = [Float64Array.from(a).sort(), Float64Array.from(b).sort()];
  if (x.length === 0 || y.length === 0) throw new Error(`wasserstein1: of ${x.length} and ${y.length} numbers`);
  let sum = 0;
  // u runs over whole multiples of 1 / (n m): exact.
  for (let i = 0, j = 0, u = 0; i < x.length && j < y.length; ) {
    const [endOfX, endOfY] = [(i + 1) * y.length, (j + 1) * x.length];
    const end = Math.min(endOfX, endOfY);
    sum += (end - u) * Math.abs(x[i] - y[j]);
    u = end;
    if (endOfX === end) i++;
    if (endOfY === end) j++;
  }
  return sum / x.length / y.length;
}

/**
 * W₁ of as many points x and y [n, 2], of equal weights, by the best assignment: exact. O(n³) time at worst, O(n²) memory.
 *
 * @example earthMover(Float32Array.of(0, 0, 1, 0), Float32Array.of(1, 1, 0, 1)) // 1
 */
export function earthMover(x: Points, y: Points): number {
  const n = x.length / 2;
  if (y.length !== x.length) throw new Error(`earthMover: of ${n} and ${y.length / 2} points, which must be as many`);
  const costs = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) costs[i * n + j] = Math.hypot(x[2 * i] - y[2 * j], x[2 * i + 1] - y[2 * j + 1]);
  }
  return assign(costs, n).reduce((sum, j, i) => sum + costs[i * n + j], 0) / n;
}

/** The first n rows. */
function firstOf(rows: Rows, n: number): Float64Array {
  const points = new Float64Array(n * rows.size);
  rows.read(0, n, 0, rows.size, points);
  return points;
}

export const earthMoverDistance = defineMetric({
  name: "earth-mover",
  title: "earth mover's distance",
  paper: "arXiv:1701.07875",
  about: "How far points must be carried, on average, to lie as the data's do.",
  of: ["points"],
  needs: ["features"],
  compares: true,
  figures: {
    emd: {
      title: "EMD",
      better: "lower",
      about: "Mean distance between samples and the real ones they are assigned to.",
    },
  },
  options: {
    most: integer(
      EXACT,
      `points of each side, the first; more than ${EXACT}, or not as many, by Sinkhorn's iterations`,
      {
        min: LEAST,
        max: 10_000,
      },
    ),
    epsilon: number(0.02, "blur of Sinkhorn's iterations, in the unit of the points", { min: 1e-4 }),
  },
  begin(form, { most, epsilon }) {
    const gathered = gatherFeatures("earth-mover", form, { real: LEAST, made: LEAST });
    return {
      add: gathered.add,
      finish() {
        const [real, made] = [Math.min(most, gathered.real.count), Math.min(most, gathered.made.count)];
        const [x, y] = [firstOf(gathered.real, real), firstOf(gathered.made, made)];
        const exact = real === made && real <= EXACT;
        const way = exact ? "exact assignment" : `debiased Sinkhorn, epsilon ${epsilon}`;
        return {
          figures: { emd: { value: exact ? earthMover(x, y) : sinkhornDivergence(x, y, epsilon) } },
          protocol: `${made.toLocaleString("en-US")} against ${real.toLocaleString("en-US")}, ${way}`,
        };
      },
    };
  },
});
