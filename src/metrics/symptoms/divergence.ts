// Divergence: the steps are so large that D gets worse by its own measure. Its loss before it has learnt anything is that of guessing,
// which no learning discriminator exceeds for long; where it stays several times as high, training has come apart.

import { isDiscriminators, labelsOf } from "./players.ts";
import { blockWatch, lastOf, median, type RunSymptom } from "./watching.ts";

const ABOVE = 3;

export const divergence: RunSymptom = {
  name: "divergence",
  title: "Divergence",
  figure: "D's loss over that of its first step, or over 1 if that is larger; median of fifty steps",
  threshold: { above: ABOVE },
  meaning: "D's loss is far above what guessing would cost: the steps are too large, and training has come apart.",
  advice: [
    "a much lower learning rate, a tenth of it",
    "hold D: a gradient penalty (wgan-gp, r3gan) or spectral norm (sngan)",
    "go back to a checkpoint from before it, and on from there with smaller steps",
  ],
  watch() {
    const units = new Map<string, number>();
    const recent = lastOf<number>(5);
    const blocks = blockWatch((means) => {
      const ratios = [...units].flatMap(([label, unit]) => {
        const loss = means[`loss/${label}`];
        return loss === undefined ? [] : [loss / unit];
      });
      if (ratios.length === 0) return undefined;
      const value = median(recent(Math.max(0, ...ratios)));
      return { value, present: value > ABOVE };
    });
    return {
      step(seen) {
        for (const label of labelsOf(seen.metrics, "loss").filter(isDiscriminators)) {
          if (!units.has(label)) units.set(label, Math.max(1, Math.abs(seen.metrics[`loss/${label}`])));
        }
        return blocks.step(seen);
      },
    };
  },
};
