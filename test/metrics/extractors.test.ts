// What every extractor promises, whoever's eyes it has.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { type Dataset, findDataset } from "../../src/data/index.ts";
import { InputError } from "../../src/errors/index.ts";
import {
  type Classifier,
  classifierExtractor,
  type Extractor,
  encodeClassifier,
  fitClassifier,
  openExtractor,
  openOnnxExtractor,
} from "../../src/metrics/index.node.ts";
import { stream } from "../../src/random/index.ts";
import { cpu } from "../../src/runtime/index.node.ts";
import { sha256 } from "../../src/train/index.node.ts";
import { expectClose } from "../close.ts";
import { temporaryFolder } from "../data/fixtures.ts";
import { logits, map, writeEyeModel } from "./eye-model.ts";

const folder = temporaryFolder()(".");
const device = { backend: cpu, threads: 1 };
const glyphs = findDataset("glyphs")!.open({ seed: 1, size: 16 });

/** Noise [1, 8, 8] that has something or not. */
const noise: Dataset = {
  ...{ spec: "noise", kind: "images", shape: [1, 8, 8], count: 40, classes: [], fingerprint: "noise", problems: [] },
  attributes: ["something"],
  async read(indices) {
    const values = stream(1, "noise").fillUniform(new Float32Array(indices.length * 64), -1, 1);
    return { values, labels: new Int32Array(indices.length).fill(-1), attributes: new Float32Array(indices.length) };
  },
  async close() {},
};

let classes: Classifier;
let attributes: Classifier;
beforeAll(async () => {
  classes = await fitClassifier(glyphs, { name: "glyphs-classifier", ...device, steps: 3 });
  attributes = await fitClassifier(noise, { name: "noise-classifier", ...device, steps: 3 });
});

interface Case {
  readonly name: string;
  readonly open: () => Promise<Extractor>;
  /** Of an image it takes. */
  readonly shape: readonly number[];
  /** Of images it refuses. */
  readonly refused: readonly (readonly number[])[];
  readonly features: number;
  readonly logits?: number;
}

const cases: readonly Case[] = [
  {
    name: "a classifier of classes",
    open: () => classifierExtractor(classes, { ...device, sha256 }),
    shape: [1, 16, 16],
    refused: [
      [3, 16, 16],
      [1, 28, 28],
    ],
    ...{ features: 128, logits: 10 },
  },
  {
    name: "a classifier of attributes",
    open: () => classifierExtractor(attributes, { ...device, sha256 }),
    shape: [1, 8, 8],
    refused: [[1, 16, 16]],
    features: 128,
  },
  {
    name: "a classifier's file",
    async open() {
      const file = join(folder, "glyphs.safetensors");
      writeFileSync(file, await encodeClassifier(classes, sha256));
      return openExtractor(file, device);
    },
    shape: [1, 16, 16],
    refused: [[4, 16, 16]],
    ...{ features: 128, logits: 10 },
  },
  {
    name: "an ONNX file that takes images as they are",
    open() {
      const outputs = { pooled: [-1, 3], logits: [-1, 2] };
      const file = writeEyeModel(folder, { name: "plain.onnx", nodes: logits, outputs });
      return openExtractor(file, { ...device, preprocess: "none" });
    },
    shape: [4, 6, 5],
    refused: [[2, 6, 5]],
    ...{ features: 3, logits: 2 },
  },
  {
    name: "an ONNX file of three images at a time and one size, whose output is a map",
    open() {
      const fixed = { nodes: map, input: [3, 3, 8, 8], outputs: { map: [3, 3, 4, 4] } };
      return openOnnxExtractor(writeEyeModel(folder, { name: "fixed.onnx", ...fixed }), { preprocess: "none" });
    },
    shape: [3, 8, 8],
    refused: [
      [2, 8, 8],
      [3, 8, 9],
      [1, 16, 16],
    ],
    features: 3,
  },
  {
    name: "an ONNX file that images are resized for",
    open: () => openOnnxExtractor(writeEyeModel(folder, { name: "clip.onnx" })),
    shape: [1, 12, 12],
    refused: [[2, 12, 12]],
    features: 3,
  },
];

/** More than any extractor runs together, and a few over. */
const COUNT = 69;

describe.each(cases.map((each) => [each.name, each] as const))(
  "%s",
  (_, { open, shape, refused, features, ...rest }) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const images = stream(5, "images").fillUniform(new Float32Array(COUNT * size), -1, 1);

    test("gives features [n, d], and logits [n, K] where it tells classes, all of them numbers", async () => {
      const extractor = await open();
      expect([extractor.features, extractor.classes?.length]).toEqual([features, rest.logits]);
      for (const n of [0, 1, 7]) {
        const seen = await extractor.extract(images.subarray(0, n * size), shape);
        expect(seen.features).toHaveLength(n * features);
        expect(seen.logits?.length).toBe(rest.logits === undefined ? undefined : n * rest.logits);
        expect([...seen.features, ...(seen.logits ?? [])].every(Number.isFinite)).toBe(true);
      }
      await extractor.close();
    });

    test("sees the same in an image by itself as among others", async () => {
      const extractor = await open();
      const all = await extractor.extract(images, shape);
      for (const i of [0, 1, 31, 32, 63, 64, COUNT - 1]) {
        const one = await extractor.extract(images.slice(i * size, (i + 1) * size), shape);
        expectClose(one.features, all.features.subarray(i * features, (i + 1) * features), { atol: 1e-5 });
        if (rest.logits)
          expectClose(one.logits!, all.logits!.subarray(i * rest.logits, (i + 1) * rest.logits), { atol: 1e-5 });
      }
      expect(all.features.subarray(0, features)).not.toEqual(all.features.subarray(features, 2 * features));
      await extractor.close();
    });

    test("tells who it is, the same at each opening", async () => {
      const [one, other] = [await open(), await open()];
      expect(one.fingerprint).toMatch(/^[0-9a-f]{12}$/);
      const who = ({ name, fingerprint, protocol }: Extractor) => ({ name, fingerprint, protocol });
      expect(who(other)).toEqual(who(one));
      expect(one.name).not.toBe("");
      expect(one.protocol).not.toBe("");
      await one.close();
      await other.close();
    });

    test("refuses images it cannot take, in one line", async () => {
      const extractor = await open();
      for (const wrong of refused) {
        const given = extractor.extract(new Float32Array(wrong.reduce((a, b) => a * b, 1)), wrong);
        const error = await given.catch((reason) => reason);
        expect(error, wrong.join("×")).toBeInstanceOf(InputError);
        expect(error.message).toMatch(/^--extractor: [^\n]*, got [^\n]*$/);
      }
      await extractor.close();
    });
  },
);

test("extractors of other weights have other fingerprints", async () => {
  const opened = await Promise.all([cases[0], cases[1], cases[3], cases[4]].map(({ open }) => open()));
  expect(new Set(opened.map(({ fingerprint }) => fingerprint)).size).toBe(opened.length);
  for (const each of opened) await each.close();
});
