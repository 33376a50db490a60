// A finite data set of noise in memory, of any form: what recipes are tried on where content does not matter.

import type { Batch, Dataset, SampleForm } from "../../src/data/index.ts";
import { sizeOf } from "../../src/graph/index.ts";
import { stream } from "../../src/random/index.ts";

/** `count` samples of this form, the same at each reading; labels and captions go round. */
export function noiseDataset(form: SampleForm, count = 22, name = "noise"): Dataset {
  const { kind, sample, target, classes, attributes = [], text } = form;
  const fill = (indices: ArrayLike<number>, word: string, shape: readonly number[]) => {
    const size = sizeOf(shape);
    const values = new Float32Array(indices.length * size);
    for (let k = 0; k < indices.length; k++) {
      stream(3, name, word, indices[k]).fillUniform(values.subarray(k * size, (k + 1) * size), -1, 1);
    }
    return values;
  };
  const read = async (indices: ArrayLike<number>): Promise<Batch> => ({
    values: fill(indices, "x", sample),
    labels: Int32Array.from(indices, (index) => (classes.length > 0 ? index % classes.length : -1)),
    ...(attributes.length > 0 && { attributes: fill(indices, "y", [attributes.length]).map((v) => (v > 0 ? 1 : 0)) }),
    ...(kind === "pairs" && { targets: fill(indices, "b", target!) }),
    ...(text !== undefined && {
      texts:
        text.kind === "words"
          ? fill(indices, "t", [text.words]).map((v) => Math.floor(((v + 1) / 2) * (text.vocabulary.length + 1)))
          : fill(indices, "t", [text.size]),
    }),
  });
  const domains = kind === "domains" && {
    a: noiseDataset({ kind: "images", sample, classes: [] }, count, "a"),
    b: noiseDataset({ kind: "images", sample: target!, classes: [] }, count - 3, "b"),
  };
  return {
    ...{ spec: "noise", kind, shape: sample, count, classes, fingerprint: "noise 1", problems: [], read },
    ...(target !== undefined && { target }),
    ...(attributes.length > 0 && { attributes }),
    ...(text !== undefined && { text, caption: (index: number) => `noise ${index}` }),
    ...(domains && { domains }),
    async close() {},
  };
}
