// Mode coverage: what a perfect generator has, and how failures show.

import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { findDataset } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import { stream } from "../random/index.ts";
import type { MetricForm } from "./metric.ts";
import { type Mixture, modeCoverage, modesOf } from "./modes.ts";

const ring = findDataset("ring")!.mixture!;
const grid = findDataset("grid")!.mixture!;

/** `count` points of a mixture, each mode `width` times as wide as it should be, sample i at mode `at(i)`, or any. */
function drawn(
  { centres, sigma }: Mixture,
  count: number,
  { width = 1, at, draw = 0 }: { width?: number; at?: (i: number) => number; draw?: number } = {},
) {
  const random = stream(3, "modes", draw);
  const points = new Float32Array(2 * count);
  for (let i = 0; i < count; i++) {
    const centre = centres[at?.(i) ?? random.integer(centres.length)];
    for (let c = 0; c < 2; c++) points[2 * i + c] = centre[c] + width * sigma * random.normal();
  }
  return points;
}

describe("a perfect generator", () => {
  test.each([
    ["ring", ring, 0.0014],
    ["grid", grid, 0.0048],
  ])(
    "on the %s finds and holds every mode, with 98.9 % good samples and only chance's reverse KL",
    (_, mixture, floor) => {
      const draws = 40;
      const N = 2500;
      const of = Array.from({ length: draws }, (_, draw) => modesOf(drawn(mixture, N, { draw }), mixture));
      const mean = (key: keyof (typeof of)[number]) => of.reduce((sum, figures) => sum + figures[key], 0) / draws;
      for (const { modes, held } of of) expect([modes, held]).toEqual([mixture.centres.length, mixture.centres.length]);
      const ideal = 1 - Math.exp(-4.5);
      expectClose(100 * ideal, 98.8891, { atol: 5e-5 });
      expectClose(mean("good"), 100 * ideal, { atol: 3 * 100 * Math.sqrt((ideal * (1 - ideal)) / N / draws) });
      expectClose(mean("reverseKl"), floor, { atol: 3 * floor * Math.sqrt(2 / (mixture.centres.length - 1) / draws) });
      expectClose(mean("variance"), 1, { atol: 3 / Math.sqrt(N * draws) }); // Σr²/2 has a variance of less than 1 for each
    },
  );

  test("has 86.466 % of its mass within 2σ and 99.9665 % within 4σ: seen as modes wider and narrower than they are", () => {
    const points = drawn(ring, 200_000);
    for (const [reach, share] of [
      [2, 0.86466],
      [4, 0.999665],
    ]) {
      const { good } = modesOf(points, { ...ring, sigma: (ring.sigma * reach) / 3 });
      expectClose(good / 100, share, { atol: 3 * Math.sqrt((share * (1 - share)) / 200_000) });
    }
  });
});

test("modes that are too narrow or too wide show in the variance", () => {
  expectClose(modesOf(drawn(grid, 20_000, { width: 0.5 }), grid).variance, 0.25 / 0.94945, { atol: 0.01 }); // hardly any is cut off
  expect(modesOf(drawn(grid, 20_000, { width: 0.5 }), grid).good).toBeGreaterThan(99.9);
  const wide = modesOf(drawn(grid, 20_000, { width: 1.5 }), grid);
  expect(wide.variance).toBeGreaterThan(1.3);
  // 1 − e^(−9 / (2 · 1.5²))
  expectClose(wide.good, 100 * (1 - Math.exp(-2)), { atol: 1 });
});

test("a mode apart from its centre has the variance about its own mean", () => {
  const points = drawn(ring, 4000, { width: 0.1, at: () => 0 }).map((value) => value + ring.sigma);
  expectClose(modesOf(points, ring).variance, 0.01 / 0.94945, { atol: 0.001 });
});

test("collapse onto one mode: 1 found, 1 held, log K, none in the emptiest", () => {
  const { modes, held, reverseKl, massRatio } = modesOf(drawn(ring, 2500, { at: () => 5 }), ring);
  expect([modes, held, massRatio]).toEqual([1, 1, 0]);
  expectClose(reverseKl, Math.log(8), { atol: 1e-12 });
});

test("a mode with less than a fifth of its share is found, not held", () => {
  // Of 2,500 samples a fair share is 100, a fifth of it 20; not all of a mode's samples are good.
  const of = (few: number) => modesOf(drawn(grid, 2500, { width: 0.5, at: (i) => (i < few ? 0 : 1 + (i % 24)) }), grid);
  expect([of(19).modes, of(19).held]).toEqual([25, 24]);
  expect([of(20).modes, of(20).held]).toEqual([25, 25]);
  expectClose(of(20).massRatio, 20 / 105, { atol: 0.02 });
});

test("points anywhere else find nothing, and that is the worst of figures", () => {
  const { modes, held, good, reverseKl, massRatio, variance } = modesOf(new Float32Array(200).fill(50), ring);
  expect([modes, held, good, massRatio, variance]).toEqual([0, 0, 0, 0, 0]);
  expect(reverseKl).toBe(Math.log(8));
});

test("a ring of angles from 0 to 2π with both ends has seven modes: eight are refused, and one has the mass of two", () => {
  const at = (k: number) => {
    const angle = (2 * Math.PI * k) / 7; // as linspace(0, 2π, 8) gives: the eighth lies on the first
    return [Math.SQRT2 * Math.cos(angle), Math.SQRT2 * Math.sin(angle)] as const;
  };
  const eight: Mixture = { centres: Array.from({ length: 8 }, (_, k) => at(k)), sigma: ring.sigma };
  const points = drawn(eight, 80_000);
  expect(() => modesOf(points, eight)).toThrow(InputError);
  expect(() => modesOf(points, eight)).toThrow("modes 0 and 7 of 8 are in one place");
  const seven = modesOf(points, { ...eight, centres: eight.centres.slice(0, 7) });
  expect(seven.modes).toBe(7);
  expectClose(seven.massRatio, 0.5, { atol: 0.02 });
  // KL((2/8, 1/8, …) ‖ 1/7) = log 7 − H
  expectClose(seven.reverseKl, Math.log(7) + 0.25 * Math.log(0.25) + 0.75 * Math.log(0.125), { atol: 0.003 });
  // The other way round, a generator of that ring meets one mode of the right one.
  expect(modesOf(points, ring).modes).toBe(1);
});

describe("as a metric", () => {
  const form = (made: number): MetricForm => ({
    ...{ kind: "points", shape: [2], counts: { real: 0, made }, labels: [], modes: ring, seed: 1 },
  });

  test("gives the same figures in batches, with an interval and what chance would give", async () => {
    const points = drawn(ring, 2500);
    const measuring = modeCoverage.begin(form(2500), {});
    for (let i = 0; i < 2500; i += 300) {
      const values = points.subarray(2 * i, 2 * (i + 300));
      measuring.add("made", { count: values.length / 2, values });
    }
    const { figures, protocol } = await measuring.finish();
    const all = modesOf(points, ring);
    expect(Object.values(figures).map(({ value }) => value)).toEqual(Object.values(all));
    const [low, high] = figures.good.interval!;
    expect(low).toBeLessThan(98.8891);
    expect(high).toBeGreaterThan(98.8891);
    expect(high - low).toBeLessThan(1);
    expect(protocol).toBe("2,500 samples, within 3σ; reverse KL by chance 0.0014");
  });

  test("refuses fewer samples than can be held against a fair share, and what is no number", () => {
    expect(() => modeCoverage.begin(form(39), {})).toThrow(InputError);
    expect(() => modeCoverage.begin(form(39), {})).toThrow("--count 40");
    const measuring = modeCoverage.begin(form(40), {});
    measuring.add("made", { count: 2, values: Float32Array.of(0, 0, 0, 0) });
    const broken = () => measuring.add("made", { count: 1, values: Float32Array.of(0, Number.NaN) });
    expect(broken).toThrow("made sample 2 holds NaN");
  });
});
