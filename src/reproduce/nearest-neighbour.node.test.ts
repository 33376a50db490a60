// Digits known by their nearest neighbour: exact on points followed by hand, and the whole of a trial in small.

import { expect, test } from "vitest";
import { openNearest } from "./nearest.node.ts";
import { type Known, nearestErrors, nearestNeighbour } from "./nearest-neighbour.node.ts";
import { runCase } from "./run.node.ts";
import type { TableCase } from "./table.ts";

test("the nearest of all known so far decides, and of equally near ones the first", async () => {
  const samples = Float32Array.from([0, 0, 4, 4, -3, 1]);
  const nearest = await openNearest(samples, { size: 2, block: 2, threads: 1 });
  try {
    expect([...nearest.classes]).toEqual([-1, -1, -1]);
    await nearest.know(Float32Array.from([1, 0, 9, 9]), [5, 6]); // squared: 1 and 162, 25 and 50, 17 and 208
    expect([...nearest.classes]).toEqual([5, 5, 5]);
    await nearest.know(Float32Array.from([0, 1, 6, 5]), [7, 8]); // 1 and 61, 25 and 5, 9 and 97
    expect([...nearest.classes]).toEqual([5, 8, 7]);
  } finally {
    await nearest.close();
  }
});

const small = { digits: 60, tests: 40, counts: [20, 60], block: 20 };
const made: Known = {
  ...small,
  ...{ recipe: "cgan", options: { networks: "dcgan", width: 2, zDim: 4 }, steps: 3, batch: 8, ema: 0.9 },
};
const caseOf = (known: Known): TableCase => ({
  ...{ name: "small", published: {}, training: () => known },
  run: (trial) => nearestErrors(known, trial),
});
const trial = (known: Known, seed = 1, shouldStop = () => false) =>
  runCase(nearestNeighbour, caseOf(known), { seed, full: false, threads: 1, shouldStop });

test("a trial of made digits is a function of its seed, with an error for each number of them and a picture", async () => {
  const [once, again] = [await trial(made), await trial(made)];
  expect(Object.keys(once!.result.figures)).toEqual(["error-20", "error-60"]);
  expect(again!.result.figures).toEqual(once!.result.figures);
  expect(again!.picture).toEqual(once!.picture);
  expect(once!.picture).toBeDefined();
});

test("real digits know more than those of a generator that has learned nothing, and the more of them the more", async () => {
  const known = { ...small, digits: 1000, tests: 200, counts: [20, 1000] };
  const real = (await trial(known))!.result.figures;
  expect(real["error-1000"]).toBeLessThan(real["error-20"]);
  expect(real["error-1000"]).toBeLessThan((await trial(made))!.result.figures["error-60"] - 30);
});

test("a trial can be given up, and digits that there are not are refused", async () => {
  expect(await trial(made, 1, () => true)).toBeUndefined();
  await expect(trial({ ...small, counts: [80] })).rejects.toThrow("glyphs has 60 images, and 80 are compared with");
});
