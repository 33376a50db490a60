// Stacked digits as the command line serves them: trained on, gone on with, shown, refused.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { decodePng } from "../../src/formats/index.ts";
import { ganforge, ganforgeJson, temporaryFolder } from "./command.ts";

const cwd = temporaryFolder(afterAll);
const small = ["--size", "14", "--hidden-g", "8", "--hidden-d", "8", "--z-dim", "4", "--batch", "4"];
const quick = ["--steps", "2", "--device", "cpu", "--threads", "1"];

test("a run learns from stacks, keeps in run.json that it does, and goes on", async () => {
  await ganforgeJson(cwd, "train", "vanilla", "--data", "glyphs", "--stack", ...small, ...quick, "--out", "run");
  const { config, data } = JSON.parse(readFileSync(join(cwd, "run/run.json"), "utf8"));
  expect([config.stack, data.sample, data.count]).toEqual([true, [3, 14, 14], null]);
  expect([data.classes.length, data.classes[437]]).toEqual([1000, "437"]);
  const { step } = await ganforgeJson<{ step: number }>(cwd, "resume", "run", "--steps", "4");
  expect(step).toBe(4);
  await ganforgeJson(cwd, "sample", "run", "--count", "1", "--out", "one.png");
  const { width, channels } = decodePng(readFileSync(join(cwd, "one.png")), "one.png");
  expect([width, channels]).toEqual([14 + 2 * 2, 3]); // with a border
}, 60_000);

test("data shows stacks", async () => {
  const { stdout } = await ganforge(cwd, "data", "info", "glyphs", "--stack", "--size", "14");
  for (const word of ["14×14, RGB", "1000:", "000 (", "drawn without end"]) expect(stdout).toContain(word);
});

test.each([
  ["faces --stack", "--stack", "3 channels"],
  ["ring --stack", "--stack", "points"],
  ["glyphs --stack --channels 1", "--channels", "got 1"],
  ["glyphs --stack perhaps", "--stack", "true or false"],
])("train refuses --data %s", async (line, ...says) => {
  const { code, stdout, stderr } = await ganforge(cwd, "train", "vanilla", "--data", ...line.split(" "), ...quick);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr.trim()).not.toContain("\n");
  for (const word of says) expect(stderr).toContain(word);
});
