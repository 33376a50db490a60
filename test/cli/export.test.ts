import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as ort from "onnxruntime-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decodePng, readSafetensors } from "../../src/formats/index.ts";
import { readOnnx } from "../../src/onnx/index.ts";
import { stream } from "../../src/random/index.ts";
import { ganforge, ganforgeJson, TINY_IMAGES, temporaryFolder } from "./command.ts";

const cwd = temporaryFolder(afterAll);

beforeAll(async () => {
  await ganforgeJson(cwd, "train", "dcgan", ...TINY_IMAGES, "--steps", "3", "--ema", "0.9", "--out", "run");
}, 60_000);

test("the exported model makes the very pictures that sample makes", async () => {
  const { out, maxDifference } = await ganforgeJson<{ out: string; maxDifference: number }>(cwd, "export", "run");
  expect(maxDifference).toBeLessThan(1e-5);
  const file = join(cwd, out);
  const { metadata, graph, opsets } = readOnnx(readFileSync(file));
  expect(metadata).toMatchObject({ recipe: "dcgan", data: "glyphs", step: "3", ema: "true" });
  expect(graph.inputs).toEqual([{ name: "z", dtype: "float32", dims: [-1, 8] }]);
  expect(graph.outputs).toEqual([{ name: "image", dtype: "float32", dims: [-1, 1, 16, 16] }]);
  expect(opsets.map(({ domain }) => domain)).toEqual([""]); // nothing of onnxruntime's own

  const session = await ort.InferenceSession.create(file);
  const z = stream(7, "sample", 0).fillNormal(new Float32Array(8)); // how `sample --seed 7` draws its first
  const { image } = await session.run({ z: new ort.Tensor("float32", z, [1, 8]) });
  await ganforgeJson(cwd, "sample", "run", "--seed", "7", "--count", "1", "--out", "one/");
  const { data } = decodePng(readFileSync(join(cwd, "one", "000000.png")), "one");
  const worst = data.reduce((most, byte, i) => {
    const value = ((image.data as Float32Array)[i] + 1) * 127.5;
    return Math.max(most, Math.abs(byte - value));
  }, 0);
  expect(worst).toBeLessThan(0.5 + 1e-3); // rounding to bytes, and nothing more
});

test("safetensors hold the generator's tensors under PyTorch's paths, and its metadata", async () => {
  const { out } = await ganforgeJson<{ out: string }>(cwd, "export", "run", "--format", "safetensors", "--no-ema");
  const { tensors, metadata } = readSafetensors(readFileSync(join(cwd, out)), out);
  expect(metadata).toMatchObject({ format: "pt", recipe: "dcgan", data: "glyphs", step: "3", ema: "false" });
  expect([...tensors.keys()].sort()).toEqual([
    "main.0.weight",
    "main.1.bias",
    "main.1.running_mean",
    "main.1.running_var",
    "main.1.weight",
    "main.3.weight",
    "main.4.bias",
    "main.4.running_mean",
    "main.4.running_var",
    "main.4.weight",
    "main.6.weight",
  ]);
  expect(tensors.get("main.0.weight")!.shape).toEqual([8, 8, 4, 4]);
  const checkpoint = join(cwd, "run", "checkpoints", "step-00000003.safetensors");
  const trained = readSafetensors(readFileSync(checkpoint), checkpoint).tensors;
  for (const [path, { data }] of tensors) expect(data).toEqual(trained.get(`G.${path}`)!.data);
});

test("where no file can be written, that is said, and none is left", async () => {
  const { code, stderr } = await ganforge(cwd, "export", "run", "--out", "run/run.json/model.onnx");
  expect({ code, lines: stderr.split("\n").length }).toEqual({ code: 2, lines: 2 });
  expect(stderr).toContain("--out: run/run.json/model.onnx");
  expect(readdirSync(join(cwd, "run")).filter((name) => name.startsWith("."))).toEqual([]);
  expect(existsSync(join(cwd, "run", "run.json", "model.onnx"))).toBe(false);
});
