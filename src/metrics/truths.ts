// Samples beside what is known to be true of them: translations beside the true counterparts, real samples beside what D takes them for.

import type { Dataset } from "../data/index.ts";
import { sizeOf } from "../graph/index.ts";
import type { Sampler } from "../train/index.ts";
import { highest } from "./classifier.ts";
import { type Drawn, drawnFrom, indicesOf, type Samples } from "./samples.ts";

/**
 * What a sampler makes of one side of pairs, each sample with the picture that it is made from and the one that it should be. Random
 * inputs are by the seed.
 */
export function translatedSamples(pairs: Dataset, sampler: Sampler, drawn: Drawn): Samples {
  const given = sampler.inputs.filter(({ source }) => source.kind !== "normal" && source.kind !== "uniform");
  const [{ name, shape, source }] = given;
  if (given.length > 1 || source.kind !== "image") throw new Error("translations are made of one picture each");
  const at = drawnFrom(pairs, drawn);
  return {
    count: drawn.count,
    shape: sampler.sample,
    input: shape,
    async read(start, n) {
      const { values: a, targets } = await pairs.read(indicesOf(at, start, n));
      const b = targets!;
      const [inputs, counterparts] = source.side === "a" ? [a, b] : [b, a];
      const values = await sampler.generate({ ...sampler.latent(n, drawn.seed, start), [name]: inputs });
      return { values, inputs, counterparts };
    },
  };
}

/** Real samples, each with its class and the one that D tells; `classifier` makes of pictures D's logits [n, K]. */
export function judgedSamples(dataset: Dataset, classifier: Sampler, drawn: Drawn): Samples {
  const [{ name }] = classifier.inputs;
  const at = drawnFrom(dataset, drawn);
  return {
    count: drawn.count,
    shape: dataset.shape,
    async read(start, n) {
      const { values, labels } = await dataset.read(indicesOf(at, start, n));
      const logits = await classifier.generate({ [name]: values });
      return { values, labels, told: highest(logits, sizeOf(classifier.sample)) };
    },
  };
}

/** In the place of a side that nothing is asked of. */
export function noSamples(shape: readonly number[]): Samples {
  return { count: 0, shape, read: async () => ({ values: new Float32Array(0) }) };
}
