// Kernel inception distance (Bińkowski et al. 2018, §4): the squared maximum mean discrepancy of features under the kernel k(x, y) = (x·y/d + 1)³,
// by its unbiased estimate (Gretton et al. 2012, eq. 3) on random subsets. Of two sets of the same law it is 0 on the whole, at any size.

import { InputError } from "../errors/index.ts";
import { stream } from "../random/index.ts";
import { integer } from "../recipes/index.ts";
import { meanOf } from "./estimates.ts";
import { against, gatherFeatures } from "./gathered.ts";
import { defineMetric } from "./metric.ts";
import { addProducts } from "./products.ts";
import type { Rows } from "./rows.ts";

/** MMD² of rows X [n, d] and Y [m, d], two at least of each: a row is not compared with itself, but each of X with each of Y. */
export function unbiasedMmd2(x: Float64Array, y: Float64Array, d: number): number {
  const [n, m] = [x.length / d, y.length / d];
  const within = (rows: Float64Array, count: number) => (2 * kernelSum(rows, rows, d, true)) / (count * (count - 1));
  return within(x, n) + within(y, m) - (2 * kernelSum(x, y, d, false)) / (n * m);
}

/** Σ k(aᵢ, bⱼ) over all pairs; with `below`, over those of j < i. */
function kernelSum(a: Float64Array, b: Float64Array, d: number, below: boolean): number {
  const [n, m] = [a.length / d, b.length / d];
  const products = new Float64Array(n * m);
  addProducts(products, a, b, d, below);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const end = below ? i : m;
    for (let j = 0; j < end; j++) {
      const root = products[i * m + j] / d + 1;
      sum += root * root * root;
    }
  }
  return sum;
}

/**
 * The 95 % interval of the mean of MMD² over random subsets of `size` out of `count` samples, where there are more than that. Subsets share
 * samples: about their mean they vary by the part 1 − size/count of what those of new samples would, and the mean itself by size/count of
 * that. So the error of having few subsets, v/subsets, comes with that of having few samples, v size/(count − size).
 */
export function intervalOfSubsets(
  values: ArrayLike<number>,
  size: number,
  count: number,
): readonly [low: number, high: number] | undefined {
  if (values.length < 2 || size >= count) return undefined;
  return meanOf(values).interval(1 + (values.length * size) / (count - size));
}

export const kid = defineMetric({
  name: "kid",
  title: "kernel inception distance",
  paper: "arXiv:1801.01401",
  about: "How far the made samples' features are from the data's, without FID's bias: fit for few samples.",
  of: ["images", "points"],
  needs: ["features"],
  compares: true,
  figures: {
    kid: {
      title: "KID",
      better: "lower",
      about: "Squared discrepancy of the features' first three moments; about 0, or just below, for the same law.",
    },
  },
  options: {
    subsets: integer(100, "random subsets whose mean is taken"),
    size: integer(1000, "samples of each side in a subset", { min: 2 }),
  },
  begin(form, { subsets, size }) {
    const { features: d = 0, counts, seed } = form;
    const count = Math.min(counts.real, counts.made);
    if (count < size) {
      throw new InputError(
        `--count: kid takes subsets of ${size} samples, got ${counts.real} real and ${counts.made} made. Pass --count ${size}, or smaller subsets: --metrics kid:size=${count}.`,
      );
    }
    const gathered = gatherFeatures("kid", form, { real: size, made: size });
    return {
      add: gathered.add,
      finish() {
        const chosen = { real: new Float64Array(size * d), made: new Float64Array(size * d) };
        const values = Float64Array.from({ length: subsets }, (_, subset) => {
          for (const side of ["real", "made"] as const) {
            takeSome(
              gathered[side],
              stream(seed, "metric", "kid", side, subset).permutation(counts[side]),
              chosen[side],
            );
          }
          return unbiasedMmd2(chosen.real, chosen.made, d);
        });
        const interval = intervalOfSubsets(values, size, count);
        return {
          figures: { kid: { value: meanOf(values).value, ...(interval && { interval }) } },
          protocol: `${against(form)}, ${subsets} subsets of ${size}`,
        };
      },
    };
  },
});

/** Fills `out` [n, d] with the rows that stand first in this order. */
function takeSome(rows: Rows, order: Uint32Array, out: Float64Array): void {
  const { size: d } = rows;
  for (let i = 0; i < out.length / d; i++) rows.read(order[i], 1, 0, d, out.subarray(i * d, (i + 1) * d));
}
