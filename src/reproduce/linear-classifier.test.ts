// A linear classifier is the least of its loss, worked out by hand where that can be done.

import { describe, expect, test } from "vitest";
import { stream } from "../random/index.ts";
import { linearClassifier, separator } from "./linear-classifier.ts";

/** xᵢ·xⱼ of rows of two numbers. */
const productsOf = (rows: readonly (readonly [number, number])[]) =>
  Float64Array.from(rows.flatMap(([a, b]) => rows.map(([c, d]) => a * c + b * d)));

/** w = Σ βᵢ xᵢ. */
const weightsOf = (rows: readonly (readonly [number, number])[], beta: Float64Array) =>
  [0, 1].map((k) => rows.reduce((sum, row, i) => sum + beta[i] * row[k], 0));

describe("a separator", () => {
  test("of two samples at 1 and −1 is w = 4C / (1 + 4C)", () => {
    // ½w² + 2C (1 − w)² is least where w = 4C (1 − w).
    const rows = [
      [1, 0],
      [-1, 0],
    ] as const;
    for (const C of [0.01, 1, 100]) {
      const [w] = weightsOf(rows, separator(productsOf(rows), [true, false], C));
      expect(w).toBeCloseTo((4 * C) / (1 + 4 * C), 12);
    }
  });

  test("does not feel samples beyond its margin", () => {
    const near = [
      [1, 0],
      [-1, 0],
    ] as const;
    const rows = [...near, [50, 0], [-70, 0]] as const;
    const beta = separator(productsOf(rows), [true, false, true, false], 1);
    expect(weightsOf(rows, beta)[0]).toBeCloseTo(0.8, 12);
    expect([...beta.slice(2)]).toEqual([0, 0]);
  });

  test("leaves no gradient, of classes that lie among each other", () => {
    const random = stream(1, "separator");
    const isOne = Array.from({ length: 60 }, (_, i) => i % 3 === 0);
    const rows = isOne.map((one): [number, number] => [random.normal() + (one ? 1 : 0), random.normal()]);
    const C = 3;
    const w = weightsOf(rows, separator(productsOf(rows), isOne, C));
    // w − 2C Σ yᵢ max(0, 1 − yᵢ w·xᵢ) xᵢ = 0
    const gradient = [...w];
    for (const [i, x] of rows.entries()) {
      const y = isOne[i] ? 1 : -1;
      const short = Math.max(0, 1 - y * (w[0] * x[0] + w[1] * x[1]));
      for (const k of [0, 1]) gradient[k] -= 2 * C * y * short * x[k];
    }
    expect(gradient[0]).toBeCloseTo(0, 9);
    expect(gradient[1]).toBeCloseTo(0, 9);
    expect(Math.hypot(...w)).toBeGreaterThan(0.1);
  });
});

test("a classifier has the weights of each class against all others", () => {
  const rows = [
    [1, 0],
    [0, 1],
    [-1, -1],
  ] as const;
  const products = productsOf(rows);
  const weights = linearClassifier(Float32Array.from(rows.flat()), products, [0, 1, 2], { classes: 3, C: 2 });
  for (const k of [0, 1, 2]) {
    const isOne = rows.map((_, i) => i === k);
    const [a, b] = weightsOf(rows, separator(products, isOne, 2));
    expect(weights[2 * k]).toBeCloseTo(a, 6);
    expect(weights[2 * k + 1]).toBeCloseTo(b, 6);
  }
});
