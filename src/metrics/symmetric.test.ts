import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { stream } from "../random/index.ts";
import { addProducts } from "./products.ts";
import { eigen, eigenvalues, squareRoot } from "./symmetric.ts";

const random = (name: string, length: number) =>
  Float64Array.from(stream(2, name).fillNormal(new Float32Array(length)));
const matrix = (d: number, of: (i: number, j: number) => number) =>
  Float64Array.from({ length: d * d }, (_, at) => of(Math.floor(at / d), at % d));
const identity = (d: number) => matrix(d, (i, j) => (i === j ? 1 : 0));
const transposed = (a: Float64Array, d: number) =>
  Float64Array.from(a, (_, at) => a[(at % (a.length / d)) * d + Math.floor(at / (a.length / d))]);

/** A Bᵀ of [n, k] and [m, k]. */
function times(a: Float64Array, b: Float64Array, k: number): Float64Array {
  const out = new Float64Array((a.length / k) * (b.length / k));
  addProducts(out, a, b, k);
  return out;
}

/** XXᵀ [d, d] of rank r. */
const ofRank = (d: number, r: number) => {
  const x = random(`rank ${d} ${r}`, d * r);
  return times(x, x, r);
};

/** Fails unless the vectors are orthonormal and give the matrix together with the values, which ascend. */
function expectEigen(a: Float64Array, d: number): Float64Array {
  const { values, vectors } = eigen(a);
  expectClose(times(vectors, vectors, d), identity(d), { atol: 1e-12 }, "VVᵀ");
  const columns = transposed(vectors, d); // [d, d]: Vᵀ
  const scaled = columns.map((value, at) => value * values[at % d]);
  const most = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expectClose(times(scaled, columns, d), a, { atol: 1e-13 * d * most }, "VᵀΛV");
  expectClose(eigenvalues(a), values, { atol: 1e-13 * most }, "values alone");
  for (let i = 1; i < d; i++) expect(values[i]).toBeGreaterThanOrEqual(values[i - 1]);
  return values;
}

describe("eigenvalues and eigenvectors", () => {
  test.each([1, 2, 3, 7, 32, 33, 100, 150])("give back a random matrix, %i × itself", (d) => {
    const x = random(`square ${d}`, d * d);
    expectEigen(
      matrix(d, (i, j) => x[i * d + j] + x[j * d + i]),
      d,
    );
  });

  test("are those of a string of 50 beads, 2 − 2 cos(πk/51)", () => {
    const d = 50;
    const string = matrix(d, (i, j) => (i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0));
    const expected = Float64Array.from({ length: d }, (_, k) => 2 - 2 * Math.cos((Math.PI * (k + 1)) / (d + 1)));
    expectClose(expectEigen(string, d), expected, { atol: 1e-14 });
  });

  test("are told apart where they all but coincide: Wilkinson's 21 × 21", () => {
    const values = expectEigen(
      matrix(21, (i, j) => (i === j ? Math.abs(10 - i) : Math.abs(i - j) === 1 ? 1 : 0)),
      21,
    );
    expectClose(values.slice(-2), [10.746194182903322, 10.746194182903393], { atol: 2e-14 });
    expectClose(values[0], -1.125441522119985, { atol: 1e-14 });
  });

  test.each([
    ["the identity", identity(40), new Float64Array(40).fill(1)],
    [
      "nothing but ones",
      new Float64Array(900).fill(1),
      Float64Array.from({ length: 30 }, (_, i) => (i === 29 ? 30 : 0)),
    ],
    ["zero", new Float64Array(25), new Float64Array(5)],
    [
      "blocks [[2, 1], [1, 2]]",
      matrix(20, (i, j) => (i === j ? 2 : Math.floor(i / 2) === Math.floor(j / 2) ? 1 : 0)),
      Float64Array.from({ length: 20 }, (_, i) => (i < 10 ? 1 : 3)),
    ],
  ])("may repeat: %s", (_, a, expected) => {
    expectClose(expectEigen(a, expected.length), expected, { atol: 1e-13 });
  });

  test("may repeat in any position: 1, 1, 1, −4, −4, 9 along random axes", () => {
    const x = random("axes", 36);
    const { vectors } = eigen(matrix(6, (i, j) => x[i * 6 + j] + x[j * 6 + i]));
    const values = [1, 1, 1, -4, -4, 9];
    const columns = transposed(vectors, 6);
    const a = times(
      columns.map((value, at) => value * values[at % 6]),
      columns,
      6,
    );
    expectClose(expectEigen(a, 6), [-4, -4, 1, 1, 1, 9], { atol: 1e-13 });
  });

  test.each([1e-150, 1e150])("scale with the matrix, by %d", (scale) => {
    const a = ofRank(12, 12);
    const expected = eigenvalues(a).map((value) => value * scale);
    expectClose(eigenvalues(a.map((value) => value * scale)), expected, { rtol: 1e-11 });
  });

  test("rest on the lower triangle alone", () => {
    const a = ofRank(9, 9);
    const half = a.map((value, at) => (at % 9 <= Math.floor(at / 9) ? value : Number.NaN));
    expect(eigenvalues(half)).toEqual(eigenvalues(a));
  });

  test("are none of an empty matrix, and refused of one that is not square or not finite", () => {
    expect(eigen(new Float64Array(0)).values.length).toBe(0);
    expect(() => eigenvalues(new Float64Array(5))).toThrow("5 numbers");
    expect(() => eigenvalues(Float64Array.of(1, 0, Number.NaN, 1))).toThrow("NaN");
    expect(() => eigenvalues(Float64Array.of(1, 0, Number.NEGATIVE_INFINITY, 1))).toThrow("Infinity");
  });
});

describe("the square root", () => {
  test.each([
    [5, 5],
    [40, 40],
    [40, 3],
    [100, 60],
    [7, 1],
    [6, 0],
  ])("of a matrix %i × itself of rank %i has as many rows, and gives it back as RᵀR", (d, r) => {
    const a = ofRank(d, r);
    const root = squareRoot(a);
    expect(root.length).toBe(r * d);
    if (r === 0) return;
    const columns = transposed(root, d);
    expectClose(times(columns, columns, r), a, { norm: 1e-13 });
  });

  test("leaves out what rounding put below zero", () => {
    expect(squareRoot(Float64Array.of(-1e-17, 0, 0, 4))).toEqual(Float64Array.of(0, 2));
  });
});
