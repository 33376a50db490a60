// A generator's exports say what the trainer's sampler says, for every recipe from noise and every option that changes the
// generator; those that take more than z are exported in recipes/conformance.ts.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findDataset } from "../../src/data/index.ts";
import { InputError } from "../../src/errors/index.ts";
import {
  compareOnnx,
  exportOnnx,
  exportSafetensors,
  openGenerator,
  type TrainedGenerator,
  trainedGenerator,
} from "../../src/export/index.node.ts";
import { readSafetensors } from "../../src/formats/index.ts";
import { readOnnx } from "../../src/onnx/index.ts";
import { type AnyRecipe, findRecipe, type OptionValue, recipes } from "../../src/recipes/index.ts";
import { cpu } from "../../src/runtime/index.node.ts";
import { sha256 } from "../../src/train/index.node.ts";
import {
  Checkpoints,
  describeData,
  MemoryStore,
  type RunConfig,
  type RunRecord,
  train,
} from "../../src/train/index.ts";

interface Case {
  readonly recipe: string;
  readonly data: string;
  readonly size?: number;
  readonly options?: Readonly<Record<string, OptionValue>>;
  readonly ema?: number;
}

const small = { zDim: 6, width: 4 };

/** Two steps of training, so that running statistics and averages are no longer what they began as. */
async function trained({ recipe: name, data, size, options = {}, ema = 0 }: Case) {
  const recipe = findRecipe(name);
  const defaults = Object.fromEntries(Object.entries(recipe.options).map(([key, spec]) => [key, spec.default]));
  const dataset = findDataset(data)!.open({ seed: 1, size, ...(size !== undefined && { channels: 3 }) });
  const known = Object.fromEntries(Object.entries(options).filter(([key]) => Object.hasOwn(defaults, key)));
  const config: RunConfig = {
    ...{ recipe: name, options: { ...defaults, ...known }, data, flip: false, crop: "center", batch: 4, seed: 1 },
    ...{ steps: 2, device: "cpu", threads: 1, sampleEvery: 9, checkpointEvery: 9, keepCheckpoints: 2, ema },
  };
  const store = new MemoryStore();
  await train(config, { store, backend: cpu, dataset, sha256, clock: () => 0 });
  const checkpoint = (await new Checkpoints(store, sha256).latest())!;
  const record: RunRecord = { config, data: describeData(dataset), versions: {} };
  return { record, checkpoint };
}

async function difference(generator: TrainedGenerator): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "ganforge-export-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "generator.onnx");
  writeFileSync(file, exportOnnx(generator, { recipe: generator.recipe.name }));
  const sampler = await openGenerator(generator, { backend: cpu, chunk: 2 });
  try {
    return await compareOnnx(file, sampler, generator);
  } finally {
    await sampler.close();
  }
}

function isFromNoise({ data: { kinds, labels } }: AnyRecipe): boolean {
  return labels === undefined && kinds.some((kind) => kind === "images" || kind === "points");
}

const cases: readonly Case[] = [
  ...recipes.filter(isFromNoise).map(({ name, data: { kinds, sizes } }): Case => {
    const images = kinds.includes("images");
    return {
      recipe: name,
      data: images ? "glyphs" : "ring",
      ...(images && { size: sizes?.[0] ?? 16 }),
      options: small,
    };
  }),
  { recipe: "dcgan", data: "glyphs", size: 28, options: { ...small, upsample: "resize", prior: "uniform" }, ema: 0.5 },
  { recipe: "dcgan", data: "glyphs", size: 16, options: { ...small, output: "linear" } },
  { recipe: "vanilla", data: "glyphs", size: 16, options: { zDim: 6, hiddenG: [5, 7, 9], batchNorm: true } },
  { recipe: "vanilla", data: "ring", options: { zDim: 3, hiddenG: [5], activationG: "leaky" }, ema: 0.9 },
];

test.each(cases)("ONNX agrees with the sampler, for any batch: $recipe on $data $size $options", async (one) => {
  const { record, checkpoint } = await trained(one);
  const generator = trainedGenerator(record, checkpoint);
  expect(await difference(generator)).toBeLessThan(1e-5);
  const { graph } = readOnnx(exportOnnx(generator, {}));
  expect(graph.inputs.map(({ name, dims }) => [name, dims[0]])).toEqual([["z", -1]]);
  expect(graph.outputs).toEqual([{ name: "image", dtype: "float32", dims: [-1, ...record.data.sample] }]);
});

test("an image that is not bounded by tanh is held to [−1, 1]", async () => {
  const { record, checkpoint } = await trained({
    recipe: "dcgan",
    data: "glyphs",
    size: 16,
    options: { ...small, output: "linear" },
  });
  const weight = checkpoint.tensors.get("G.main.6.weight")!;
  (weight.data as Float32Array).fill(100);
  const generator = trainedGenerator(record, checkpoint);
  const sampler = await openGenerator(generator, { backend: cpu, chunk: 1 });
  const unbounded = await sampler.generate(sampler.latent(1, 0));
  await sampler.close();
  expect(Math.max(...unbounded)).toBeGreaterThan(2);
  expect(await difference(generator)).toBeLessThan(1e-4); // of the sampler's values, held to [−1, 1]
});

test("safetensors carry the same tensors, with the average in place of the parameters where it is asked for", async () => {
  const { record, checkpoint } = await trained({ recipe: "dcgan", data: "glyphs", size: 16, options: small, ema: 0.5 });
  for (const ema of [true, false]) {
    const bytes = exportSafetensors(trainedGenerator(record, checkpoint, { ema }), { step: "2" });
    const { tensors, metadata } = readSafetensors(bytes, "exported");
    expect(metadata).toEqual({ format: "pt", step: "2" });
    const of = (path: string) => tensors.get(path)!.data;
    expect(of("main.0.weight")).toEqual(checkpoint.tensors.get(`${ema ? "ema." : ""}G.main.0.weight`)!.data);
    expect(of("main.1.running_mean")).toEqual(checkpoint.tensors.get("G.main.1.running_mean")!.data);
  }
});

test("a checkpoint of another network is refused", async () => {
  const { record } = await trained({ recipe: "dcgan", data: "glyphs", size: 16, options: small });
  const other = await trained({ recipe: "dcgan", data: "glyphs", size: 16, options: { ...small, width: 8 } });
  expect(() => trainedGenerator(record, other.checkpoint)).toThrow(InputError);
});

test("a file that makes other pictures is found out", async () => {
  const { record, checkpoint } = await trained({ recipe: "vanilla", data: "ring", options: { hiddenG: [4], zDim: 2 } });
  const generator = trainedGenerator(record, checkpoint);
  const name = "G.model.0.bias";
  const moved = { ...generator.tensors.get(name)!, data: new Float32Array(4).fill(3) };
  const other = { ...generator, tensors: new Map(generator.tensors).set(name, moved) };
  const folder = mkdtempSync(join(tmpdir(), "ganforge-export-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "other.onnx"), exportOnnx(other, {}));
  const sampler = await openGenerator(generator, { backend: cpu, chunk: 1 });
  expect(await compareOnnx(join(folder, "other.onnx"), sampler, generator)).toBeGreaterThan(0.01);
  await sampler.close();
});
