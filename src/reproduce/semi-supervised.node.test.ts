// Few labels, in small: errors that follow from the seed, and fewer of them once something was learned.

import { expect, test } from "vitest";
import { runCase } from "./run.node.ts";
import { type FewLabels, fewLabels, semiSupervised } from "./semi-supervised.node.ts";

const small: FewLabels = {
  ...{ recipe: "sgan", steps: 3, batch: 10, ema: 0, labelsPerClass: 2, digits: 300, tests: 150 },
  options: { form: "feature-matching", hiddenD: [40, 20], hiddenG: [20], lr: 3e-3, inputNoise: 0, hiddenNoise: 0 },
};
const trial = (training: FewLabels, shouldStop = () => false) => {
  const each = { name: "small", published: {}, training: () => training };
  const run = { ...each, run: (given: Parameters<typeof fewLabels>[1]) => fewLabels(training, given) };
  return runCase(semiSupervised, run, { seed: 1, full: false, threads: 1, shouldStop });
};

test("a trial is a function of its seed, with a picture", async () => {
  const [once, again] = [await trial(small), await trial(small)];
  expect(again!.result.figures).toEqual(once!.result.figures);
  expect(again!.picture).toEqual(once!.picture);
  expect(once!.picture).toBeDefined();
});

test("errors are of 10,000, and fewer once D has learned from more labels", async () => {
  const before = (await trial({ ...small, steps: 1 }))!.result.figures.wrong;
  const after = (await trial({ ...small, steps: 150, labelsPerClass: 20 }))!.result.figures.wrong;
  expect(before).toBeGreaterThan(5000);
  expect(after).toBeLessThan(4000);
});

test("a trial can be given up", async () => {
  expect(await trial(small, () => true)).toBeUndefined();
});
