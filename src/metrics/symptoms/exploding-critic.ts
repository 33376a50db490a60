// Exploding critic: nothing holds D's scores in bounds, and they grow with its steepness. A critic no steeper than 1 scores two
// samples no further apart than they are (Arjovsky et al. 2017, §3); games with labels want scores of about 1. So the gap between its
// scores of real and made samples is held against the larger of the two: 1, and the usual distance of two real samples.

import { spreadOf } from "./geometry.ts";
import { scoreGap } from "./players.ts";
import { blockWatch, lastOf, median, type RunSymptom } from "./watching.ts";

const ABOVE = 4;
const SPREAD = "samples/spread";

export const explodingCritic: RunSymptom = {
  name: "exploding-critic",
  title: "Exploding critic",
  figure:
    "how far apart D scores real and made samples, over the distance of two real samples or 1, whichever is larger; median of fifty steps",
  threshold: { above: ABOVE },
  meaning:
    "D's scores have grown far past what its game asks for: nothing holds D's steepness, and G is thrown about by huge gradients.",
  advice: [
    "hold D: a gradient penalty (wgan-gp, r3gan; a larger --lambda or --gamma), spectral norm (sngan), or weights clipped more tightly (--c)",
    "a lower learning rate for D, or fewer of its steps for each of G",
  ],
  watch() {
    let spread: number | undefined;
    const gaps = lastOf<number>(5);
    const blocks = blockWatch((means) => {
      const gap = scoreGap(means);
      if (gap === undefined) return undefined;
      const apart = median(gaps(Math.abs(gap)));
      if (spread === undefined) return undefined;
      const value = apart / Math.max(1, spread);
      return { value, present: value > ABOVE };
    });
    return {
      step(seen) {
        const finding = blocks.step(seen);
        spread ??= seen.metrics[SPREAD];
        return finding;
      },
      samples({ real, shape }) {
        spread ??= spreadOf(real, shape);
        return undefined;
      },
      noted: () => (spread === undefined ? {} : { [SPREAD]: spread }),
    };
  },
};
