// What a histogram of counts says of the distribution it was drawn from.

/** KL(p ‖ uniform) = log K − H(p) in nats, of counts over K classes; log K, the most there is, where nothing was counted. */
export function klFromUniform(counts: ArrayLike<number>): number {
  const classes = counts.length;
  const all = Array.from(counts).reduce((sum, count) => sum + count, 0);
  if (all === 0) return Math.log(classes);
  let kl = 0;
  for (let k = 0; k < classes; k++) if (counts[k] > 0) kl += (counts[k] / all) * Math.log((counts[k] / all) * classes);
  return Math.max(0, kl); // rounding may go below
}

/** What KL from the uniform distribution is to be expected of `count` samples of that very distribution: (K − 1)/2N, where N is not small. */
export const klFloor = (classes: number, count: number): number => (classes - 1) / (2 * count);
