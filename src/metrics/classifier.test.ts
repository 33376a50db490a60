import { describe, expect, test } from "vitest";
import { expectClose, expectSameBits } from "../../test/close.ts";
import { type Dataset, findDataset } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import { stream } from "../random/index.ts";
import { cpu } from "../runtime/index.node.ts";
import { sha256 } from "../train/index.node.ts";
import { type ClassifierFacts, classifierExtractor, doubtsAbout, highest, openClassifier } from "./classifier.ts";
import { decodeClassifier, encodeClassifier } from "./classifier-file.ts";
import { type FitProgress, fitClassifier, trainClassifier } from "./classifier-training.ts";

const glyphs = (size = 16) => findDataset("glyphs")!.open({ seed: 1, size });
const device = { backend: cpu, threads: 1 };
const learned = (steps: number, options = {}) =>
  fitClassifier(glyphs(), { name: "glyphs-classifier", ...device, steps, ...options });

test("learns to tell glyphs it has not seen, and says how well", async () => {
  const seen: FitProgress[] = [];
  const { facts } = await learned(60, { progress: (progress: FitProgress) => seen.push(progress) });
  expect(facts.accuracy).toBeGreaterThan(0.85);
  expectClose(facts.chance, 0.1, { atol: 0.03 });
  expect(facts).toMatchObject({
    ...{ name: "glyphs-classifier", data: "glyphs 1", shape: [1, 16, 16], classes: Array.from("0123456789") },
    ...{ attributes: [], heldOut: 2000, steps: 60, seed: 1 },
  });
  expect(doubtsAbout(facts)).toBeUndefined();
  expect(seen.map(({ step }) => step)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
  expect(seen[59].loss).toBeLessThan(0.5 * seen[0].loss);
  expect(seen[59]).toMatchObject({ steps: 60, images: 60 * 64 });
});

test("the same seed gives the same weights, another seed others", async () => {
  const [one, again, other] = [await learned(2), await learned(2), await learned(2, { seed: 2 })];
  for (const [name, { data }] of one.tensors)
    expectSameBits(again.tensors.get(name)!.data as Float32Array, data as Float32Array);
  const name = "C.main.0.weight";
  expect(other.tensors.get(name)!.data).not.toEqual(one.tensors.get(name)!.data);
});

test("what progress throws ends the training", async () => {
  let steps = 0;
  const progress = ({ step }: FitProgress) => {
    steps = step;
    if (step === 3) throw new Error("enough");
  };
  await expect(learned(50, { progress })).rejects.toThrow("enough");
  expect(steps).toBe(3);
});

/** Noise [1, 8, 8], some of it brighter as a whole, some of it brighter on the left. */
const halves: Dataset = {
  ...{ spec: "halves", kind: "images", shape: [1, 8, 8], count: 400, classes: [], fingerprint: "halves", problems: [] },
  attributes: ["bright", "left"],
  async read(indices) {
    const values = new Float32Array(indices.length * 64);
    const attributes = Float32Array.from(Array.from(indices).flatMap((index) => [index & 1, index % 4 < 2 ? 1 : 0]));
    for (let k = 0; k < indices.length; k++) {
      const image = stream(1, "halves", indices[k]).fillUniform(values.subarray(64 * k, 64 * (k + 1)), -0.5, 0);
      const [bright, left] = attributes.subarray(2 * k);
      for (let i = 0; i < 64; i++) image[i] += 0.25 * bright + 0.25 * (left === 1 && i % 8 < 4 ? 1 : 0);
    }
    return { values, labels: new Int32Array(indices.length).fill(-1), attributes };
  },
  async close() {},
};

test("attributes are told each by itself, and are no classes", async () => {
  const classifier = await fitClassifier(halves, { name: "halves-classifier", ...device, steps: 60 });
  const { facts } = classifier;
  expect(facts).toMatchObject({ classes: [], attributes: ["bright", "left"], heldOut: 40 });
  const [bright, left] = facts.accuracies!;
  expect(Math.min(bright, left)).toBeGreaterThan(0.9);
  expectClose(facts.accuracy, (bright + left) / 2, { atol: 1e-12 });
  expectClose(facts.chance, 0.5, { atol: 0.15 });
  const extractor = await classifierExtractor(classifier, { ...device, sha256 });
  const { values } = await halves.read([0, 1, 2]);
  const given = await extractor.extract(values, halves.shape);
  expect(extractor.classes).toBeUndefined();
  expect(given.logits).toBeUndefined();
  expect(given.features).toHaveLength(3 * 128);
  await extractor.close();
});

test.each([
  [1, 8, 8],
  [3, 9, 13],
  [1, 28, 28],
  [4, 64, 64],
  [3, 256, 256],
])("looks at %i × %i × %i", async (...shape) => {
  const size = shape.reduce((a, b) => a * b, 1);
  const images = stream(1, "images").fillUniform(new Float32Array(4 * size), -1, 1);
  const train = trainClassifier(cpu, { shape, classes: ["a", "b"], steps: shape[1] > 100 ? 0 : 1, threads: 1 });
  const classifier = await train(images, Int32Array.of(0, 1, 0, 1));
  const classes = await classifier.classes(images);
  expect(classes).toHaveLength(4);
  expect(classes.every((each) => each === 0 || each === 1)).toBe(true);
  await classifier.close();
});

test("sizes that it is not built for are refused before anything is read", async () => {
  const train = (side: number) =>
    trainClassifier(cpu, { shape: [1, side, side], classes: ["a", "b"], steps: 1 })(
      new Float32Array(2 * side ** 2),
      Int32Array.of(0, 1),
    );
  await expect(train(7)).rejects.toThrow(/^--size: .* 8 to 256 pixels, got 7×7\. Pass --size 8\.$/);
  await expect(train(300)).rejects.toThrow(/^--size: .* got 300×300\. Pass --size 64\.$/);
});

test("the highest of each row", () => {
  expect(highest(Float32Array.of(1, 2, 0, 5, 4, 3), 3)).toEqual(Int32Array.of(1, 0));
});

describe("doubts", () => {
  const facts = (accuracy: number, chance: number) => ({ name: "x-classifier", accuracy, chance }) as ClassifierFacts;

  test("are raised below three quarters of the way from chance to no error", () => {
    expect(doubtsAbout(facts(0.774, 0.1))).toMatch(/^x-classifier tells 77\.4 % .* at least 77\.5 % .* gives 10\.0 %/);
    expect(doubtsAbout(facts(0.776, 0.1))).toBeUndefined();
    expect(doubtsAbout(facts(0.87, 0.5))).toBeDefined();
    expect(doubtsAbout(facts(0.88, 0.5))).toBeUndefined();
  });
});

describe("a file", () => {
  test("gives back the classifier: what is known of it, and what it says", async () => {
    const classifier = await learned(2);
    const read = await decodeClassifier(await encodeClassifier(classifier, sha256), "file", sha256);
    expect(read.facts).toEqual(classifier.facts);
    const { values } = await glyphs().read([0, 1, 2]);
    const [before, after] = [await openClassifier(classifier, device), await openClassifier(read, device)];
    expect(await after.see(values)).toEqual(await before.see(values));
    await before.close();
    await after.close();
  });

  test("is refused when a single byte of it changed, and when it is of something else", async () => {
    const bytes = await encodeClassifier(await learned(1), sha256);
    const text = Buffer.from(bytes).toString("latin1");
    const places = [
      text.indexOf("accuracy") + 11,
      text.indexOf("glyphs 1"),
      text.indexOf("sha256") + 12,
      bytes.length - 5,
    ];
    for (const place of places) {
      const damaged = bytes.slice();
      damaged[place] ^= 1;
      await expect(decodeClassifier(damaged, "x.safetensors", sha256)).rejects.toThrow(InputError);
      await expect(decodeClassifier(damaged, "x.safetensors", sha256)).rejects.toThrow(/^x\.safetensors: /);
    }
    const renamed = Buffer.from(text.replace("ganforge-classifier", "ganforge-checkpoints"), "latin1");
    await expect(decodeClassifier(renamed, "x", sha256)).rejects.toThrow(InputError);
    const newer = Buffer.from(text.replace('"version":"1"', '"version":"2"'), "latin1");
    await expect(decodeClassifier(newer, "x", sha256)).rejects.toThrow(/version 2, this ganforge reads 1\. Update/);
  });
});
