// ganforge train-classifier, as a user starts it.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openExtractor } from "../../src/metrics/index.node.ts";
import { cpu } from "../../src/runtime/index.node.ts";
import { ganforge, ganforgeJson, start, temporaryFolder } from "./command.ts";

const TINY = ["train-classifier", "--data", "glyphs", "--size", "16", "--steps", "2", "--threads", "1"];

interface Result {
  readonly path: string;
  readonly cached: boolean;
  readonly fingerprint: string;
  readonly accuracy: number;
  readonly doubts?: string;
}

test("trains once for the cache, and says how well it tells what it has not seen", async () => {
  const cache = temporaryFolder();
  const first = await ganforgeJson<Result>(".", ...TINY, "--cache", cache);
  expect(first).toMatchObject({
    name: "glyphs-classifier",
    cached: false,
    shape: [1, 16, 16],
    heldOut: 2000,
    steps: 2,
  });
  expect(readdirSync(join(cache, "classifiers"))).toHaveLength(1);
  const { code, stdout } = await ganforge(".", ...TINY, "--cache", cache);
  expect(code).toBe(0);
  const told = `${(100 * first.accuracy).toFixed(1)} %`;
  expect(stdout).toContain(`glyphs-classifier ${first.fingerprint}: tells ${told} of 2,000 held-out images right`);
  expect(stdout).toContain(`${first.path} (it was there already)`);
  expect(stdout).toContain("too few to judge by");
  expect(first.doubts).toContain("too few to judge by");
});

test("--out writes a file that is an extractor, and no cache; GANFORGE_CACHE moves the cache", async () => {
  const folder = temporaryFolder();
  process.env.GANFORGE_CACHE = join(folder, "cache");
  const out = join(folder, "eyes.safetensors");
  const { path, fingerprint } = await ganforgeJson<Result>(".", ...TINY, "--out", out);
  expect(path).toBe(out);
  expect(existsSync(join(folder, "cache"))).toBe(false);
  const extractor = await openExtractor(out, { backend: cpu });
  expect(extractor).toMatchObject({ name: "glyphs-classifier", fingerprint });
  await extractor.close();
  expect((await ganforgeJson<Result>(".", ...TINY)).path).toContain(join(folder, "cache", "classifiers"));
});

test("Ctrl-C ends it after its step, with exit code 130 and nothing written", async () => {
  const cache = temporaryFolder();
  const { process: child, saw, ended } = start(".", ...TINY.slice(0, -4), "--steps", "100000", "--cache", cache);
  await saw("step 1/100000");
  child.kill("SIGINT");
  const { code, stdout } = await ended;
  expect(code).toBe(130);
  expect(stdout).toContain("Stopped.");
  expect(readdirSync(cache)).toEqual([]);
});

test.each([
  [[], /^--data: nothing to learn from\. Pass [^\n]*\n$/],
  [["--data", "ring"], /^--data: ring holds points, and a classifier learns labelled images\. [^\n]*\n$/],
  [["--data", "glyphs", "--size", "16", "--step", "3"], /^--step: [^\n]* did you mean --steps\? [^\n]*\n$/],
])("refuses %j in one line, exit code 2", async (args, line) => {
  const { code, stderr } = await ganforge(".", "train-classifier", ...args);
  expect(code).toBe(2);
  expect(stderr).toMatch(line);
});
