// A share of samples, and how well it is known (Wilson 1927): unlike share ± 1.96 standard errors it stays between 0 and 1, and
// does not claim to be certain of 0 or 1.

/** The normal quantile of 97.5 %. */
const Z = 1.959963984540054;

/** The 95 % interval of a proportion of which `hits` of `count` were seen. */
export function wilson(hits: number, count: number): readonly [low: number, high: number] {
  const share = hits / count;
  const scale = 1 + Z ** 2 / count;
  const centre = (share + Z ** 2 / (2 * count)) / scale;
  const reach = (Z / scale) * Math.sqrt((share * (1 - share)) / count + Z ** 2 / (4 * count ** 2));
  return [Math.max(0, centre - reach), Math.min(1, centre + reach)];
}
