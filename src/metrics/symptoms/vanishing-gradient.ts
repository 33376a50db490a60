// Vanishing gradient: D tells made samples from real ones so surely that its verdict hardly changes with them, and G learns nothing
// (Goodfellow et al. 2014, §3; Arjovsky & Bottou 2017, §2.2). The norm of G's gradient is held against that of its first steps. Where
// the game comes to rest it grows small as well, but then so does the gap between D's scores of real and made samples.

import { isDiscriminators, labelsOf, scoreGap } from "./players.ts";
import { blockWatch, lastOf, median, type RunSymptom } from "./watching.ts";

const BELOW = 0.1;
/** A narrower gap, over the widest, is no gap. */
const LEAST = 0.01;

export const vanishingGradient: RunSymptom = {
  name: "vanishing-gradient",
  title: "Vanishing gradient",
  figure:
    "norm of G's gradient over that of its first ten steps, for a gap between D's scores of real and made samples as wide as it has been; median of fifty steps",
  threshold: { below: BELOW },
  meaning: "D has won: it is so sure of every sample that G is told next to nothing about how to get better.",
  advice: [
    "--loss non-saturating, where the recipe has a choice",
    "fewer steps of D for each of G, a lower learning rate for D, or a smaller D",
    "a game whose gradient does not vanish: wgan-gp, lsgan or r3gan",
  ],
  watch() {
    const starts = new Map<string, number>();
    const ratios = lastOf<number>(5);
    const gaps = lastOf<number>(5);
    let widest = 0;
    return blockWatch((means) => {
      const gap = scoreGap(means);
      const labels = labelsOf(means, "gradient").filter((label) => !isDiscriminators(label));
      if (gap === undefined || labels.length === 0) return undefined;
      const ratio = Math.min(
        ...labels.map((label) => {
          const norm = means[`gradient/${label}`];
          const start = starts.get(label) ?? norm;
          if (start > 0) starts.set(label, start);
          return start > 0 ? norm / start : 1;
        }),
      );
      const apart = median(gaps(gap));
      widest = Math.max(widest, apart);
      const value = median(ratios(ratio)) / Math.max(apart / widest || 0, LEAST);
      return { value, present: value < BELOW };
    });
  },
};
