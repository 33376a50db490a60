// Samples in groups: to see how much a figure depends on which samples it happened to be given.

import type { RandomStream } from "../random/index.ts";

/** [count]: which of so many groups each sample falls in. Their sizes differ by one at most; chance decides, since samples may come sorted. */
export function randomGroups(random: RandomStream, count: number, groups: number): Uint16Array {
  const group = new Uint16Array(count);
  for (const [place, sample] of random.permutation(count).entries()) {
    group[sample] = Math.floor((place * groups) / count);
  }
  return group;
}
