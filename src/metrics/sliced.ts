// Sliced Wasserstein distance (Rabin et al. 2011; Bonneel et al. 2015): along a line, optimal transport is sorting; so two sets of points are
// compared along many random lines.

import { stream } from "../random/index.ts";
import type { Side } from "./metric.ts";
import { addProducts } from "./products.ts";

/**
 * W₂² on the line of samples u [n] and v [m], each in ascending order and of equal mass: ∫ (F⁻¹ − G⁻¹)² over the quantiles, which for as
 * many of each is the mean of (uᵢ − vᵢ)².
 */
export function squaredTransport(u: ArrayLike<number>, v: ArrayLike<number>): number {
  const [n, m] = [u.length, v.length];
  let sum = 0;
  let done = 0; // mass moved so far, in units of 1/(n m)
  for (let i = 0, j = 0; i < n && j < m; ) {
    const until = Math.min((i + 1) * m, (j + 1) * n);
    sum += (until - done) * (u[i] - v[j]) ** 2;
    if (until === (i + 1) * m) i++;
    if (until === (j + 1) * n) j++;
    done = until;
  }
  return sum / (n * m);
}

/** Samples of both sides as their shadows on random lines: 4 bytes for each sample and line. */
export interface Shadows {
  /** Samples [b, d] of a side. */
  add(side: Side, values: Float32Array): void;
  /** The mean over the lines of W₂² between the sides' shadows: (a shift)²/d where one side is the other shifted. */
  distance(): number;
}

/** Lines through the origin of d dimensions, in random directions by the stream (seed, "metric", name). */
export function shadowsOn(
  lines: number,
  { d, counts, seed, name }: { d: number; counts: Readonly<Record<Side, number>>; seed: number; name: string },
): Shadows {
  const directions = Float64Array.from(stream(seed, "metric", name).fillNormal(new Float32Array(lines * d)));
  for (let line = 0; line < lines; line++) {
    const direction = directions.subarray(line * d, (line + 1) * d);
    const length = Math.sqrt(direction.reduce((sum, value) => sum + value * value, 0));
    for (let k = 0; k < d; k++) direction[k] /= length;
  }
  const shadows = { real: new Float32Array(lines * counts.real), made: new Float32Array(lines * counts.made) }; // [lines, n]
  const seen = { real: 0, made: 0 };
  return {
    add(side, values) {
      const n = values.length / d;
      const products = new Float64Array(lines * n);
      addProducts(products, directions, Float64Array.from(values), d);
      for (let line = 0; line < lines; line++) {
        shadows[side].set(products.subarray(line * n, (line + 1) * n), line * counts[side] + seen[side]);
      }
      seen[side] += n;
    },
    distance() {
      const sorted = (side: Side, line: number) =>
        shadows[side].subarray(line * counts[side], line * counts[side] + seen[side]).sort();
      let sum = 0;
      for (let line = 0; line < lines; line++) sum += squaredTransport(sorted("real", line), sorted("made", line));
      return sum / lines;
    },
  };
}
