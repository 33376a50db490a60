// Networks of others as extractors: what is computed, and what is refused and how.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { InputError } from "../../src/errors/index.ts";
import { type OnnxExtractorOptions, openExtractor, openOnnxExtractor } from "../../src/metrics/index.node.ts";
import { stream } from "../../src/random/index.ts";
import { cpu } from "../../src/runtime/index.node.ts";
import { expectClose } from "../close.ts";
import { temporaryFolder } from "../data/fixtures.ts";
import { logits, map, pooled, writeEyeModel } from "./eye-model.ts";

const folder = temporaryFolder()(".");
const none = { preprocess: "none" } as const;

/** Two images [3, 4, 4], each channel of one value. */
const means = [-1, 0.5, 1, 0.25, -0.5, 0];
const flat = Float32Array.from({ length: 96 }, (_, i) => means[Math.floor(i / 16)]);

async function extract(
  path: string,
  options: OnnxExtractorOptions = none,
  images: Float32Array = flat,
  shape = [3, 4, 4],
) {
  const extractor = await openOnnxExtractor(path, options);
  const seen = await extractor.extract(images, shape);
  await extractor.close();
  return { ...seen, extractor };
}

test("features are what the network gives, logits those of the output called so, their classes by number", async () => {
  const outputs = { logits: [-1, 2], pooled: [-1, 3] };
  const { features, logits: told, extractor } = await extract(writeEyeModel(folder, { nodes: logits, outputs }));
  expectClose(features, means, { atol: 1e-6 });
  expectClose(told!, [-2, 2, 0.25, -0.25], { atol: 1e-6 });
  expect(extractor.classes).toEqual(["0", "1"]);
  expect(extractor.name).toBe("model.onnx");
  expect(extractor.protocol).toBe("none: not resized; output pooled");
});

test("an output of maps gives their mean over places; n of the file may be fixed", async () => {
  for (const n of [-1, 1, 3]) {
    const path = writeEyeModel(folder, { nodes: map, input: [n, 3, 4, 4], outputs: { map: [n, 3, -1, -1] } });
    const { features, extractor } = await extract(path);
    expectClose(features, means, { atol: 1e-6 });
    expect(extractor.protocol).toContain("averaged over places");
  }
});

test("--extractor-output chooses, even what is called logits", async () => {
  const nodes = [...logits, ...map];
  const path = writeEyeModel(folder, { nodes, outputs: { pooled: [-1, 3], logits: [-1, 2], map: [-1, 3, -1, -1] } });
  expect((await extract(path, { ...none, output: "map" })).extractor.protocol).toContain("output map");
  const { features, logits: told } = await extract(path, { ...none, output: "logits" });
  expectClose(features, [-2, 2, 0.25, -0.25], { atol: 1e-6 });
  expect(told).toBeUndefined();
  const pooledAsLogits = await extract(path, { ...none, output: "map", logits: "pooled" });
  expectClose(pooledAsLogits.logits!, means, { atol: 1e-6 });
});

test("grey images and alpha are made three channels, and images are resized as the family wants", async () => {
  const path = writeEyeModel(folder, { name: "inception.onnx" });
  const grey = new Float32Array(64).fill(0.5);
  const one = await extract(path, {}, grey, [1, 8, 8]);
  expectClose(one.features, [0.5, 0.5, 0.5], { atol: 1e-5 });
  expect(one.extractor.protocol).toBe("inception: bicubic to 299×299, antialiased; output pooled");
  const clear = stream(1, "clear")
    .fillUniform(new Float32Array(4 * 64), -1, 1)
    .fill(-1, 3 * 64);
  expectClose((await extract(path, {}, clear, [4, 8, 8])).features, [1, 1, 1], { atol: 1e-5 });
  const mean = (0.5 + 1) / 2; // from 0 to 1
  const { features } = await extract(path, { preprocess: "imagenet" }, grey, [1, 8, 8]);
  expectClose(features, [(mean - 0.485) / 0.229, (mean - 0.456) / 0.224, (mean - 0.406) / 0.225], { atol: 1e-3 });
});

test("a size that the file fixes wins over the family's", async () => {
  const path = writeEyeModel(folder, { name: "clip.onnx", input: [-1, 3, 32, 48] });
  const { extractor } = await extract(path, {}, new Float32Array(64), [1, 8, 8]);
  expect(extractor.protocol).toContain("bicubic to 32×48");
});

describe("refused in one line", () => {
  const write = (name: string, bytes: string | Uint8Array) => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };
  const cases: Readonly<Record<string, [() => string, OnnxExtractorOptions, RegExp]>> = {
    "a file that is not there": [() => join(folder, "no.onnx"), none, /cannot be read: ENOENT/],
    "a folder": [() => folder, none, /cannot be read: EISDIR/],
    "a file of something else": [() => write("text.onnx", "no network at all"), none, /damaged at byte|no graph/],
    "a damaged file": [
      () => write("cut.onnx", Buffer.from(writeEyeModelBytes()).subarray(0, 60)),
      none,
      /damaged at byte|cannot be loaded/,
    ],
    "a name that tells no family": [() => writeEyeModel(folder), {}, /^--preprocess: the name of model\.onnx/],
    "a family that there is none of": [
      () => writeEyeModel(folder),
      { preprocess: "klip" },
      /^--preprocess: there is no "klip"; did you mean "clip"/,
    ],
    "an input of one channel": [
      () => writeEyeModel(folder, { input: [-1, 1, 8, 8] }),
      none,
      /takes image: float32 \[\?, 1, 8, 8\]; an extractor takes one input, float32 \[n, 3, height, width\]/,
    ],
    "an input of whole numbers": [
      () => writeEyeModel(folder, { inputs: [{ name: "image", dtype: "uint8", dims: [-1, 3, 8, 8] }] }),
      none,
      /takes image: uint8/,
    ],
    "two inputs": [
      () => {
        const extra = { name: "ids", dtype: "int64", dims: [-1, 7] } as const;
        return writeEyeModel(folder, { inputs: [{ name: "image", dtype: "float32", dims: [-1, 3, 8, 8] }, extra] });
      },
      none,
      /takes image: .*, ids: int64 \[\?, 7\];.* Export the image encoder alone/,
    ],
    "an output of tokens": [
      () => writeEyeModel(folder, { outputs: { pooled: [-1, 5, 3] } }),
      none,
      /gives pooled: float32 \[\?, 5, 3\]; features are float32 \[n, d\]/,
    ],
    "an output of an unknown number of features": [
      () => writeEyeModel(folder, { outputs: { pooled: [-1, -1] } }),
      none,
      /gives pooled: float32 \[\?, \?\]; .* known d/,
    ],
    "an output that there is none of": [
      () => writeEyeModel(folder),
      { ...none, output: "pool" },
      /^--extractor-output: .* has no output "pool"; did you mean "pooled"/,
    ],
    "logits that are maps": [
      () => writeEyeModel(folder, { nodes: [...pooled, ...map], outputs: { pooled: [-1, 3], map: [-1, 3, 2, 2] } }),
      { ...none, logits: "map" },
      /logits are float32 \[n, K\], and it gives map/,
    ],
    "an operator that nobody knows": [
      () => writeEyeModel(folder, { nodes: [{ op: "Nothing", inputs: ["image"], outputs: ["pooled"] }] }),
      none,
      /cannot be loaded: /,
    ],
  };

  function writeEyeModelBytes(): Uint8Array {
    return readFileSync(writeEyeModel(folder, { name: "whole.onnx" }));
  }

  test.each(Object.entries(cases))("%s", async (_, [path, options, reason]) => {
    const error = await openOnnxExtractor(path(), options).catch((given) => given);
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(reason);
    expect(error.message).not.toContain("\n");
  });

  test("images of another size where nothing resizes them", async () => {
    const path = writeEyeModel(folder, { input: [-1, 3, 4, 4] });
    await expect(extract(path, none, new Float32Array(75), [3, 5, 5])).rejects.toThrow(
      /takes images of 4×4, got 5×5, and --preprocess none does not resize/,
    );
  });

  test("images that the network cannot be run on, and outputs that are not what the file says", async () => {
    const nodes = [{ op: "Flatten", inputs: ["image"], outputs: ["flat"] }] as const;
    const mm = { op: "MatMul", inputs: ["flat", "W"], outputs: ["pooled"] } as const;
    const picky = writeEyeModel(folder, { nodes: [...nodes, mm], outputs: { pooled: [-1, 2] } });
    await expect(extract(picky)).rejects.toThrow(/cannot be run on images \[2, 3, 4, 4\]: /);
    const lying = writeEyeModel(folder, { nodes: pooled, outputs: { pooled: [-1, 4] } });
    await expect(extract(lying)).rejects.toThrow(InputError);
  });

  test("what is for ONNX files, of a classifier's file", async () => {
    const head = new Uint8Array(16);
    head[0] = 8;
    head[8] = "{".charCodeAt(0);
    const path = write("classifier.safetensors", head);
    await expect(openExtractor(path, { backend: cpu, ...none })).rejects.toThrow(/^--preprocess: is for ONNX files/);
    await expect(openExtractor(path, { backend: cpu })).rejects.toThrow(InputError);
  });
});
