// The tables that a classifier judges, from end to end and small: a trial is a function of its seed, can be given up, and one that diverges counts as such.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { baselines, runBaseline } from "./baselines.node.ts";
import { pictureFile } from "./page.ts";
import { runCase } from "./run.node.ts";
import { runStacked, stacked } from "./stacked.node.ts";
import type { Table, TableCase, Trial } from "./table.ts";

let cache: string;
beforeAll(() => {
  cache = mkdtempSync(join(tmpdir(), "ganforge-tables-"));
  vi.stubEnv("GANFORGE_CACHE", cache);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true });
});

const digits = { digits: 200, eyes: { steps: 80, seed: 1 } };
const r3gan = {
  ...{ recipe: "r3gan", options: { zDim: 8, lr: 1e-3 }, players: { width: 2, norm: "none" } as const },
  ...{ steps: 3, batch: 8, ema: 0, ...digits, samples: 1000 },
};
const packed = {
  ...{ recipe: "unrolled", options: { zDim: 8, unroll: 1, pack: 2 }, players: { width: 2, norm: "batch" } as const },
  ...{ steps: 3, batch: 8, ema: 0, ...digits, samples: 1000 },
};
const dcgan = {
  ...{ recipe: "dcgan", options: { zDim: 8, width: 4 }, steps: 3, batch: 8, ema: 0.5 },
  ...{ ...digits, samples: 150 },
};

/** A trial of a table's with another training. */
function trialOf(table: Table, run: TableCase["run"], options: { seed: number } & Partial<Pick<Trial, "shouldStop">>) {
  const small: TableCase = { name: "small", published: {}, training: () => ({}), run };
  return runCase(table, small, { full: false, threads: 1, ...options });
}
const stacksBy = (training: Parameters<typeof runStacked>[0], seed: number) =>
  trialOf(stacked, (trial) => runStacked(training, trial), { seed });

test("each row has a picture file of its own", () => {
  const files = stacked.cases.map(({ name }) => pictureFile("stacked", name));
  expect(new Set(files).size).toBe(stacked.cases.length);
});

test("a trial of stacks has every figure of the table and a picture, the same for the same seed alone", async () => {
  const [once, again, other] = [await stacksBy(r3gan, 1), await stacksBy(r3gan, 1), await stacksBy(r3gan, 2)];
  const { figures } = once!.result;
  expect(Object.keys(figures).sort()).toEqual(stacked.figures.map(({ name }) => name).sort());
  expect(figures["stacked-modes"]).toBeGreaterThanOrEqual(1);
  // one mode has ln 1000, all of 1,000 samples apart have 0
  expect(figures["stacked-kl"]).toBeLessThanOrEqual(Math.log(1000) + 1e-9);
  expect(figures.right).toBeGreaterThan(75);
  expect(again!.result.figures).toEqual(figures);
  expect(again!.picture).toEqual(once!.picture);
  expect(other!.picture).not.toEqual(once!.picture);
  expect(other!.result.figures.right).toBe(figures.right);
});

test("packs and unrolled steps are played", async () => {
  const made = await stacksBy(packed, 1);
  expect(made!.result.figures["stacked-modes"]).toBeGreaterThanOrEqual(1);
});

test("a training that diverges has no mode and the largest KL", async () => {
  const wild = { ...r3gan, steps: 20, options: { ...r3gan.options, lr: 1e30 } };
  const made = await stacksBy(wild, 1);
  expect(made!.result.figures).toMatchObject({ "stacked-modes": 0, "stacked-kl": Math.log(1000) });
  expect(made!.picture).toBeUndefined();
});

test("a baseline has every figure of the table and a picture, the same for the same seed alone", async () => {
  const by = (seed: number) => trialOf(baselines, (trial) => runBaseline(dcgan, trial), { seed });
  const [once, again, other] = [await by(1), await by(1), await by(2)];
  expect(Object.keys(once!.result.figures)).toEqual(baselines.figures.map(({ name }) => name));
  expect(once!.result.figures.fid).toBeGreaterThan(0);
  expect(again!.result.figures).toEqual(once!.result.figures);
  expect(again!.picture).toEqual(once!.picture);
  expect(other!.result.figures.fid).not.toBe(once!.result.figures.fid);
});

test("a trial can be given up while the digits are read, while the classifier learns, and while the game is played", async () => {
  const stoppedIn = async (part: string, run: TableCase["run"]) => {
    let stop = false;
    const seen: string[] = [];
    const small: TableCase = { name: "small", published: {}, training: () => ({}), run };
    const progress = (what: string) => {
      if (seen.at(-1) !== what) seen.push(what);
      stop ||= what === part;
    };
    const table = stacked;
    expect(
      await runCase(table, small, { seed: 1, full: false, threads: 1, progress, shouldStop: () => stop }),
    ).toBeUndefined();
    expect(seen).toContain(part);
  };
  const many = { ...r3gan, digits: 600 };
  const untaught = { ...r3gan, eyes: { steps: 81, seed: 1 } };
  await stoppedIn("samples to learn from", (trial) => runStacked(many, trial));
  await stoppedIn("training the classifier that judges", (trial) => runStacked(untaught, trial));
  await stoppedIn("steps", (trial) => runStacked(r3gan, trial));
  await stoppedIn("steps", (trial) => runBaseline(dcgan, trial));
});

test("a classifier that tells too few digits right judges nothing", async () => {
  const blind = { ...r3gan, eyes: { steps: 1, seed: 1 } };
  await expect(stacksBy(blind, 1)).rejects.toThrow(/too few to judge by/);
});
