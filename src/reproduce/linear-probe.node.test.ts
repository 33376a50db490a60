// Features of D's layers, followed by hand, and the whole of a probe in small.

import { expect, test } from "vitest";
import { type Dataset, formOf, openDataset } from "../data/index.node.ts";
import { completeOptions, findRecipe } from "../recipes/index.ts";
import { compileStep, initialState, tensorsOf } from "../train/index.node.ts";
import { openFeatures, type Values } from "./features.node.ts";
import { heldOf } from "./held.ts";
import { linearProbe, type Probed, probeError } from "./linear-probe.node.ts";
import { labelledPlaces } from "./probing.node.ts";
import { runCase } from "./run.node.ts";

/** 200 drawn digits. */
const digits = async () => {
  const set = await openDataset("glyphs", { seed: 1, size: 32 });
  return (await heldOf(set, 200, { seed: 1, progress: () => {}, shouldStop: () => false }))!;
};
const D = { recipe: "dcgan", options: { width: 2 } };
/** What a run of this seed begins with. */
function beginning(set: Dataset, seed: number) {
  const recipe = findRecipe(D.recipe);
  const options = completeOptions(recipe, D.options);
  const { state } = compileStep({ recipe, options, data: formOf(set), batch: 8, ema: 0 });
  return tensorsOf(state, initialState(state, seed));
}
const featuresOf = async (values: Values, set: Dataset, settling: number) => {
  const features = await openFeatures(D, values, set, { settling, threads: 1 });
  try {
    const { values: pictures } = await set.read([7, 11]);
    return { size: features.size, pictures, seen: await features.of(pictures) };
  } finally {
    await features.close();
  }
};

test("features are the largest of each sixteenth of every map behind a LeakyReLU", async () => {
  const set = await digits();
  const tensors = beginning(set, 3);
  const { size, pictures, seen } = await featuresOf({ tensors }, set, 2);
  expect(size).toBe((2 + 4 + 8) * 16);
  const w = tensors.get("D.main.0.weight")!.data as Float32Array; // [2, 1, 4, 4], stride 2, padding 1
  for (const [picture, channel] of [
    [0, 0],
    [1, 1],
  ]) {
    const at = (y: number, x: number) =>
      Math.min(y, x) < 0 || Math.max(y, x) > 31 ? 0 : pictures[(picture * 32 + y) * 32 + x];
    const largest = new Float64Array(16).fill(Number.NEGATIVE_INFINITY);
    for (let y = 0; y < 16; y++) {
      for (let x = 0; x < 16; x++) {
        let sum = 0;
        for (let k = 0; k < 16; k++) sum += w[channel * 16 + k] * at(2 * y - 1 + (k >> 2), 2 * x - 1 + (k & 3));
        const part = 4 * (y >> 2) + (x >> 2);
        largest[part] = Math.max(largest[part], sum > 0 ? sum : 0.2 * sum);
      }
    }
    for (let part = 0; part < 16; part++) {
      expect(seen[picture * size + channel * 16 + part]).toBeCloseTo(largest[part], 5);
    }
  }
  await set.close();
});

test("of a seed they are those that a run of it begins with; settling moves what batch norm gives, and no more", async () => {
  const set = await digits();
  const begun = await featuresOf({ seed: 3 }, set, 2);
  expect(begun.seen).toEqual((await featuresOf({ tensors: beginning(set, 3) }, set, 2)).seen);
  const settled = await featuresOf({ seed: 3 }, set, 40);
  const first = 2 * 16; // before any batch norm
  expect(settled.seen.slice(0, first)).toEqual(begun.seen.slice(0, first));
  expect(settled.seen.slice(first, settled.size)).not.toEqual(begun.seen.slice(first, settled.size));
  await set.close();
});

test("labelled samples are as many of each class, others in each draw; classes with too few are refused", () => {
  const labels = Array.from({ length: 60 }, (_, i) => i % 3);
  const draw = (k: number) => labelledPlaces(labels, { classes: 3, labelsPerClass: 4, seed: 1, draw: k });
  for (const k of [0, 1, 2]) expect(draw(0).filter((place) => labels[place] === k)).toHaveLength(4);
  expect(new Set(draw(0)).size).toBe(12);
  expect(draw(0)).toEqual(draw(0));
  expect(draw(1)).not.toEqual(draw(0));
  expect(() => labelledPlaces([0, 0, 1], { classes: 2, labelsPerClass: 2, seed: 1, draw: 0 })).toThrow("has fewer");
});

const small: Probed = {
  ...{ recipe: "dcgan", options: { width: 2 }, steps: 3, batch: 8, ema: 0, settling: 3 },
  ...{ digits: 700, tests: 120, labelsPerClass: 10, validation: 120, draws: { validation: 1, test: 2 } },
  strengths: [1, 10],
};
const { recipe, options, steps, batch, ema, settling, ...pixels } = small;
const trial = (probed: Probed, shouldStop = () => false) => {
  const each = { name: "small", published: {}, training: () => probed };
  const run = { ...each, run: (given: Parameters<typeof probeError>[1]) => probeError(probed, given) };
  return runCase(linearProbe, run, { seed: 1, full: false, threads: 1, shouldStop });
};

test("a probe is a function of its seed; a trained one has a picture", async () => {
  const [once, again] = [await trial(small), await trial(small)];
  expect(again!.result.figures).toEqual(once!.result.figures);
  expect(once!.picture).toBeDefined();
  const untrained = await trial({ ...small, steps: 0 });
  expect(untrained!.result.figures.error).not.toEqual(once!.result.figures.error);
  expect(untrained!.picture).toBeUndefined();
});

test("ten labels a class tell most digits by their pixels", async () => {
  const { error } = (await trial(pixels))!.result.figures;
  expect(error).toBeGreaterThan(0);
  expect(error).toBeLessThan(40); // by chance 90
});

test("a probe can be given up", async () => {
  expect(await trial(small, () => true)).toBeUndefined();
});
