// An independent judge: a small convolutional classifier, trained on labelled real data by the same engine that trains GANs.

import type { Batch, Dataset } from "../../src/data/index.ts";
import { formOf, labelCount } from "../../src/data/index.ts";
import { crossEntropy } from "../../src/losses/index.ts";
import type { NetworkSpec } from "../../src/networks/index.ts";
import { batchNorm, conv2d, flatten, linear, named, relu, sequential } from "../../src/nn/index.ts";
import { adam } from "../../src/optim/index.ts";
import { defineRecipe, minimize } from "../../src/recipes/index.ts";
import { cpu } from "../../src/runtime/index.node.ts";
import {
  compileStep,
  compileVariants,
  initialState,
  networksMade,
  openSampler,
  openStreams,
  Steps,
  samplerWeights,
} from "../../src/train/index.ts";

/** Images [C, s, s] → logits [n, K], by three strided convolutions with batch norm. */
function classifier(image: readonly number[], classes: number): NetworkSpec {
  const [channels, size] = image;
  const stride = { kernel: 4, stride: 2, padding: 1 };
  const side = Math.floor(Math.floor(Math.floor(size / 2) / 2) / 2);
  const layers = sequential(
    ...[conv2d(channels, 16, stride), batchNorm(16), relu()],
    ...[conv2d(16, 32, stride), batchNorm(32), relu()],
    ...[conv2d(32, 64, stride), batchNorm(64), relu()],
    ...[flatten(), linear(64 * side * side, classes)],
  );
  return { module: named("main", layers), inputShape: image };
}

const judge = defineRecipe({
  ...{ name: "judge", title: "Judge", paper: "none", about: "a classifier", data: { kinds: ["images"] }, batch: 64 },
  options: {},
  networks: (_, data) => ({ C: classifier(data.sample, labelCount(data)) }),
  iteration: ({ C }, { draw, data }) => [
    minimize(
      () => {
        const { x, y } = draw.labelled();
        // Attributes are independent of each other: a logistic regression for each.
        if (data.classes.length === 0) return C(x).softplus().sub(C(x).mul(y)).mean();
        return crossEntropy(C(x), y);
      },
      { over: C, with: adam({ lr: 1e-3 }) },
    ),
  ],
  makes: { logits: ({ C }, given) => C(given.image()) },
});

export interface Judge {
  /** Logits [n, K] of images [n, C, s, s]. */
  logits(images: Float32Array): Promise<Float32Array>;
  /** The class of each image. */
  classes(images: Float32Array): Promise<number[]>;
  /** The share of labelled samples whose class it names. */
  accuracy(dataset: Dataset, count: number): Promise<number>;
  close(): Promise<void>;
}

/** Trains a judge on a labelled set, for so many batches of 64. */
export async function trainJudge(dataset: Dataset, steps: number, seed: number): Promise<Judge> {
  const data = formOf(dataset);
  const batch = 64;
  const options = { recipe: judge, options: {}, data };
  const lowering = await cpu.lowering();
  const compile = compileVariants((iteration) => compileStep({ ...options, batch, ema: 0, lowering, iteration }));
  const { state } = compile(0);
  const training = new Steps(compile, cpu, { threads: 1, seed, iteration: 0, state: initialState(state, seed) });
  const streams = await openStreams(dataset, { batch, seed, flip: false, positions: training.positions });
  for (let step = 0; step < steps; step++) await training.next((stream) => streams.next(stream));
  const weights = samplerWeights(await training.readState(), { ema: false });
  await streams.close();
  await training.close();
  if (networksMade(options).length !== 1) throw new Error("the judge is one network");
  const sampler = await openSampler(options, { backend: cpu, threads: 1, chunk: 64 }, async () => weights);
  const logits = (images: Float32Array) => sampler.generate({ a: images });
  const classes = async (images: Float32Array) => highest(await logits(images), labelCount(data));
  return {
    logits,
    classes,
    async accuracy(of, count) {
      let right = 0;
      let seen = 0;
      for (let start = 0; start < count; start += 500) {
        const indices = Array.from({ length: Math.min(500, count - start) }, (_, i) => start + i);
        const { values, labels }: Batch = await of.read(indices);
        const found = await classes(values);
        right += found.filter((label, i) => label === labels[i]).length;
        seen += found.length;
      }
      return right / seen;
    },
    close: () => sampler.close(),
  };
}

/** The place of the largest of each row [n, k]. */
export function highest(rows: Float32Array, k: number): number[] {
  return Array.from({ length: rows.length / k }, (_, i) => {
    const row = rows.subarray(i * k, (i + 1) * k);
    return row.indexOf(Math.max(...row));
  });
}
