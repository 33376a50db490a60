import { test } from "vitest";
import { findDataset } from "../../src/data/index.ts";
import { findRecipe } from "../../src/recipes/index.ts";
import { cpu } from "../../src/runtime/index.node.ts";
import { arraysOf, compileRun, initialState, openSampler, samplerWeights } from "../../src/train/index.ts";
import { newest, run, settings } from "./runs.ts";

test("x", async () => {
  for (const lr of [1e-3, 2e-3]) for (const steps of [0, 150, 300, 600]) for (const seed of [1, 2, 3]) {
    const source = findDataset("ring")!;
    const dataset = source.open({ seed: 1 });
    const config = { ...settings("vanilla", { zDim: 4, hiddenG: [64, 64], hiddenD: [64, 64], lr, beta1: 0.5 }), batch: 128, seed, steps, ema: 0 };
    const t = performance.now();
    const compiled = compileRun(config, dataset);
    const state = steps === 0 ? initialState(compiled.state, seed) : arraysOf(compiled.state, (await newest((await run(config, { dataset })).store)).tensors, "x");
    const ms = performance.now() - t;
    const o = { recipe: findRecipe("vanilla"), options: config.options, data: { kind: "points" as const, sample: [2] } };
    const sampler = await openSampler(o, { backend: cpu, threads: 1, chunk: 1024 }, async () => samplerWeights(o, state, { ema: false }));
    const x = await sampler.generate(sampler.latent(1024, 9));
    const { centres } = source.mixture!;
    let near = 0; let mean = 0; const modes = new Set<number>();
    for (let i = 0; i < 1024; i++) {
      let best = 9, m = 0;
      centres.forEach(([cx, cy], k) => { const d = Math.hypot(x[2 * i] - cx, x[2 * i + 1] - cy); if (d < best) { best = d; m = k; } });
      mean += best / 1024; if (best < 0.25) { near++; modes.add(m); }
    }
    console.log(lr, steps, seed, (near / 1024).toFixed(3), mean.toFixed(3), modes.size, ms.toFixed(0));
  }
}, 300000);
