// The Jensen-Shannon divergence, which the minimax game minimises where D is optimal: V(D*) = 2 JSD − log 4 (Goodfellow et al. 2014,
// Theorem 1): ½ KL(p ‖ m) + ½ KL(q ‖ m) with m = ½ (p + q), from 0 to log 2 nats.

import { integer } from "../recipes/index.ts";
import { against, gatherFeatures } from "./gathered.ts";
import { defineMetric } from "./metric.ts";
import type { Rows } from "./rows.ts";

/** With fewer points, what is counted is chance. */
const LEAST = 100;
/** Pieces that an integral starts with: a peak narrower than one of them may go unseen. */
const PIECES = 256;
const TOLERANCE = 1e-13;
const MOST_HALVINGS = 40;

/** What one place with the densities p and q adds to the divergence. */
function share(p: number, q: number): number {
  const m = (p + q) / 2;
  return ((p > 0 ? p * Math.log(p / m) : 0) + (q > 0 ? q * Math.log(q / m) : 0)) / 2;
}

/**
 * JSD in nats of two histograms of counts over the same bins.
 *
 * @example jensenShannon([5, 0], [0, 9]) // Math.log(2)
 */
export function jensenShannon(p: ArrayLike<number>, q: ArrayLike<number>): number {
  if (p.length !== q.length) throw new Error(`jensenShannon: of ${p.length} and ${q.length} bins`);
  const total = (counts: ArrayLike<number>) => Array.from(counts).reduce((sum, n) => sum + n, 0);
  const [ofP, ofQ] = [total(p), total(q)];
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum += share(p[i] / ofP, q[i] / ofQ);
  return Math.max(0, sum); // rounding may go below
}

/** What to expect of the JSD of n₁ and n₂ samples of the same distribution over so many bins, where all are well filled. */
export const jensenShannonBias = (bins: number, n1: number, n2: number): number => ((bins - 1) / 8) * (1 / n1 + 1 / n2);

/**
 * JSD in nats of two densities on the line, by Simpson's rule with pieces halved where they need it; each density integrates to 1 between
 * `low` and `high`, as far as that matters.
 *
 * @example jensenShannonOf((x) => normal(x), (x) => normal(x - 1), -12, 13) // 0.111421482
 */
export function jensenShannonOf(p: (x: number) => number, q: (x: number) => number, low: number, high: number): number {
  const at = (x: number) => share(p(x), q(x));
  const width = (high - low) / PIECES;
  let sum = 0;
  for (let k = 0; k < PIECES; k++) {
    const [a, b] = [low + k * width, low + (k + 1) * width];
    const ends = [at(a), at((a + b) / 2), at(b)] as const;
    sum += simpson(at, a, b, ends, TOLERANCE, MOST_HALVINGS);
  }
  return sum;
}

/** ∫ₐᵇ of a function whose values at a, in the middle and at b are known. */
function simpson(
  of: (x: number) => number,
  a: number,
  b: number,
  [start, middle, end]: readonly [number, number, number],
  tolerance: number,
  halvings: number,
): number {
  const centre = (a + b) / 2;
  const [left, right] = [of((a + centre) / 2), of((centre + b) / 2)];
  const whole = ((b - a) / 6) * (start + 4 * middle + end);
  const halves = ((b - a) / 12) * (start + 4 * left + 2 * middle + 4 * right + end);
  // The error of the halves is a fifteenth of the difference.
  if (halvings === 0 || Math.abs(halves - whole) < 15 * tolerance) return halves + (halves - whole) / 15;
  return (
    simpson(of, a, centre, [start, left, middle], tolerance / 2, halvings - 1) +
    simpson(of, centre, b, [middle, right, end], tolerance / 2, halvings - 1)
  );
}

/**
 * How many of two sets of points [n, 2] lie in each square that holds any, of a grid with `bins` squares along each side of the box of
 * the first set, which goes on beyond.
 */
export function countOnGrid(first: Rows, second: Rows, bins: number): [first: number[], second: number[]] {
  const scale = [0, 1].map((c) => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const points of first.slice(0, first.count)) {
      for (let i = c; i < points.length; i += 2) {
        low = Math.min(low, points[i]);
        high = Math.max(high, points[i]);
      }
    }
    return { low, width: (high - low) / (bins - 1) || 1 }; // the outermost points are in the middle of their squares
  });
  const found = new Map<string, [number, number]>();
  for (const [side, rows] of [first, second].entries()) {
    for (const points of rows.slice(0, rows.count)) {
      for (let i = 0; i < points.length; i += 2) {
        const square = scale.map(({ low, width }, c) => Math.round((points[i + c] - low) / width)).join();
        const counts = found.get(square) ?? [0, 0];
        counts[side]++;
        found.set(square, counts);
      }
    }
  }
  const counts = [...found.values()];
  return [counts.map(([count]) => count), counts.map(([, count]) => count)];
}

export const jensenShannonDivergence = defineMetric({
  name: "jensen-shannon",
  title: "Jensen-Shannon divergence",
  paper: "arXiv:1406.2661",
  about: "Of points counted on a grid: 0 where they lie as the data's do, log 2 = 0.693 where nowhere together.",
  of: ["points"],
  needs: ["features"],
  compares: true,
  figures: {
    jsd: { title: "JSD", better: "lower", about: "In nats, from 0 to 0.693." },
    "jsd-bias": {
      ...{ title: "JSD by chance", better: "lower" },
      about:
        "What two samples of the same distribution would have: (B − 1) / 8 · (1/n₁ + 1/n₂), for B squares that hold points.",
    },
  },
  options: { bins: integer(32, "squares along each side of the real points' box", { min: 2, max: 4096 }) },
  begin(form, { bins }) {
    const gathered = gatherFeatures("jensen-shannon", form, { real: LEAST, made: LEAST });
    return {
      add: gathered.add,
      finish() {
        const [real, made] = countOnGrid(gathered.real, gathered.made, bins);
        return {
          figures: {
            jsd: { value: jensenShannon(real, made) },
            "jsd-bias": { value: jensenShannonBias(real.length, gathered.real.count, gathered.made.count) },
          },
          protocol: `${against(form)}, ${bins} × ${bins} squares`,
        };
      },
    };
  },
});
