// How well an estimate is known by few values: Student's t in the place of the normal distribution, which would claim too much.

/** The normal quantile of 97.5 %. */
const Z = 1.959963984540054;
/** t's quantiles of 97.5 % for 1 and 2 degrees of freedom, which have closed forms. */
const FEW = [Math.tan(0.475 * Math.PI), (0.95 * Math.SQRT2) / Math.sqrt(1 - 0.95 ** 2)];

/** t's quantile of 97.5 % for so many degrees of freedom, from 1 (Abramowitz and Stegun 1964, 26.7.5): within 1 %, and better from 5 on. */
export function studentQuantile(freedom: number): number {
  if (freedom <= FEW.length) return FEW[freedom - 1];
  const terms = [
    (Z ** 3 + Z) / 4,
    (5 * Z ** 5 + 16 * Z ** 3 + 3 * Z) / 96,
    (3 * Z ** 7 + 19 * Z ** 5 + 17 * Z ** 3 - 15 * Z) / 384,
  ];
  return terms.reduce((sum, term, i) => sum + term / freedom ** (i + 1), Z);
}

/** The 95 % interval of an estimate whose own variance was estimated with so many degrees of freedom. */
export function studentInterval(
  value: number,
  variance: number,
  freedom: number,
): readonly [low: number, high: number] {
  const reach = studentQuantile(freedom) * Math.sqrt(variance);
  return [value - reach, value + reach];
}
