// The Fréchet distance between two Gaussians (Dowson and Landau 1982), which is their 2-Wasserstein distance squared:
// |μ₁ − μ₂|² + tr S₁ + tr S₂ − 2 tr (S₁S₂)^½. With RᵀR = S₁ the last trace is the sum of the roots of the eigenvalues of R S₂ Rᵀ, which is
// symmetric and has none below 0: no complex numbers, no NaN, no full rank needed.

import { addProducts } from "./products.ts";
import { eigenvalues, negligible, squareRoot } from "./symmetric.ts";

/** Distances to one Gaussian from others, each by its mean [d] and covariance [d, d]. */
export function frechetDistanceTo(
  mean: Float64Array,
  covariance: Float64Array,
): (mean: Float64Array, covariance: Float64Array) => number {
  const d = mean.length;
  const root = squareRoot(covariance);
  return (otherMean, other) => {
    const values = eigenvalues(crossed(root, other, d));
    const least = negligible(values);
    const shared = values.reduce((sum, value) => sum + (value > least ? Math.sqrt(value) : 0), 0);
    return distanceWith({ mean, covariance }, { mean: otherMean, covariance: other }, shared);
  };
}

/** The lower triangle of R S Rᵀ [r, r], of R [r, d] and a symmetric S [d, d]. */
export function crossed(root: Float64Array, other: Float64Array, d: number): Float64Array {
  const rank = root.length / d;
  const half = new Float64Array(rank * d);
  addProducts(half, root, other, d); // R S, as S = Sᵀ
  const whole = new Float64Array(rank * rank);
  addProducts(whole, half, root, d, true);
  return whole;
}

interface Gaussian {
  readonly mean: Float64Array;
  readonly covariance: Float64Array;
}

/** The distance between Gaussians of which tr (S₁S₂)^½ is known. */
export function distanceWith(a: Gaussian, b: Gaussian, shared: number): number {
  const d = a.mean.length;
  let distance = 0;
  for (let i = 0; i < d; i++) distance += (a.mean[i] - b.mean[i]) ** 2;
  distance += trace(a.covariance, d) + trace(b.covariance, d) - 2 * shared;
  return Math.max(0, distance); // rounding may go below
}

/**
 * The Fréchet distance between Gaussians of means [d] and covariances [d, d].
 *
 * @example frechetDistance([0, 0], [1, 0, 0, 1], [1, 1], [1, 0, 0, 1]); // 2
 */
export function frechetDistance(
  meanA: ArrayLike<number>,
  covarianceA: ArrayLike<number>,
  meanB: ArrayLike<number>,
  covarianceB: ArrayLike<number>,
): number {
  const [a, b] = [Float64Array.from(meanA), Float64Array.from(meanB)];
  return frechetDistanceTo(a, Float64Array.from(covarianceA))(b, Float64Array.from(covarianceB));
}

function trace(matrix: Float64Array, d: number): number {
  let sum = 0;
  for (let i = 0; i < d; i++) sum += matrix[i * d + i];
  return sum;
}
