// An exported ONNX file put to the test: loaded as anyone would load it, and compared with the trainer's own sampler.

import { openModel } from "../runtime/index.node.ts";
import type { Sampler } from "../train/index.ts";

/** Batches tried: one image, and more than one, since the file is for any number. */
const COUNTS = [1, 5];
const SEED = 0;

/** The largest |difference| between what the file makes of z and what the sampler makes of it, held to [−1, 1] for images. */
export async function compareOnnx(file: string, sampler: Sampler, kind: "images" | "points"): Promise<number> {
  const model = await openModel(file);
  try {
    let worst = 0;
    for (const count of COUNTS) {
      const z = sampler.latent(count, SEED);
      const expected = await sampler.generate(z);
      const { image: actual } = await model.run({ z: { data: z, dims: [count, z.length / count] } });
      if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
      for (let i = 0; i < actual.length; i++) {
        const wanted = kind === "images" ? Math.max(-1, Math.min(1, expected[i])) : expected[i];
        const difference = Math.abs(actual[i] - wanted);
        if (!(difference <= worst)) worst = difference; // NaN too
      }
    }
    return worst;
  } finally {
    await model.close();
  }
}
