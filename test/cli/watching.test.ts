// Diagnosis as `ganforge train` opens it: a D that knows its few pictures by heart is told of, where the data has pictures that it
// never sees; classes are looked for, where it has some; else the diagnosis says what it needs.

import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import { dataOptionsOf } from "../../src/cli/data-options.ts";
import { openWatching } from "../../src/cli/watching.node.ts";
import { openDataset } from "../../src/data/index.node.ts";
import { findDataset } from "../../src/data/index.ts";
import { decodeUtf8 } from "../../src/formats/index.ts";
import type { Diagnosis } from "../../src/metrics/index.ts";
import { findRecipe } from "../../src/recipes/index.ts";
import { cpu } from "../../src/runtime/index.node.ts";
import { MemoryStore, type RunConfig, readJsonLines, sha256, train } from "../../src/train/index.node.ts";
import { temporaryFolder, writeTree } from "../data/fixtures.ts";
import { settings } from "../train/runs.ts";

const SIDE = 16;
const path = temporaryFolder();

/** Glyphs as PNG files: `count` from number `start` on. */
async function glyphFiles(folder: string, start: number, count: number): Promise<Record<string, Uint8Array>> {
  const glyphs = findDataset("glyphs")!.open({ seed: 1, size: SIDE, channels: 1 });
  const { values } = await glyphs.read(Array.from({ length: count }, (_, i) => start + i));
  const bytes = Uint8Array.from(values, (value) => Math.round((value + 1) * 127.5));
  const files: Record<string, Uint8Array> = {};
  for (let i = 0; i < count; i++) {
    const raw = { width: SIDE, height: SIDE, channels: 1 } as const;
    const pixels = bytes.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE);
    files[`${folder}${String(i).padStart(4, "0")}.png`] = await sharp(pixels, { raw }).png().toBuffer();
  }
  return files;
}

beforeAll(async () => {
  const learned = await glyphFiles("train/", 0, 32);
  await writeTree(path("divided"), { ...learned, ...(await glyphFiles("test/", 1000, 64)) });
  await writeTree(path("hardly"), { ...learned, ...(await glyphFiles("test/", 1000, 12)) });
  await writeTree(path("whole"), await glyphFiles("", 0, 32));
  await writeTree(path("test"), await glyphFiles("", 0, 32));
});

interface Watched {
  /** Of the overfitting discriminator. */
  readonly diagnosis: Diagnosis;
  /** Of missing classes. */
  readonly missing: Diagnosis;
  /** What was measured of it at each look. */
  readonly figures: readonly unknown[];
  readonly said: readonly string[];
}

/** A small DCGAN on this data, watched. */
async function watched(data: string, changes: Partial<RunConfig> = {}): Promise<Watched> {
  const { recipe = "dcgan", options = { zDim: 32, width: 12 }, size = SIDE, ...others } = changes;
  const config: RunConfig = {
    ...settings(recipe, options),
    ...{ data, size, channels: 1, batch: 32, steps: 240, sampleEvery: 10, ema: 0 },
    ...others,
  };
  const open = { ...dataOptionsOf(config, findRecipe(recipe)), size };
  const dataset = await openDataset(data, open);
  const store = new MemoryStore();
  const said: string[] = [];
  const watching = await openWatching(config, dataset, { backend: cpu, store: () => store, tell: () => {} });
  await train(config, {
    ...{ store, backend: cpu, dataset, sha256, clock: () => 0, observers: watching.observers },
    emit: (event) => event.type === "remark" && said.push(event.text),
  });
  await watching.close();
  await dataset.close();
  const diagnoses = JSON.parse(decodeUtf8(await store.read("diagnosis.json"), "diagnosis.json")) as Diagnosis[];
  const lines = await readJsonLines(store, "metrics.jsonl");
  return {
    diagnosis: diagnoses.find(({ name }) => name === "overfitting-discriminator")!,
    missing: diagnoses.find(({ name }) => name === "missing-classes")!,
    figures: lines.map((line) => line["samples/overfitting"]).filter((figure) => figure !== undefined),
    said: said.filter((text) => text.startsWith("Overfitting discriminator")),
  };
}

test("a D that learns 32 pictures again and again is told of as overfitting, held against the test part", async () => {
  const { diagnosis, figures, said } = await watched(path("divided"));
  expect(figures).toHaveLength(24);
  expect(diagnosis).toMatchObject({ present: true, since: 240 }); // five looks, from when G has made 200 steps
  expect(diagnosis.value).toBeGreaterThan(0.2);
  expect(said).toHaveLength(1);
});

test("a D that learns pictures without end is not", async () => {
  const { diagnosis, missing, figures, said } = await watched("glyphs");
  expect(figures).toHaveLength(24);
  expect(diagnosis).toMatchObject({ present: false });
  expect(diagnosis.value).toBeLessThan(0.05);
  expect(diagnosis.needs).toBeUndefined();
  expect(said).toEqual([]);
  expect(missing.needs).toMatch(/^made pictures whose class is clear: of 64, \d+ are$/); // after so short a training
});

const briefly = { options: { zDim: 4, width: 4 }, steps: 1, sampleEvery: 1 };

test("of a run on a test part, the train part is held out; D is told labels where it judges by them", async () => {
  const tested = await watched(path("divided"), { ...briefly, split: "test" });
  expect(tested.diagnosis.needs).toBeUndefined();
  const labelled = await watched("glyphs", { ...briefly, recipe: "cgan" });
  expect(labelled.diagnosis.needs).toBeUndefined();
});

describe("no picture is taken from training to be held out: the diagnosis says what is needed", () => {
  test.each([
    ["of pictures that are not divided", "whole", "real samples that training never sees: a test part of"],
    ["of a folder called test, which is all there is", "test", "real samples that training never sees: a test part of"],
    ["of a test part with too few", "hardly", "D's scores of at least 16 held-out samples, and there are 12"],
  ])("%s", async (_, name, needed) => {
    const { diagnosis, figures } = await watched(path(name), briefly);
    expect(figures).toEqual([]);
    expect(diagnosis.present).toBe(false);
    expect(diagnosis.needs).toContain(needed);
  });

  test("of a D that is told more than a sample and its labels", async () => {
    const translating = { recipe: "pix2pix", options: { width: 2 }, size: 32, batch: 1 };
    const { diagnosis, missing, figures } = await watched("edges-shapes", { ...briefly, ...translating, channels: 3 });
    expect(figures).toEqual([]);
    expect(missing.needs).toBe("pictures with classes");
    expect(diagnosis.needs).toBe("a D that scores a sample by itself or with its labels");
  });
});

describe("classes are looked for where the data have some that can be told: else the diagnosis says what is needed", () => {
  test.each([
    ["of pictures without", "whole", {}, "pictures with classes"],
    [
      "of pictures most of whose labels are hidden",
      "glyphs",
      { recipe: "sgan", options: {}, labelsPerClass: 2 },
      "the classes of all pictures, and 20 keep theirs",
    ],
  ])("%s", async (_, name, changes, needed) => {
    const { missing } = await watched(name === "glyphs" ? name : path(name), { ...briefly, ...changes });
    expect(missing).toMatchObject({ present: false, needs: needed });
  });
});
