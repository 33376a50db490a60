import { describe, expect, test } from "vitest";
import { InputError } from "../errors/index.ts";
import { type KeyPart, stream } from "./stream.ts";

const first = (seed: number, ...path: KeyPart[]) => {
  const s = stream(seed, ...path);
  return [s.uint32(), s.uint32(), s.uint32(), s.uint32(), s.uint32()];
};

describe("a stream's name", () => {
  test("gives the same numbers each time, and these ones for good", () => {
    expect(first(1, "z", 5)).toEqual(first(1, "z", 5));
    expect(first(1, "z", 5)).toMatchInlineSnapshot(`
      [
        2132951095,
        45337914,
        1435857095,
        3368275721,
        2118887602,
      ]
    `);
  });

  test("tells all these paths apart", () => {
    const paths: KeyPart[][] = [
      [],
      [0],
      ["0"],
      [0, 0],
      [1],
      [-1],
      [2 ** 32],
      [2 ** 32 + 1],
      [-(2 ** 32)],
      [""],
      ["", ""],
    ];
    paths.push(["a"], ["a", "b"], ["ab"], ["a\0"], ["abcd"], ["abcde"], ["abcd", "e"], ["a", 1], [1, "a"], ["日本"]);
    const seeds = [0, 1, 2 ** 32, Number.MAX_SAFE_INTEGER];
    const all = seeds.flatMap((seed) => paths.map((path) => first(seed, ...path).join()));
    expect(new Set(all).size).toBe(seeds.length * paths.length);
  });

  test("spreads: 20,000 neighbouring names differ from one another in half of their bits", () => {
    let bits = 0;
    for (let i = 0; i < 20_000; i++) {
      let difference = stream(7, "s", i).uint32() ^ stream(7, "s", i + 1).uint32();
      for (; difference !== 0; difference &= difference - 1) bits++;
    }
    expect(Math.abs(bits / 20_000 - 16)).toBeLessThan(0.1); // standard error 0.02
  });

  test("refuses a seed that is not a whole number from 0, and a path of fractions", () => {
    for (const seed of [-1, 0.5, Number.NaN, 2 ** 53]) expect(() => stream(seed)).toThrow(InputError);
    expect(() => stream(1, 0.5)).toThrow("0.5");
  });
});

describe("the numbers", () => {
  test("uniform covers [0, 1) evenly in steps that float32 holds", () => {
    const s = stream(1, "uniform");
    const counts = new Float64Array(10);
    let inexact = 0;
    for (let i = 0; i < 100_000; i++) {
      const u = s.uniform();
      if (Math.fround(u) !== u) inexact++;
      counts[Math.floor(u * 10)]++;
    }
    expect(inexact).toBe(0);
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500); // 5 standard errors
  });

  test("integer reaches every value equally often, and a large n is not biased to small values", () => {
    const s = stream(1, "integer");
    const counts = new Float64Array(7);
    for (let i = 0; i < 70_000; i++) counts[s.integer(7)]++;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
    // n = ¾·2^32: `word % n` would give [0, 2^30) half of all draws; a third is fair.
    let low = 0;
    for (let i = 0; i < 30_000; i++) if (s.integer(3 * 2 ** 30) < 2 ** 30) low++;
    expect(Math.abs(low - 10_000)).toBeLessThan(450);
    expect(stream(1).integer(1)).toBe(0);
    expect(() => s.integer(0)).toThrow("got 0");
  });

  test("normal values have the moments and tails of the normal distribution", () => {
    const z = stream(3, "normal").fillNormal(new Float32Array(400_000));
    const moment = (p: number) => z.reduce((sum, v) => sum + v ** p, 0) / z.length;
    expect(Math.abs(moment(1))).toBeLessThan(0.008);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.012);
    expect(Math.abs(moment(3))).toBeLessThan(0.03);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.08);
    const beyond2 = z.reduce((n, v) => n + (Math.abs(v) > 2 ? 1 : 0), 0) / z.length;
    expect(Math.abs(beyond2 - 0.0455)).toBeLessThan(0.0017);
    let neighbours = 0;
    for (let i = 0; i + 1 < z.length; i++) neighbours += z[i] * z[i + 1];
    expect(Math.abs(neighbours / z.length)).toBeLessThan(0.008);
  });

  test("fillNormal is Box–Muller on the stream's words, to float32", () => {
    const z = stream(3, "pairs").fillNormal(new Float32Array(2000), 5, 3);
    const words = stream(3, "pairs");
    for (let i = 0; i < z.length; i += 2) {
      const r = Math.sqrt(-2 * Math.log((words.uint32() + 1) / 2 ** 32));
      const theta = (2 * Math.PI * words.uint32()) / 2 ** 32;
      expect(z[i]).toBeCloseTo(5 + 3 * r * Math.cos(theta), 5);
      expect(z[i + 1]).toBeCloseTo(5 + 3 * r * Math.sin(theta), 5);
    }
  });

  test("filling gives what drawing one by one gives, wherever the stream stands and whatever the length", () => {
    for (const length of [0, 1, 2, 3, 255, 256, 257, 1000]) {
      for (const drawn of [0, 1, 4, 6]) {
        const [one, all] = [stream(9, length, drawn), stream(9, length, drawn)];
        for (let i = 0; i < drawn; i++) expect(one.uint32()).toBe(all.uint32());
        const filled = all.fillUniform(new Float32Array(length), -1, 1);
        for (const value of filled) expect(value).toBe(one.uniform() * 2 - 1);
        expect(all.uint32()).toBe(one.uint32());
      }
    }
  });

  test("a normal drawn alone is the first of a filled pair", () => {
    expect(stream(2).normal()).toBe(stream(2).fillNormal(new Float32Array(1))[0]);
  });

  test("permutation holds each index once, and each order of three comes equally often", () => {
    expect([...stream(1).permutation(1000)].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    const seen = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = stream(1, i).permutation(3).join();
      seen.set(order, (seen.get(order) ?? 0) + 1);
    }
    expect(seen.size).toBe(6);
    for (const count of seen.values()) expect(Math.abs(count - 1000)).toBeLessThan(145); // 5 standard errors
  });
});
