// Whole trainings on the CPU, on 1, 2 and 4 threads, end with the same bits. ONNX Runtime promises no such thing, so it is tried, on
// networks wide enough that it divides the work; operator by operator: test/operators/threads.test.ts.

import { test } from "vitest";
import type { SampleForm } from "../../src/data/index.ts";
import { type InMemoryOptions, trainInMemory } from "../../src/train/index.node.ts";
import { expectSameBits } from "../close.ts";
import { noiseDataset } from "../recipes/noise-data.ts";

const images = (...sample: readonly number[]): SampleForm => ({ kind: "images", sample, classes: [] });
const classes = (...sample: readonly number[]): SampleForm => ({ kind: "images", sample, classes: ["a", "b", "c"] });
const two = (kind: "pairs" | "domains", ...sample: readonly number[]): SampleForm => ({
  ...{ kind, sample, target: sample, classes: [] },
});
const shortCycle = { width: 16, blocks: 1, poolSize: 2, identity: 0 };
const residual = { width: 32, nCritic: 1 };

const trainings: readonly (readonly [
  recipe: string,
  about: string,
  form: SampleForm,
  batch: number,
  options: InMemoryOptions["options"] & object,
])[] = [
  ["vanilla", "at 28 pixels", images(1, 28, 28), 20, { hiddenG: [256, 256], hiddenD: [256, 256] }],
  ["dcgan", "at 28 pixels", images(1, 28, 28), 16, { width: 32 }],
  ["wgan-gp", "of convolutions", images(3, 32, 32), 8, { ...residual, networks: "dcgan", norm: "layer" }],
  ["wgan-gp", "of residual networks", images(3, 16, 16), 16, residual],
  ["r3gan", "of residual networks", images(3, 16, 16), 8, { width: 32 }],
  ["cgan", "at 28 pixels", classes(1, 28, 28), 16, { width: 32 }],
  ["pix2pix", "of one pair", two("pairs", 3, 32, 32), 1, { width: 32 }],
  ["cyclegan", "of one picture", two("domains", 3, 16, 16), 1, shortCycle],
];

test.each(trainings)("%s %s ends with the same bits on 1, 2 and 4 threads", async (recipe, _, form, batch, options) => {
  const end = async (threads: number) => {
    const run = await trainInMemory(recipe, noiseDataset(form), { steps: 2, batch, seed: 5, threads, options });
    return run.checkpoint.tensors;
  };
  const one = await end(1);
  for (const threads of [2, 4]) {
    const many = await end(threads);
    for (const [name, { data }] of one) {
      expectSameBits(many.get(name)!.data as Float32Array, data as Float32Array, `${name}, ${threads} threads`);
    }
  }
});
