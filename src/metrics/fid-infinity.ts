// FID∞ (Chong and Forsyth 2020, §4): the Fréchet distance of N made samples falls about as 1/N, by an amount that depends on the generator;
// a line through the distances of many N tells what it is of endlessly many. Real samples are taken as they are. The
// authors' latent vectors are of a Sobol sequence, with which both the line and FID are steadier: sobol-latent.ts.

import { stream } from "../random/index.ts";
import { requireFinite } from "./finite.ts";
import { frechetDistanceTo } from "./frechet.ts";
import { against, requireCounts } from "./gathered.ts";
import { defineMetric, type Figure } from "./metric.ts";
import { Moments } from "./moments.ts";
import { Rows } from "./rows.ts";
import { studentInterval } from "./student.ts";

/** As in the paper. */
const SIZES = 15;
/** Fewer made samples span too short a line. */
const LEAST = 100;

/** 15 numbers of samples, evenly from a tenth of all on, where that is more than there are features. */
export function sizesUpTo(all: number, features: number): number[] {
  const first = Math.max(Math.round(all / 10), features + 1);
  return Array.from({ length: SIZES }, (_, i) => Math.round(first + (i * (all - first)) / (SIZES - 1)));
}

/**
 * The intercept of an ordinary least-squares line through distances yₖ of Nₖ samples over 1/Nₖ.
 *
 * Each set of samples holds the smaller ones, so that yₖ = a + b/Nₖ + W(Nₖ)/Nₖ with a random walk W of variance σ²N: neighbours err alike,
 * and what lies about the line does not tell how far the line itself is off. W's steps, Nₖ₊₁yₖ₊₁ − Nₖyₖ − a(Nₖ₊₁ − Nₖ), are independent
 * and tell σ²; with it, cov(yⱼ, yₖ) = σ²/max(Nⱼ, Nₖ).
 */
export function extrapolate(sizes: readonly number[], distances: readonly number[]): Required<Figure> {
  const n = sizes.length;
  const mean = sizes.reduce((sum, size) => sum + 1 / size / n, 0);
  const spread = sizes.reduce((sum, size) => sum + (1 / size - mean) ** 2, 0);
  // The intercept as a weighted sum of the distances.
  const weights = sizes.map((size) => 1 / n - (mean * (1 / size - mean)) / spread);
  const value = weights.reduce((sum, weight, k) => sum + weight * distances[k], 0);

  const drift = (sizes[n - 1] * distances[n - 1] - sizes[0] * distances[0]) / (sizes[n - 1] - sizes[0]);
  let squares = 0;
  for (let k = 1; k < n; k++) {
    const more = sizes[k] - sizes[k - 1];
    squares += (sizes[k] * distances[k] - sizes[k - 1] * distances[k - 1] - drift * more) ** 2 / more;
  }
  const sigma2 = squares / (n - 2); // of n − 1 steps, less their mean
  let variance = 0;
  for (let j = 0; j < n; j++) {
    for (let k = 0; k < n; k++) variance += (weights[j] * weights[k] * sigma2) / Math.max(sizes[j], sizes[k]);
  }
  return { value, interval: studentInterval(value, variance, n - 2) };
}

export const fidInfinity = defineMetric({
  name: "fid-infinity",
  title: "FID∞",
  paper: "arXiv:1911.07023",
  about: "FID without the part that comes of having few made samples, which differs from generator to generator.",
  of: ["images", "points"],
  needs: ["features"],
  compares: true,
  figures: {
    "fid-infinity": {
      ...{ title: "FID∞", better: "lower" },
      about: "FID of endlessly many made samples, by a line over 1/N; may fall below 0 by chance.",
    },
  },
  options: {},
  begin(form) {
    const { features: d, counts, seed } = form;
    if (d === undefined) throw new Error("fid-infinity: begun without the features that it needs");
    requireCounts("fid-infinity", form, { real: d + 1, made: Math.max(LEAST, 2 * (d + 1)) });
    const real = new Moments(d);
    const made = new Rows(d);
    return {
      add(side, { features }) {
        if (features === undefined) throw new Error("fid-infinity: given samples without features");
        const rows = side === "real" ? real : made;
        requireFinite(features, { metric: "fid-infinity", side, size: d, before: rows.count });
        rows.add(features);
      },
      finish() {
        const distance = frechetDistanceTo(real.mean, real.covariance());
        const order = stream(seed, "metric", "fid-infinity").permutation(made.count);
        const row = new Float64Array(d);
        const taken = new Moments(d);
        const sizes = sizesUpTo(counts.made, d);
        const distances = sizes.map((size) => {
          while (taken.count < size) {
            made.read(order[taken.count], 1, 0, d, row);
            taken.add(row);
          }
          return distance(taken.mean, taken.covariance());
        });
        const text = (count: number) => count.toLocaleString("en-US");
        return {
          figures: { "fid-infinity": extrapolate(sizes, distances) },
          protocol: `${against(form)}; ${SIZES} sizes from ${text(sizes[0])}`,
        };
      },
    };
  },
});
