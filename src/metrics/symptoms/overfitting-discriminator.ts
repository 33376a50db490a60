// Overfitting discriminator: D knows its training samples by heart and takes other real ones for made. r_v of Karras et al. (2020,
// "Training generative adversarial networks with limited data", eq. 1): 0 where D scores unseen real samples like those it learns
// from, 1 where it scores them like made ones. It does not depend on the scale of the scores, so that it holds in every game.

import type { SamplesSeen } from "../symptom.ts";
import { LEAST, median, type RunSymptom, sampledWatch } from "./watching.ts";

const ABOVE = 0.15;

export const overfittingDiscriminator: RunSymptom = {
  name: "overfitting-discriminator",
  title: "Overfitting discriminator",
  figure:
    "(mean score of training samples − of held-out ones, less a standard error) / (of training samples − of made ones); median of five sets",
  threshold: { above: ABOVE },
  meaning:
    "D has begun to know the training samples by heart: it scores real samples that it never saw as if they were made.",
  advice: [
    "more data, or --flip where mirrored pictures are as good",
    "a smaller D, or fewer of its steps for each of G",
    "a gradient penalty: r3gan with a larger --gamma, or wgan-gp",
    "stop here: a checkpoint from before it began may be the best",
  ],
  watch: () =>
    sampledWatch({
      names: ["overfitting"],
      measure,
      sets: 5,
      judge(sets) {
        const value = median(sets.map(([each]) => each));
        return { value, present: value > ABOVE };
      },
    }),
};

/**
 * r_v, its numerator less its standard error: with few samples it is seldom 0 by chance. Nothing where the scores of training and
 * made samples are not two standard errors apart.
 */
function measure({ scores }: SamplesSeen): [number] | string | undefined {
  if (scores === undefined || typeof scores === "string") return scores;
  const { length } = scores.heldOut;
  if (length < LEAST) return `D's scores of at least ${LEAST} held-out samples, and there are ${length}`;
  const seen = momentsOf(scores.real);
  const unseen = momentsOf(scores.heldOut);
  const fake = momentsOf(scores.made);
  const gap = seen.mean - fake.mean;
  const error = Math.sqrt(seen.squaredError + fake.squaredError);
  if (!(gap > 2 * error)) return undefined;
  return [(seen.mean - unseen.mean - Math.sqrt(seen.squaredError + unseen.squaredError)) / gap];
}

/** The mean, and the square of its standard error. */
function momentsOf(scores: Float32Array): { readonly mean: number; readonly squaredError: number } {
  const mean = scores.reduce((sum, value) => sum + value, 0) / scores.length;
  const squares = scores.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, squaredError: squares / scores.length ** 2 };
}
