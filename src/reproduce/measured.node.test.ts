// A case that is one training: a function of its seed that can be given up.

import { expect, test } from "vitest";
import { measured, trained } from "./measured.node.ts";
import { runCase } from "./run.node.ts";
import type { Table, TableCase } from "./table.ts";

const training = { recipe: "vanilla", options: { zDim: 2 }, steps: 5, batch: 8, ema: 0.99 };
const figures = [
  { name: "modes", title: "modes" },
  { name: "reverse-kl", title: "reverse KL" },
];
const small: TableCase = {
  name: "GAN",
  published: {},
  training: () => training,
  async run(trial) {
    const dataset = await trial.open();
    const run = await trained(training, dataset, trial);
    return run && measured(run, dataset, { metrics: "modes", count: 200, figures }, trial);
  },
};
const table: Table = {
  ...{ name: "small", title: "Small", source: "none", protocol: { published: "", shortened: "", full: "" } },
  ...{ data: { set: "ring", replaceable: false }, measuredOn: "200 samples", figures, seeds: 1, cases: [small] },
};
const made = (seed: number) => runCase(table, small, { seed, full: false, threads: 1 });

test("a trial is a function of its seed, with a figure for each column and a picture", async () => {
  const [once, again, other] = [await made(1), await made(1), await made(2)];
  expect(Object.keys(once!.result.figures)).toEqual(["modes", "reverse-kl"]);
  expect(again!.result.figures).toEqual(once!.result.figures);
  expect(again!.picture).toEqual(once!.picture);
  expect(other!.picture).not.toEqual(once!.picture);
  expect(other!.result.training).toEqual(once!.result.training);
});

test("a trial can be given up", async () => {
  const options = { seed: 1, full: false, threads: 1, shouldStop: () => true };
  expect(await runCase(table, small, options)).toBeUndefined();
});
