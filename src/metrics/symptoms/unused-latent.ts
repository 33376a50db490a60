// Unused latent dimensions: numbers of z that G pays no heed to. One dimension is drawn anew and all others kept; a sample then moves
// by 2/zDim of the samples' variance on average, if all dimensions matter alike. One that moves it by less than a hundredth of that is unused.

import { totalVariance } from "./geometry.ts";
import { median, type RunSymptom, sampledWatch } from "./watching.ts";

const ABOVE = 0.25;
/** Of an equal share. */
const NOTHING = 0.01;

export const unusedLatent: RunSymptom = {
  name: "unused-latent",
  title: "Unused latent dimensions",
  figure:
    "share of the latent dimensions tried that change samples by less than a hundredth of an equal share; median of five sets",
  threshold: { above: ABOVE },
  meaning: "Part of z changes nothing in what G makes: G uses fewer numbers than it is given.",
  advice: [
    "fewer numbers in z (--z-dim): what is unused can go",
    "less weight decay on G, which wears unused dimensions away",
    "in networks of your own, check that all of z reaches the first layer",
  ],
  watch() {
    let ofData: number | undefined;
    return sampledWatch({
      names: ["unused-latent"],
      measure({ made, redrawn, latent, real, shape }) {
        if (redrawn === undefined || latent === undefined || redrawn.size === 0) return undefined;
        const size = shape.reduce((product, side) => product * side, 1);
        const variance = totalVariance(made, size);
        ofData ??= totalVariance(real, size);
        if (!(variance > 1e-9 * ofData)) return undefined; // all alike, and no dimension less than another
        const zDim = latent.length / (made.length / size);
        const unused = [...redrawn.values()].filter(
          (other) => meanSquare(other, made, size) < (NOTHING * 2 * variance) / zDim,
        );
        return [unused.length / redrawn.size];
      },
      sets: 5,
      judge(sets) {
        const value = median(sets.map(([each]) => each));
        return { value, present: value > ABOVE };
      },
    });
  },
};

/** The mean squared distance of samples [m, size] from the first m of others. */
function meanSquare(samples: Float32Array, others: Float32Array, size: number): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += (samples[i] - others[i]) * (samples[i] - others[i]);
  return sum / (samples.length / size);
}
