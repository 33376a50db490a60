// A GAN that trains for a few seconds really learns: points drawn from its average generator move onto all eight modes of the
// ring. Seeds and threads are fixed and the CPU's bits repeat, so this cannot come out otherwise from one day to the next.

import { expect, test } from "vitest";
import { type DatasetSource, findDataset } from "../../src/data/index.ts";
import { findRecipe } from "../../src/recipes/index.ts";
import { cpu } from "../../src/runtime/index.node.ts";
import {
  arraysOf,
  compileRun,
  initialState,
  openSampler,
  type RunConfig,
  samplerWeights,
} from "../../src/train/index.ts";
import { newest, run, settings } from "./runs.ts";

const COUNT = 1024;
/** Points this near to a mode count as on it; the middle between two is at 0.54. */
const NEAR = 0.25;

/** How far 1024 samples are from the modes, how many are on one, and how many modes they are on. */
async function quality(source: DatasetSource, config: RunConfig, state: Readonly<Record<string, Float32Array>>) {
  const options = {
    recipe: findRecipe(config.recipe),
    options: config.options,
    data: { kind: "points", sample: [2], classes: source.classes },
  } as const;
  const weights = async () => samplerWeights(state, { ema: true });
  const sampler = await openSampler(options, { backend: cpu, threads: 1, chunk: COUNT }, weights);
  const points = await sampler.generate(sampler.latent(COUNT, 9));
  await sampler.close();
  const { centres } = source.mixture!;
  const nearest = Array.from({ length: COUNT }, (_, i) => {
    const distances = centres.map(([x, y]) => Math.hypot(points[2 * i] - x, points[2 * i + 1] - y));
    const distance = Math.min(...distances);
    return { distance, mode: distances.indexOf(distance) };
  });
  const hits = nearest.filter(({ distance }) => distance < NEAR);
  return {
    meanDistance: nearest.reduce((sum, { distance }) => sum + distance, 0) / COUNT,
    hitRate: hits.length / COUNT,
    modes: new Set(hits.map(({ mode }) => mode)).size,
  };
}

test.each([1, 2])("600 steps of vanilla on the ring put most samples onto all of its modes (seed %i)", async (seed) => {
  const source = findDataset("ring")!;
  const options = { zDim: 4, hiddenG: [64, 64], hiddenD: [64, 64], lr: 2e-3, beta1: 0, dSteps: 2 };
  const config = { ...settings("vanilla", options), data: "ring", batch: 128, steps: 600, ema: 0.97, seed };
  const dataset = source.open({ seed });
  const { state } = compileRun(config, dataset)(0);

  const start = await quality(source, config, initialState(state, seed));
  expect(start.meanDistance).toBeGreaterThan(1);
  expect(start.hitRate).toBeLessThan(0.05);

  const { store } = await run(config, { dataset });
  const end = await quality(source, config, arraysOf(state, (await newest(store)).tensors, "end"));
  expect(end.meanDistance).toBeLessThan(0.35);
  expect(end.hitRate).toBeGreaterThan(0.5);
  expect(end.modes).toBe(8);
});
