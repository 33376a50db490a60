// Oscillation: D and G take turns at being ahead, and the swings do not die down (Mescheder et al. 2018: games without a penalty
// circle round their balance). Told by the gap between D's scores of real and made samples, the swings of which are held against the
// largest level that it has had: a game that has come to rest swings too, but by little.

import { scoreGap } from "./players.ts";
import { blockWatch, lastOf, median, type RunSymptom } from "./watching.ts";

const ABOVE = 0.6;
/** Blocks of steps that the level, and the size of swings about it, are averaged over. */
const LEVEL = 5;
const SWINGS = 10;
/** Blocks before which a run's beginning counts as a swing. */
const BEGINNING = 30;

export const oscillation: RunSymptom = {
  name: "oscillation",
  title: "Oscillation",
  figure:
    "swings of the gap between D's scores of real and made samples about its level (root mean square), over the largest that the gap has been",
  threshold: { above: ABOVE },
  meaning: "D and G take turns at winning and neither settles: the scores swing as widely as ever.",
  advice: [
    "a lower learning rate for both players",
    "hold D: a gradient penalty (wgan-gp, r3gan), spectral norm (sngan), or weights clipped more tightly (--c)",
    "--beta1 0 or 0.5: momentum makes swings wider",
    "more steps of D for each of G",
  ],
  watch() {
    const [level, swings, power] = [average(LEVEL), average(SWINGS), average(SWINGS)];
    const values = lastOf<number>(5);
    let blocks = 0;
    let largest = 0;
    return blockWatch((means) => {
      const gap = scoreGap(means);
      if (gap === undefined) return undefined;
      const swing = Math.sqrt(swings((gap - level(gap)) ** 2));
      const size = Math.sqrt(power(gap ** 2));
      if (++blocks >= 3) largest = Math.max(largest, size);
      if (blocks < BEGINNING || largest === 0) return undefined;
      const value = median(values(swing / largest));
      return { value, present: value > ABOVE };
    });
  },
};

/** A moving average over about `length` values, of fewer their mean. */
function average(length: number): (value: number) => number {
  let [mean, count] = [0, 0];
  return (value) => {
    mean += (value - mean) * Math.max(1 / length, 1 / ++count);
    return mean;
  };
}
