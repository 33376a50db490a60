import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { type SobolPoints, sobol } from "./sobol.ts";
import { SOBOL_DIMENSIONS, sobolNumbers } from "./sobol-numbers.ts";
import { stream } from "./stream.ts";

const scrambled = (dimensions: number, seed: number) =>
  sobol(dimensions, (dimension) => stream(seed, "test", dimension));

/** Points [count][dimensions] from number `start` on. */
const first = (points: SobolPoints, dimensions: number, count: number, start = 0) =>
  Array.from({ length: count }, (_, i) => points(start + i, new Float64Array(dimensions)));

test("begins as published by Joe and Kuo", () => {
  expect(first(sobol(3), 3, 10).map((point) => [...point])).toEqual([
    [0, 0, 0],
    [0.5, 0.5, 0.5],
    [0.75, 0.25, 0.25],
    [0.25, 0.75, 0.75],
    [0.375, 0.375, 0.625],
    [0.875, 0.875, 0.125],
    [0.625, 0.125, 0.875],
    [0.125, 0.625, 0.375],
    [0.1875, 0.3125, 0.9375],
    [0.6875, 0.8125, 0.4375],
  ]);
});

describe("the numbers", () => {
  /** x^e modulo a polynomial over GF(2). */
  const power = (e: number, polynomial: number, degree: number) => {
    const times = (a: number, b: number) => {
      let [product, shifted] = [0, a];
      for (let bits = b; bits > 0; bits >>>= 1) {
        if (bits & 1) product ^= shifted;
        shifted <<= 1;
        if ((shifted >>> degree) & 1) shifted ^= polynomial;
      }
      return product;
    };
    let [result, base] = [1, degree === 1 ? 1 : 2];
    for (let bits = e; bits > 0; bits >>>= 1) {
      if (bits & 1) result = times(result, base);
      base = times(base, base);
    }
    return result;
  };
  /** Whether x is of order 2ᵈ − 1: of none of its divisors. */
  const isPrimitive = (polynomial: number, degree: number) => {
    const order = 2 ** degree - 1;
    const divisors = Array.from({ length: order - 1 }, (_, i) => i + 1).filter((n) => order % n === 0);
    return power(order, polynomial, degree) === 1 && divisors.every((n) => power(n, polynomial, degree) !== 1);
  };

  test("are of all primitive polynomials in their order, with odd mₖ below 2ᵏ", () => {
    const primitive: number[] = [];
    for (let polynomial = 3; primitive.length < SOBOL_DIMENSIONS - 1; polynomial += 2) {
      if (isPrimitive(polynomial, 31 - Math.clz32(polynomial))) primitive.push(polynomial);
    }
    expect(sobolNumbers.map(({ polynomial }) => polynomial)).toEqual(primitive);
    for (const { polynomial, m } of sobolNumbers) {
      expect(m).toHaveLength(31 - Math.clz32(polynomial));
      expect(m.every((mk, k) => mk % 2 === 1 && mk > 0 && mk < 2 ** (k + 1))).toBe(true);
    }
  });

  test("there are none for more dimensions", () => {
    expect(() => sobol(257)).toThrow("from 1 to 256, got 257");
    expect(() => sobol(0)).toThrow("from 1 to 256, got 0");
  });
});

describe.each([
  ["as it is", sobol(SOBOL_DIMENSIONS)],
  ["scrambled", scrambled(SOBOL_DIMENSIONS, 3)],
])("the sequence %s", (_, points) => {
  test("puts one point of each block of 2^k into each of 2^k equal parts, in every dimension", () => {
    for (const [start, count] of [
      [0, 1],
      [0, 16],
      [16, 16],
      [1536, 512],
      [7 * 2 ** 20, 256],
    ]) {
      const seen = Array.from({ length: SOBOL_DIMENSIONS }, () => new Set<number>());
      for (const point of first(points, SOBOL_DIMENSIONS, count, start)) {
        for (const [dimension, x] of point.entries()) seen[dimension].add(Math.floor(x * count));
      }
      expect(seen.every(({ size }) => size === count)).toBe(true);
    }
  });

  test("puts one of the first 64 into each dyadic box of area 1/64, in the first two dimensions", () => {
    const all = first(points, SOBOL_DIMENSIONS, 64);
    for (let bits = 0; bits <= 6; bits++) {
      const boxes = all.map(([x, y]) => Math.floor(x * 2 ** bits) * 64 + Math.floor(y * 2 ** (6 - bits)));
      expect(new Set(boxes).size).toBe(64);
    }
  });
});

describe("scrambling", () => {
  test("follows from the streams alone, and makes each point uniform and its coordinates independent", () => {
    expect(first(scrambled(4, 1), 4, 20)).toEqual(first(scrambled(4, 1), 4, 20));
    const [seeds, point] = [4000, new Float64Array(2)];
    const boxes = new Array<number>(16).fill(0);
    for (let seed = 0; seed < seeds; seed++) {
      const [x, y] = scrambled(2, seed)(5, point);
      boxes[Math.floor(4 * x) * 4 + Math.floor(4 * y)]++;
    }
    const expected = seeds / 16;
    const chi2 = boxes.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(chi2).toBeLessThan(37.7); // 99.9 % of 15 degrees of freedom
  });

  test("leaves means as they are and makes them far surer than independent points do", () => {
    // ∫ Π (½ + xⱼ) = 1 over [0, 1]⁵, where independent points have the variance ((1 + 1/12)⁵ − 1) / N
    const [d, n, repeats] = [5, 1024, 40];
    const means = Array.from({ length: repeats }, (_, seed) => {
      const all = first(scrambled(d, seed), d, n);
      return all.reduce((sum, point) => sum + point.reduce((product, x) => product * (0.5 + x), 1), 0) / n;
    });
    const mean = means.reduce((sum, value) => sum + value, 0) / repeats;
    const variance = means.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (repeats - 1);
    const independent = ((1 + 1 / 12) ** d - 1) / n;
    expect(variance).toBeLessThan(independent / 1000);
    expect(variance).toBeGreaterThan(0);
    expectClose((mean - 1) / Math.sqrt(variance / repeats), 0, { atol: 4 });
  });
});
