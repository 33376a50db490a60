import { describe, expect, test } from "vitest";
import { expectClose, expectSameBits } from "../../test/close.ts";
import { stream } from "../random/index.ts";
import { distinctRadii, nearestDistances, neighbourRadii } from "./distances.ts";
import { eachDistance, eachDistanceWithin } from "./pairs.ts";
import { Rows } from "./rows.ts";

const normal = (name: string, n: number, d: number) => stream(1, name).fillNormal(new Float32Array(n * d));
/** The same rows, in arrays of so many each. */
const cut = (values: Float32Array, d: number, rows: number) =>
  new Rows(
    d,
    Array.from({ length: Math.ceil(values.length / d / rows) }, (_, i) =>
      values.subarray(i * rows * d, (i + 1) * rows * d),
    ),
  );
const between = (a: Float32Array, i: number, b: Float32Array, j: number, d: number) => {
  let sum = 0;
  for (let k = 0; k < d; k++) sum += (a[i * d + k] - b[j * d + k]) ** 2;
  return sum;
};
/** What was visited, [n, m]; NaN where nothing was, and an error where something was twice. */
const matrix = (n: number, m: number, each: (visit: (i: number, j: number, value: number) => void) => void) => {
  const seen = new Float64Array(n * m).fill(Number.NaN);
  each((i, j, value) => {
    if (!Number.isNaN(seen[i * m + j])) throw new Error(`pair ${i}, ${j} visited twice`);
    seen[i * m + j] = value;
  });
  return seen;
};

describe.each([
  { n: 1, m: 1, d: 1 },
  { n: 5, m: 67, d: 3 },
  { n: 131, m: 64, d: 2 },
  { n: 70, m: 9, d: 600 },
])("$n rows against $m of $d numbers", ({ n, m, d }) => {
  const [a, b] = [normal("a", n, d), normal("b", m, d)];
  const [rowsA, rowsB] = [new Rows(d, [a]), new Rows(d, [b])];

  test("every pair is visited once, with its squared distance", () => {
    const brute = Float64Array.from({ length: n * m }, (_, p) => between(a, Math.floor(p / m), b, p % m, d));
    const seen = matrix(n, m, (visit) => eachDistance(rowsA, rowsB, visit));
    expectClose(seen, brute, { rtol: 1e-12 });
  });

  test("every pair of one set is visited once, the lower index first", () => {
    const seen = matrix(n, n, (visit) => eachDistanceWithin(rowsA, visit));
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        if (i < j) expectClose(seen[i * n + j], between(a, i, a, j, d), { rtol: 1e-12 });
        else expect(seen[i * n + j]).toBeNaN();
      }
    }
  });

  test("the arrays that rows come in change no bit", () => {
    const whole = matrix(n, m, (visit) => eachDistance(rowsA, rowsB, visit));
    const parts = matrix(n, m, (visit) => eachDistance(cut(a, d, 3), cut(b, d, 7), visit));
    expectSameBits(parts, whole);
  });
});

test("a row is at distance exactly 0 from itself, however far from the origin", () => {
  const far = normal("far", 80, 50).map((value) => 3e4 + value);
  const rows = new Rows(50, [far]);
  eachDistance(rows, rows, (i, j, distance) => {
    if (i === j) expect(distance).toBe(0);
    else expectClose(distance, between(far, i, far, j, 50), { rtol: 1e-12 });
  });
});

test("a slice of rows holds those rows, across the arrays they came in", () => {
  const values = normal("sliced", 20, 3);
  for (const [start, end] of [
    [0, 20],
    [2, 9],
    [6, 6],
    [13, 20],
  ]) {
    const parts = cut(values, 3, 4).slice(start, end);
    expectSameBits(Float32Array.from(parts.flatMap((part) => [...part])), values.slice(start * 3, end * 3));
  }
});

describe("neighbours", () => {
  const [n, d] = [90, 4];
  const [a, b] = [normal("neighbours", n, d), normal("others", 70, d)];
  /** Squared distances from row i of `a` to rows of `others` but for row `but`, ascending. */
  const sorted = (i: number, others: Float32Array, but = -1) =>
    Array.from({ length: others.length / d }, (_, j) => j)
      .filter((j) => j !== but)
      .map((j) => between(a, i, others, j, d))
      .sort((x, y) => x - y);

  test.each([1, 3, 7])("the radius reaches to neighbour %i of the others", (k) => {
    const brute = Array.from({ length: n }, (_, i) => sorted(i, a, i)[k - 1]);
    expectClose(neighbourRadii(new Rows(d, [a]), k), brute, { rtol: 1e-12 });
  });

  test("the nearest of other rows is found", () => {
    const brute = Array.from({ length: n }, (_, i) => sorted(i, b)[0]);
    expectClose(nearestDistances(new Rows(d, [a]), new Rows(d, [b])), brute, { rtol: 1e-12 });
  });

  test("equal rows are neighbours at distance 0, and no distinct ones", () => {
    const rows = new Rows(1, [Float32Array.of(0, 0, 3, 7)]);
    expect([...neighbourRadii(rows, 1)]).toEqual([0, 0, 9, 16]);
    expect([...neighbourRadii(rows, 2)]).toEqual([9, 9, 9, 49]);
    expect([...distinctRadii(rows)]).toEqual([9, 9, 9, 16]);
    expect([...distinctRadii(new Rows(1, [Float32Array.of(5, 5)]))]).toEqual([Infinity, Infinity]);
  });
});
