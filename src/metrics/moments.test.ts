import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { stream } from "../random/index.ts";
import { Moments, mergeMoments } from "./moments.ts";

const random = (name: string, n: number, d: number) =>
  stream(3, name)
    .fillNormal(new Float32Array(n * d))
    .map((value, i) => value * (1 + (i % d)) + (i % d));

/** Moments of rows [n, d], told so many at a time. */
function momentsOf(rows: Float32Array | Float64Array, d: number, batch = rows.length): Moments {
  const moments = new Moments(d);
  for (let at = 0; at < rows.length; at += batch * d) moments.add(rows.slice(at, at + batch * d));
  return moments;
}

/** In two passes, by their definitions. */
function plain(rows: Float32Array | Float64Array, d: number) {
  const n = rows.length / d;
  const mean = Float64Array.from({ length: d }, (_, j) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += rows[i * d + j];
    return sum / n;
  });
  const covariance = Float64Array.from({ length: d * d }, (_, at) => {
    const [j, k] = [Math.floor(at / d), at % d];
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (rows[i * d + j] - mean[j]) * (rows[i * d + k] - mean[k]);
    return sum / (n - 1);
  });
  return { mean, covariance };
}

describe("moments", () => {
  test.each([1, 7, 100, 128, 129, 1000])("are those of their definitions, told %i rows at a time", (batch) => {
    const rows = random("rows", 517, 11);
    const [moments, expected] = [momentsOf(rows, 11, batch), plain(rows, 11)];
    expect(moments.count).toBe(517);
    expectClose(moments.mean, expected.mean, { atol: 1e-13 });
    expectClose(moments.covariance(), expected.covariance, { atol: 1e-12 });
  });

  test("lose nothing to a mean of 10⁹: sums of squares would keep no digit", () => {
    const d = 3;
    const rows = Float64Array.from({ length: 900 * d }, (_, i) => stream(1, i).integer(10));
    const expected = momentsOf(rows, d);
    const far = momentsOf(
      rows.map((value) => value + 1e9),
      d,
      50,
    );
    expectClose(far.covariance(), expected.covariance(), { atol: 1e-7 });
    expectClose(
      far.mean,
      expected.mean.map((value) => value + 1e9),
      { atol: 3e-7 },
    );
  });

  test("of sorted rows are those of shuffled ones", () => {
    const rows = Float64Array.from({ length: 2000 }, (_, i) => i);
    const variance = (2000 * 2001) / 12; // of 0 … n − 1, over n − 1
    expectClose(momentsOf(rows, 1, 10).covariance(), [variance], { rtol: 1e-14 });
  });

  test("of parts merge to those of all, whatever the parts, and leave the parts as they are", () => {
    const rows = random("parts", 400, 6);
    const cuts = [0, 1, 3, 130, 130, 399, 400];
    const parts = cuts.slice(1).map((end, i) => momentsOf(rows.slice(cuts[i] * 6, end * 6), 6));
    const [merged, whole] = [mergeMoments(parts), momentsOf(rows, 6)];
    expect(merged.count).toBe(400);
    expectClose(merged.mean, whole.mean, { atol: 1e-14 });
    expectClose(merged.covariance(), whole.covariance(), { atol: 1e-12 });
    expect(parts.map(({ count }) => count)).toEqual([1, 2, 127, 0, 269, 1]);
  });

  test("of one constant have a covariance of exactly 0", () => {
    expect(momentsOf(new Float32Array(300).fill(0.1), 2).covariance()).toEqual(new Float64Array(4));
  });

  test("of three constant pictures of 0, ½ and 1, each seen as means of its parts: mean ½, covariances ¼", () => {
    const d = 8;
    const moments = momentsOf(
      Float32Array.from({ length: 3 * d }, (_, i) => Math.floor(i / d) / 2),
      d,
    );
    expect(moments.mean).toEqual(new Float64Array(d).fill(0.5));
    expect(moments.covariance()).toEqual(new Float64Array(d * d).fill(0.25));
  });

  test("are refused of half a row, and a covariance of one row", () => {
    expect(() => new Moments(4).add(new Float32Array(6))).toThrow("6 in all");
    expect(() => momentsOf(new Float32Array(4), 4).covariance()).toThrow("1 row");
  });
});
