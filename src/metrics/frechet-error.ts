// How well the Fréchet distance F of samples is known (the delta method: von Mises 1947; Efron 1982, §6.5, the infinitesimal jackknife).
// One sample y about its side's mean moves F by ψ/n, with ψ(y) = 2 (μ − μ′)·y + |y|² − yᵀT y, where T is the linear map that carries this
// side's Gaussian onto the other's (Olkin and Pukelsheim 1982) and tr S′ + tr S − 2 tr (S′S)^½ has the derivative I − T by S. So F's
// variance is that of ψ over n, summed over both sides; a random part of the samples is enough to know it.
//
// Where both sides are alike ψ falls to 0 and what moves F is of second order: κ(y, y′)/n² for each two samples. Then the variance of ψ, which
// is taken with T of the same few samples, holds κ's part twice, as any jackknife does: what is too much is subtracted.
//
// Beside the spread over 50 to 400 draws of known laws (4 to 256 features, normal and rectified, 20 to 2,000 samples, alike and apart) the
// standard error came out between 0.95 and 1.26 of it, that of a jackknife of ten groups between 1.02 and 1.6.

import { meanOf } from "./estimates.ts";
import { crossed, distanceWith } from "./frechet.ts";
import { addProducts } from "./products.ts";
import { eigen, negligible, squareRoot } from "./symmetric.ts";

/** What is known of one side's n samples. */
export interface SideSeen {
  readonly count: number;
  readonly mean: Float64Array;
  /** [d, d] */
  readonly covariance: Float64Array;
  /** [k, d]: some of the samples, in random order; two or more. */
  readonly some: Float32Array;
}

/** The Fréchet distance between samples' Gaussians, and its variance over other samples of the same laws. O(d³ + k d²). */
export function frechetEstimate(a: SideSeen, b: SideSeen): { readonly value: number; readonly variance: number } {
  const root = squareRoot(a.covariance);
  const { values, vectors } = eigen(crossed(root, b.covariance, b.mean.length));
  const least = negligible(values);
  const sum = (of: Float64Array) => of.reduce((all, each) => all + each, 0);
  // In coordinates of their own, A⁻ᵀy for a and A y for b with AᵀA = T, both sides have the covariance diag(s).
  const s = values.map((value) => (value > least ? Math.sqrt(value) : 0));
  const [ofA, ofB] = [about(a), about(b)];
  const [x, y] = [shared(ofA, root, vectors, s, true), shared(ofB, root, vectors, s, false)];
  const first =
    varianceOf(influences(ofA, x, a.mean, b.mean)) / a.count + varianceOf(influences(ofB, y, b.mean, a.mean)) / b.count;
  const half = (rows: Float64Array, i: number) => {
    const size = Math.floor(rows.length / s.length / 2) * s.length;
    return rows.subarray(i * size, (i + 1) * size);
  };
  const within = (rows: Float64Array) => meanKappa2(half(rows, 0), half(rows, 1), s) / 2;
  const both = Math.min(x.length, y.length);
  const between = meanKappa2(x.subarray(0, both), y.subarray(0, both), s);
  const second = within(x) / a.count ** 2 + within(y) / b.count ** 2 + between / (a.count * b.count);
  return { value: distanceWith(a, b, sum(s)), variance: Math.max(first - second, first / 2) };
}

const varianceOf = (values: Float64Array): number => meanOf(values).variance * values.length;

/** [k, d]: samples about the mean of all. */
function about({ mean, some }: SideSeen): Float64Array {
  return Float64Array.from(some, (value, i) => value - mean[i % mean.length]);
}

/** Samples [k, d] of one side in the coordinates [k, r] that both sides share. */
function shared(rows: Float64Array, root: Float64Array, vectors: Float64Array, s: Float64Array, first: boolean) {
  const r = s.length;
  const d = root.length / r;
  const k = rows.length / d;
  const along = new Float64Array(k * r);
  addProducts(along, rows, root, d);
  if (first) {
    // Rᵀ's inverse in the place of R, whose rows are orthogonal.
    const squares = s.map((_, i) => root.subarray(i * d, (i + 1) * d).reduce((sum, value) => sum + value * value, 0));
    for (let i = 0; i < along.length; i++) along[i] /= squares[i % r];
  }
  const out = new Float64Array(k * r);
  addProducts(out, along, vectors, r);
  const scales = s.map((each) => (first ? Math.sqrt(each) : each > 0 ? 1 / Math.sqrt(each) : 0));
  return out.map((value, i) => value * scales[i % r]);
}

/** [k]: ψ of samples [k, d] about their mean, whose yᵀT y is the square of their shared coordinates [k, r]. */
function influences(rows: Float64Array, coordinates: Float64Array, mean: Float64Array, other: Float64Array) {
  const d = mean.length;
  const k = rows.length / d;
  const r = coordinates.length / k;
  return Float64Array.from({ length: k }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < d; j++) sum += (2 * (mean[j] - other[j]) + rows[i * d + j]) * rows[i * d + j];
    for (let j = 0; j < r; j++) sum -= coordinates[i * r + j] ** 2;
    return sum;
  });
}

/**
 * The mean of κ(a, b)² over pairs of rows [k, r] in shared coordinates: κ = 2 a·b + Σᵢⱼ (aᵢaⱼ − δᵢⱼsᵢ)(bᵢbⱼ − δᵢⱼsᵢ)/(sᵢ + sⱼ), F's second
 * derivative by both samples, less it where they are of two sides. For T, of which T S T = S′, there changes by the dT that solves
 * dT S + S dT = dS′ − dS.
 */
function meanKappa2(a: Float64Array, b: Float64Array, s: Float64Array): number {
  const r = s.length;
  if (a.length === 0) return 0;
  const products = a.map((value, i) => value * b[i]);
  const weights = new Float64Array(r * r);
  for (let i = 0; i < r; i++) for (let j = 0; j < r; j++) weights[i * r + j] = s[i] > 0 ? 1 / (s[i] + s[j]) : 0;
  const weighted = new Float64Array(a.length);
  addProducts(weighted, products, weights, r);
  let sum = 0;
  for (let row = 0; row < a.length; row += r) {
    let kappa = 0;
    for (let j = 0; j < r; j++) {
      const at = row + j;
      kappa += products[at] * (2 + weighted[at]) - (s[j] > 0 ? (a[at] ** 2 + b[at] ** 2 - s[j]) / 2 : 0);
    }
    sum += kappa ** 2;
  }
  return (sum * r) / a.length;
}
