import { expect, test } from "vitest";
import { stream } from "../../random/index.ts";
import { coarse, distancesAmong, placeOf, principalAxes, spreadOf, totalVariance } from "./geometry.ts";

test("pictures of more than 16 pixels become the means of square patches, those at the edge of what there is", () => {
  // One channel of 34 × 2: patches of 3 × 3, the last row of them one pixel high, all of them two wide.
  const picture = Float32Array.from({ length: 68 }, (_, i) => Math.floor(i / 2));
  const { values, size } = coarse(Float32Array.from([...picture, ...picture]), [1, 34, 2]);
  expect(size).toBe(12);
  expect(values.length).toBe(24);
  expect(values[0]).toBeCloseTo((2 * (0 + 1 + 2)) / 9, 6);
  expect(values[10]).toBeCloseTo((2 * (30 + 31 + 32)) / 9, 5);
  expect(values[11]).toBeCloseTo((2 * 33) / 9, 5);
  expect([...values.subarray(12)]).toEqual([...values.subarray(0, 12)]);
});

test("smaller pictures and points stay as they are", () => {
  const values = Float32Array.of(1, 2, 3, 4);
  expect(coarse(values, [2])).toEqual({ values, size: 2 });
  expect(coarse(values, [1, 2, 2])).toEqual({ values, size: 4 });
});

test("distances among points are those of geometry", () => {
  const { mean, nearest } = distancesAmong({ values: Float32Array.of(0, 0, 3, 4, 6, 8), size: 2 });
  expect(mean).toBeCloseTo((5 + 5 + 10) / 3, 12);
  expect([...nearest]).toEqual([5, 5, 5]);
});

test("the spread is the root mean square distance of any two samples", () => {
  const values = stream(1, "points").fillNormal(new Float32Array(40 * 3), 5, 2);
  let sum = 0;
  for (let i = 0; i < 40; i++) {
    for (let j = 0; j < 40; j++) for (let k = 0; k < 3; k++) sum += (values[3 * i + k] - values[3 * j + k]) ** 2;
  }
  expect(spreadOf(values, [3])).toBeCloseTo(Math.sqrt(sum / 40 ** 2), 6);
  expect(totalVariance(Float32Array.of(1, 10, 3, 10), 2)).toBeCloseTo(1, 12);
});

test("principal axes are the directions in which points were stretched, with their standard deviations", () => {
  const n = 400;
  const along = stream(1, "along").fillNormal(new Float32Array(n), 0, 3);
  const across = stream(1, "across").fillNormal(new Float32Array(n), 0, 0.5);
  const values = new Float32Array(3 * n);
  for (let i = 0; i < n; i++)
    values.set([1 + (along[i] - across[i]) / Math.SQRT2, (along[i] + across[i]) / Math.SQRT2, 7], 3 * i);
  const axes = principalAxes({ values, size: 3 }, 3);
  expect(axes.length).toBe(2); // the third coordinate never changes
  const [first, second] = axes;
  expect(Math.abs(first.direction[0] + first.direction[1])).toBeCloseTo(Math.SQRT2, 2);
  expect(Math.hypot(...first.direction)).toBeCloseTo(1, 6);
  expect(first.deviation).toBeGreaterThan(2.7);
  expect(first.deviation).toBeLessThan(3.3);
  expect(second.deviation).toBeGreaterThan(0.45);
  expect(second.deviation).toBeLessThan(0.55);
});

test("a place is told in standard deviations along each axis, so that moves are, from wherever they start", () => {
  const values = stream(2, "points").fillNormal(new Float32Array(64 * 2));
  const axes = principalAxes({ values, size: 2 }, 2);
  const moved = values.map((value, i) => value + 3 * axes[1].deviation * axes[1].direction[i % 2]);
  const [before, after] = [placeOf({ values, size: 2 }, axes), placeOf({ values: moved, size: 2 }, axes)];
  expect(after[0] - before[0]).toBeCloseTo(0, 5);
  expect(after[1] - before[1]).toBeCloseTo(3, 5);
});

test("data that are all alike have no axes", () => {
  expect(principalAxes({ values: new Float32Array(40).fill(0.5), size: 4 }, 3)).toEqual([]);
});
