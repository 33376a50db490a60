// The cache of classifiers: trained once for the same data, made again when damaged, done without when there is no room for it.

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Dataset, findDataset } from "../../src/data/index.ts";
import { type CachedOptions, cachedClassifier, cacheFolder, defaultExtractor } from "../../src/metrics/index.node.ts";
import { stream } from "../../src/random/index.ts";
import { cpu } from "../../src/runtime/index.node.ts";
import { temporaryFolder } from "../data/fixtures.ts";

const path = temporaryFolder();

/** Options, and what was told and how many steps were made. */
function session(cache: string, changes: Partial<CachedOptions> = {}) {
  const told: string[] = [];
  const made = { steps: 0 };
  const options: CachedOptions = {
    ...{ name: "noise-classifier", backend: cpu, threads: 1, steps: 2, cache },
    tell: (line) => told.push(line),
    progress: ({ step }) => {
      made.steps = step;
    },
    ...changes,
  };
  return { told, made, options };
}

const filesOf = (cache: string) => readdirSync(join(cache, "classifiers"));

/** Noise of two classes, the same but for its brightness. */
const noise = (bright: number): Dataset => ({
  ...{ spec: "noise", kind: "images", shape: [1, 8, 8], count: 40, classes: ["a", "b"], fingerprint: "noise" },
  problems: [],
  async read(indices) {
    const values = stream(1, "noise").fillUniform(new Float32Array(indices.length * 64), bright - 1, bright);
    return { values, labels: Int32Array.from(indices, (index) => index % 2) };
  },
  async close() {},
});

test("a classifier is trained once", async () => {
  const cache = path("once");
  const first = session(cache);
  const { classifier, path: file, found } = await cachedClassifier(noise(0), first.options);
  expect([found, first.made.steps, first.told]).toEqual([false, 2, []]);
  expect(filesOf(cache)).toEqual([expect.stringMatching(/^noise-classifier-[0-9a-f]{12}\.safetensors$/)]);
  expect(file).toBe(join(cache, "classifiers", filesOf(cache)[0]));
  const second = session(cache);
  const again = await cachedClassifier(noise(0), { ...second.options, test: noise(0) });
  expect([again.found, second.made.steps, again.path]).toEqual([true, 0, file]);
  expect(again.classifier.facts).toEqual(classifier.facts);
});

test("other data, labels, steps, seeds and crops have classifiers of their own", async () => {
  const cache = path("others");
  const cases: [Dataset, Partial<CachedOptions>][] = [
    [noise(0), {}],
    [noise(0.5), {}], // as another crop of the same files: the fingerprint is the same
    [{ ...noise(0), fingerprint: "other noise" }, {}],
    [{ ...noise(0), classes: ["a", "c"] }, {}],
    [noise(0), { steps: 1 }],
    [noise(0), { seed: 2 }],
  ];
  for (const [dataset, changes] of cases) {
    expect((await cachedClassifier(dataset, session(cache, changes).options)).found).toBe(false);
  }
  expect(filesOf(cache)).toHaveLength(cases.length);
  for (const [dataset, changes] of cases) {
    expect((await cachedClassifier(dataset, session(cache, changes).options)).found).toBe(true);
  }
});

test("a damaged file is named and made again, as it was", async () => {
  const cache = path("damaged");
  const { path: file = "" } = await cachedClassifier(noise(0), session(cache).options);
  const sound = readFileSync(file);
  for (const damaged of [sound.subarray(0, 1000), sound.map((byte, i) => (i === sound.length - 9 ? byte ^ 4 : byte))]) {
    writeFileSync(file, damaged);
    const { options, told, made } = session(cache);
    expect((await cachedClassifier(noise(0), options)).found).toBe(false);
    expect(told).toEqual([expect.stringContaining(`is made again: ${file}: `)]);
    expect(made.steps).toBe(2);
    expect(readFileSync(file).equals(sound)).toBe(true);
  }
});

test("where the cache cannot be written, that is told and the classifier is there all the same", async () => {
  writeFileSync(path("file"), "in the way");
  const { options, told } = session(path("file"));
  const { classifier, path: file } = await cachedClassifier(noise(0), options);
  expect(file).toBeUndefined();
  expect(classifier.facts.name).toBe("noise-classifier");
  expect(told.at(-1)).toMatch(/^The classifier is not kept in .*file stands in the folder's place.* GANFORGE_CACHE$/);
});

test("a training that is ended leaves nothing behind", async () => {
  const cache = path("ended");
  const progress = () => {
    throw new Error("enough");
  };
  await expect(cachedClassifier(noise(0), session(cache, { progress }).options)).rejects.toThrow("enough");
  expect(existsSync(join(cache, "classifiers"))).toBe(false);
});

test("the default extractor is the classifier, and says when it is too bad to judge by", async () => {
  const glyphs = findDataset("glyphs")!.open({ seed: 1, size: 16 });
  const { options, told } = session(path("doubts"), { name: "glyphs-classifier" });
  const extractor = await defaultExtractor(glyphs, options);
  expect(extractor).toMatchObject({ name: "glyphs-classifier", features: 128, classes: Array.from("0123456789") });
  expect(told).toEqual([expect.stringMatching(/^glyphs-classifier tells .* too few to judge by/)]);
  await extractor.close();
});

test("the cache folder is GANFORGE_CACHE, else in XDG_CACHE_HOME, else in the platform's own", () => {
  expect(cacheFolder({ GANFORGE_CACHE: "/here", XDG_CACHE_HOME: "/xdg" })).toBe("/here");
  expect(cacheFolder({ XDG_CACHE_HOME: "/xdg" })).toBe(join("/xdg", "ganforge"));
  expect(cacheFolder({ GANFORGE_CACHE: "", XDG_CACHE_HOME: "" }).startsWith(homedir())).toBe(true);
  expect(cacheFolder({})).toContain("ganforge");
});
