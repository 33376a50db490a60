// Whole trainings on the CPU, on 1, 2 and 4 threads: do they end with the same bits? ONNX Runtime promises no such thing, so it is tried,
// on networks wide enough that it divides the work. Why some do not: test/operators/threads.test.ts, operator by operator.

import { describe, expect, test } from "vitest";
import type { SampleForm } from "../../src/data/index.ts";
import { sizeOf } from "../../src/graph/index.ts";
import { stream } from "../../src/random/index.ts";
import { cpu } from "../../src/runtime/index.node.ts";
import { type CompiledStep, compileRun, fillFeeds, initialState, METRICS } from "../../src/train/index.ts";
import { expectSameBits } from "../close.ts";
import { noiseDataset } from "../recipes/noise-data.ts";
import { settings } from "./runs.ts";

const SEED = 5;
const STEPS = 2;

const images = (sample: readonly number[]): SampleForm => ({ kind: "images", sample, classes: [] });
const domains: SampleForm = { kind: "domains", sample: [3, 16, 16], target: [3, 16, 16], classes: [] };

interface Training {
  readonly name: string;
  readonly form: SampleForm;
  readonly recipe: string;
  readonly options: Parameters<typeof settings>[1];
  readonly batch: number;
  /** An operator that is known to see how many threads there are, and with how many it does: no more and no fewer. */
  readonly known?: { readonly operator: string; readonly threads: readonly number[] };
}

const trainings: readonly Training[] = [
  { name: "dcgan at 28 pixels", form: images([1, 28, 28]), recipe: "dcgan", options: { width: 32 }, batch: 16 },
  {
    ...{ name: "wgan-gp of convolutions at 32 pixels", form: images([3, 32, 32]), recipe: "wgan-gp", batch: 8 },
    options: { networks: "dcgan", norm: "layer", width: 32, nCritic: 1 },
  },
  {
    ...{ name: "wgan-gp of residual networks at 16 pixels", form: images([3, 16, 16]), recipe: "wgan-gp", batch: 32 },
    options: { width: 32, nCritic: 1 },
    known: { operator: "the Gemm of a filter's gradient, [27, 8192] · [8192, 32]", threads: [2, 4] },
  },
  {
    ...{ name: "vanilla at 28 pixels", form: images([1, 28, 28]), recipe: "vanilla", batch: 100 },
    options: { hiddenG: [256, 256], hiddenD: [256, 256] },
    known: { operator: "the Gemm of a layer, [100, 256] · [256, 256]", threads: [4] },
  },
  {
    ...{ name: "cyclegan at 16 pixels", form: domains, recipe: "cyclegan", batch: 1 },
    options: { width: 16, blocks: 1, poolSize: 2, identity: 0 },
    known: { operator: "the ReduceSum of an instance norm over the pixels of [1, 2, 8, 8, 16]", threads: [4] },
  },
];

/** Metrics and state after a few steps on noise. */
async function train(
  { program, feeds, state }: CompiledStep,
  sample: Float32Array,
  threads: number,
): Promise<Record<string, Float32Array>> {
  const session = await cpu.load(program, { threads });
  try {
    await session.writeState(initialState(state, SEED));
    let metrics: Float32Array = new Float32Array();
    for (let iteration = 0; iteration < STEPS; iteration++) {
      const given = await fillFeeds(feeds, { seed: SEED, iteration }, async () => ({ x: sample }));
      metrics = (await session.run(given))[METRICS];
    }
    return { metrics, ...(await session.readState()) };
  } finally {
    await session.close();
  }
}

describe.each(trainings)("$name", ({ form, recipe, options, batch, known }) => {
  const but = known === undefined ? "" : `, but for ${known.operator} on ${known.threads.join(" and ")}`;

  test(`ends with the same bits on 1, 2 and 4 threads${but}`, async () => {
    const config = { ...settings(recipe, options), batch };
    const compiled = compileRun(config, noiseDataset(form), await cpu.lowering())(0);
    const sample = stream(SEED, "x").fillUniform(new Float32Array(batch * sizeOf(form.sample)), -1, 1);
    const one = await train(compiled, sample, 1);
    for (const threads of [2, 4]) {
      const many = await train(compiled, sample, threads);
      const compare = () => {
        for (const [name, values] of Object.entries(one))
          expectSameBits(many[name], values, `${name}, ${threads} threads`);
      };
      if (known?.threads.includes(threads)) expect(compare).toThrow(/: got .*, expected /);
      else compare();
    }
  });
});
