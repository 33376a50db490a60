// An exported ONNX file put to the test: loaded as anyone would load it, and compared with the trainer's own sampler.

import { sizeOf } from "../graph/index.ts";
import { stream } from "../random/index.ts";
import { openModel } from "../runtime/index.node.ts";
import type { Sampler } from "../train/index.ts";
import type { TrainedGenerator } from "./generator.ts";

/** Batches tried: one image, and more than one, since the file is for any number. */
const COUNTS = [1, 5];
const SEED = 0;

/** The largest |difference| between what the file makes of random inputs and what the sampler makes of them, held to [−1, 1] for images. */
export async function compareOnnx(file: string, sampler: Sampler, { data, recipe }: TrainedGenerator): Promise<number> {
  const model = await openModel(file);
  try {
    let worst = 0;
    for (const count of recipe.samplesAsTrained ? [1] : COUNTS) {
      const given = { ...chosen(sampler, count), ...sampler.latent(count, SEED) };
      const expected = await sampler.generate(given);
      const inputs = sampler.inputs.map(({ name, shape }) => [name, { data: given[name], dims: [count, ...shape] }]);
      const { image: actual } = await model.run(Object.fromEntries(inputs));
      if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
      for (let i = 0; i < actual.length; i++) {
        const wanted = data.kind !== "points" ? Math.max(-1, Math.min(1, expected[i])) : expected[i];
        const difference = Math.abs(actual[i] - wanted);
        if (!(difference <= worst)) worst = difference; // NaN too
      }
    }
    return worst;
  } finally {
    await model.close();
  }
}

/** What a user would choose: pictures of noise, labels and words at random. */
function chosen({ inputs }: Sampler, count: number): Record<string, Float32Array> {
  const given: Record<string, Float32Array> = {};
  for (const { name, shape, source } of inputs) {
    const random = stream(SEED, "compare", name);
    const values = new Float32Array(count * sizeOf(shape));
    if (source.kind === "image") given[name] = random.fillUniform(values, -1, 1);
    if (source.kind === "text" || source.kind === "labels") given[name] = values.map(() => random.integer(2));
  }
  return given;
}
