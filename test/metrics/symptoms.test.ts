// Every recorded run of bench/symptoms.ts, heard again: the healthy ones have no symptom, the broken ones have theirs.

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type DataKind, findDataset, type SampleForm } from "../../src/data/index.ts";
import { type Change, symptoms, watchRun } from "../../src/metrics/index.ts";
import { isDiscriminators } from "../../src/metrics/symptoms/players.ts";
import { type AnyRecipe, recipes } from "../../src/recipes/index.ts";
import { networksMade } from "../../src/train/index.ts";
import { linesOf, type Trace } from "./trace.ts";

const folder = new URL("traces/", import.meta.url);
const traces = readdirSync(folder).map((file) => ({
  name: file.replace(/\.jsonl$/, ""),
  trace: JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Trace,
}));
const ofKind = (kind: Trace["kind"]) => traces.filter(({ trace }) => trace.kind === kind);

const appeared = (changes: readonly Change[]): string[] => [
  ...new Set(changes.filter(({ finding }) => finding.present).map(({ symptom }) => symptom.name)),
];

test.each(ofKind("healthy"))("$name is healthy: no symptom at any time", ({ trace }) => {
  const doctor = watchRun();
  expect(appeared(doctor.replay(linesOf(trace)))).toEqual([]);
  expect(doctor.diagnoses().filter(({ value }) => value !== undefined).length).toBeGreaterThan(4);
});

test.each(ofKind("broken"))("$name shows what it was broken for: $trace.shows", ({ trace }) => {
  expect(appeared(watchRun().replay(linesOf(trace)))).toEqual(expect.arrayContaining([...trace.shows]));
});

test.each(ofKind("passing"))("$name shows $trace.shows while it lasts, and nothing at its end", ({ trace }) => {
  const doctor = watchRun();
  expect(appeared(doctor.replay(linesOf(trace)))).toEqual(trace.shows);
  expect(doctor.diagnoses().filter(({ present }) => present)).toEqual([]);
});

test("ten runs and more are healthy, and each symptom has a run that was broken for it", () => {
  expect(ofKind("healthy").length).toBeGreaterThanOrEqual(10);
  const shown = new Set(ofKind("broken").flatMap(({ trace }) => trace.shows));
  expect([...shown].sort()).toEqual(symptoms.map(({ name }) => name).sort());
});

test("each symptom had its figure in ten of the healthy runs, that are silent", () => {
  const known = ofKind("healthy").flatMap(({ trace }) => {
    const doctor = watchRun();
    doctor.replay(linesOf(trace));
    return doctor.diagnoses().flatMap(({ name, value }) => (value === undefined ? [] : [name]));
  });
  for (const { name } of symptoms) {
    expect(known.filter((each) => each === name).length, name).toBeGreaterThanOrEqual(10);
  }
});

test.each(traces)("$name, resumed at any step, is found to be as it is", ({ trace }) => {
  const lines = linesOf(trace);
  const whole = watchRun();
  const heard = lines.map((line) => whole.replay([line]));
  for (const at of [7, Math.floor(lines.length / 2) + 3]) {
    const resumed = watchRun();
    const before = resumed.replay(lines.slice(0, at));
    const after = lines.slice(at).flatMap((line) => resumed.replay([line]));
    expect([...before, ...after]).toEqual(heard.flat());
    expect(resumed.diagnoses()).toEqual(whole.diagnoses());
  }
});

describe("of the ring's eight modes", () => {
  /** As a run shows them at six looks: 64 points of the ring, and as many of these modes of it. */
  const toldOf = async (modes: readonly number[]): Promise<string[]> => {
    const first = Array.from({ length: 1024 }, (_, i) => i);
    const real = (await findDataset("ring")!.open({ seed: 1 }).read(first)).values.slice(0, 128);
    const { values, labels } = await findDataset("ring")!.open({ seed: 2 }).read(first);
    const made = Float32Array.from(
      first.filter((i) => modes.includes(labels[i])).flatMap((i) => [...values.subarray(2 * i, 2 * i + 2)]),
    ).slice(0, 128);
    expect(made.length).toBe(128);
    const doctor = watchRun();
    const changes: Change[] = [];
    for (let step = 1; step <= 500; step++) {
      doctor.step({ step, metrics: { "gradient/G": 1 } });
      if (step % 50 === 0) changes.push(...doctor.samples({ step, made, real, shape: [2] }).changes);
    }
    return appeared(changes);
  };

  test.each([
    ["two that are opposite", [0, 4], ["lost-modes"]],
    ["two that are adjacent", [3, 4], ["lost-modes"]],
    ["every other", [0, 2, 4, 6], ["lost-modes"]],
    ["four in a row", [5, 6, 7, 0], ["lost-modes"]],
    ["one alone", [2], ["mode-collapse", "lost-modes"]],
    ["all but one", [0, 1, 2, 3, 4, 5, 6], []],
    ["all", [0, 1, 2, 3, 4, 5, 6, 7], []],
  ])("%s: told as it is", async (_, modes, told) => {
    expect(await toldOf(modes)).toEqual(told);
  });
});

/** Samples that the recipe learns from, with everything that it may ask of them. */
function formOf({ data: { kinds, sizes = [16] } }: AnyRecipe): SampleForm {
  const kind: DataKind = kinds[0];
  const image = [3, Math.max(...sizes.filter((size) => size <= 64)), Math.max(...sizes.filter((size) => size <= 64))];
  return {
    kind,
    sample: kind === "points" ? [2] : image,
    classes: ["one", "two", "three"],
    ...((kind === "pairs" || kind === "domains") && { target: image }),
    ...(kind === "captions" && { text: { kind: "vectors", size: 8 } as const }),
  };
}

describe("the letters that tell makers from judges", () => {
  test.each(recipes)("are those of $name's networks", (recipe) => {
    const options = Object.fromEntries(Object.entries(recipe.options).map(([key, spec]) => [key, spec.default]));
    const form = formOf(recipe);
    const made = networksMade({ recipe, options, data: form });
    expect(made.filter(isDiscriminators)).toEqual([]);
    const others = Object.keys(recipe.networks(options, form)).filter((label) => !made.includes(label));
    expect(others.length).toBeGreaterThan(0);
    expect(others.filter((label) => !isDiscriminators(label))).toEqual([]);
  });
});
