import { describe, expect, test } from "vitest";
import { stream } from "../../random/index.ts";
import { lostModes } from "./lost-modes.ts";

const N = 60;
const shape = [2];

/** Points about these places, one after another, this far from them. */
function about(places: readonly (readonly [number, number])[], seed: number, apart = 0.05): Float32Array {
  const noise = stream(seed, "points").fillNormal(new Float32Array(2 * N), 0, apart);
  return noise.map((value, i) => value + places[(i >> 1) % places.length][i % 2]);
}

const corners = [
  [0, 0],
  [4, 0],
  [0, 4],
  [4, 4],
] as const;
const real = about(corners, 1);

/** The figure of one set, as it goes into metrics.jsonl. */
function figureOf(made: Float32Array, of = real, size: readonly number[] = shape): number | undefined {
  const watch = lostModes.watch();
  watch.samples!({ step: 1, made, real: of, shape: size });
  return watch.noted!()["samples/found"];
}

test("the figure is the share of the real samples in groups of which there are made ones", () => {
  expect(figureOf(about(corners, 2))).toBe(1);
  expect(figureOf(about(corners.slice(0, 3), 2))).toBe(0.75);
  expect(figureOf(about([corners[0], corners[3]], 2))).toBe(0.5);
  expect(figureOf(about([corners[1]], 2))).toBe(0.25);
});

test("samples need not be good to be of a group", () => {
  expect(figureOf(about(corners, 2, 0.8))).toBe(1);
});

test("a group is found from a quarter as many made samples as there are real ones", () => {
  // 15 real ones to a group: four made ones find it, three do not.
  const withStrays = (count: number) => {
    const made = about(corners.slice(0, 3), 2);
    for (let i = 0; i < count; i++) made.set([4, 4], 2 * i);
    return figureOf(made);
  };
  expect(withStrays(3)).toBe(0.75);
  expect(withStrays(4)).toBe(1);
});

test("a large group counts for more than a small one", () => {
  const uneven = about([corners[0], corners[0], corners[0], corners[1]], 1);
  expect(figureOf(about([corners[0]], 2), uneven)).toBe(0.75);
  expect(figureOf(about([corners[1]], 2), uneven)).toBe(0.25);
});

/** What it needs of a set of samples and as many real ones, all of these. */
function needsOf(values: Float32Array, size: readonly number[] = shape): string | undefined {
  const watch = lostModes.watch();
  watch.samples!({ step: 1, made: values, real: values, shape: size });
  return watch.needs!();
}

test("fewer than 48 samples are not judged, and it says so", () => {
  const few = (count: number) => real.subarray(0, 2 * count);
  expect(figureOf(few(48), few(48))).toBe(1);
  expect(figureOf(few(47), few(47))).toBeUndefined();
  expect(needsOf(few(48))).toBeUndefined();
  expect(needsOf(few(47))).toBe("at least 48 samples, and there are 47");
});

describe("of data that lie in no groups", () => {
  test.each([
    ["all in one row", Float32Array.from({ length: 2 * N }, (_, i) => (i % 2 === 0 ? i / N : 0)), [2]],
    ["all in one place but for two", Float32Array.from({ length: 2 * N }, (_, i) => (i < 4 ? 9 * i : 0)), [2]],
    ["all alike", new Float32Array(2 * N), [2]],
    ["each far from all others", stream(1, "noise").fillNormal(new Float32Array(N * 256)), [1, 16, 16]],
  ])("%s: there is no figure, and it says why", (_, values, size) => {
    expect(needsOf(values, size)).toBe("real samples in groups apart from each other");
    expect(figureOf(values, values, size)).toBeUndefined();
  });

  test("others have what it needs", () => {
    expect(needsOf(real)).toBeUndefined();
  });
});
