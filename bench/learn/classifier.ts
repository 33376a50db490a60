// An independent judge: the classifier that `ganforge evaluate` sees pictures with, trained on labelled real data.

import type { Dataset } from "../../src/data/index.ts";
import { fitClassifier, highest, openClassifier } from "../../src/metrics/index.ts";
import { cpu } from "../../src/runtime/index.node.ts";

export { highest };

export interface Judge {
  /** Logits [n, K] of images [n, C, s, s]. */
  logits(images: Float32Array): Promise<Float32Array>;
  /** The class of each image. */
  classes(images: Float32Array): Promise<Int32Array>;
  /** The share of labelled samples whose class it names. */
  accuracy(dataset: Dataset, count: number): Promise<number>;
  close(): Promise<void>;
}

/** Trains a judge on a labelled set, for so many batches of 64. */
export async function trainJudge(dataset: Dataset, steps: number, seed: number): Promise<Judge> {
  const device = { backend: cpu, threads: 1 };
  const classifier = await openClassifier(
    await fitClassifier(dataset, { name: "judge", ...device, steps, seed }),
    device,
  );
  const logits = async (images: Float32Array) => (await classifier.see(images)).logits;
  const classes = async (images: Float32Array) => highest(await logits(images), dataset.classes.length);
  return {
    logits,
    classes,
    async accuracy(of, count) {
      let right = 0;
      for (let start = 0; start < count; start += 500) {
        const indices = Array.from({ length: Math.min(500, count - start) }, (_, i) => start + i);
        const { values, labels } = await of.read(indices);
        const found = await classes(values);
        right += found.filter((label, i) => label === labels[i]).length;
      }
      return right / count;
    },
    close: () => classifier.close(),
  };
}
