// The Jensen-Shannon divergence of densities, of histograms, and of points on a grid.

import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { measureFeatures } from "../../test/metrics/of-features.ts";
import { InputError } from "../errors/index.ts";
import { stream } from "../random/index.ts";
import {
  countOnGrid,
  jensenShannon,
  jensenShannonBias,
  jensenShannonDivergence,
  jensenShannonOf,
} from "./jensen-shannon.ts";
import { Rows } from "./rows.ts";

const normalAt = (mean: number) => (x: number) => Math.exp(-((x - mean) ** 2) / 2) / Math.sqrt(2 * Math.PI);
const uniformFrom = (low: number) => (x: number) => (x >= low && x < low + 1 ? 1 : 0);

describe("of densities", () => {
  test.each([
    [0, 0],
    [0.5, 0.030311301],
    [1, 0.111421482],
    [2, 0.33683082],
    [4, 0.632720194],
    [8, 0.693053645],
  ])("N(0, 1) and N(%d, 1) is %d", (m, expected) => {
    const value = jensenShannonOf(normalAt(0), normalAt(m), -12, 12 + m);
    expectClose(value, expected, { atol: 5.1e-10 });
    expectClose(jensenShannonOf(normalAt(m), normalAt(0), -12, 12 + m), value, { atol: 1e-11 });
  });

  test("that lie apart is log 2, however far", () => {
    for (const gap of [1, 3.7]) {
      expectClose(jensenShannonOf(uniformFrom(0), uniformFrom(gap), 0, gap + 1), Math.LN2, { atol: 1e-9 });
    }
    expectClose(jensenShannonOf(normalAt(0), normalAt(60), -12, 72), Math.log(2), { atol: 1e-9 });
  });

  test("with jumps is found too: [0, 1] and [s, 1 + s] is s log 2", () => {
    for (const s of [0.3, 0.9]) {
      expectClose(jensenShannonOf(uniformFrom(0), uniformFrom(s), 0, 2), s * Math.log(2), { atol: 1e-9 });
    }
  });

  test.each([
    [0, -1.386294361],
    [0.5, -1.32567176],
    [1, -1.163451397],
    [2, -0.71263272],
    [4, -0.120853974],
    [8, -0.00018707],
  ])("gives what D's best game is worth, −log 4 + 2 JSD, of Gaussians %d apart", (m, worth) => {
    // V(D*) = E_p log D* + E_q log(1 − D*), D* = p / (p + q); by the rectangle rule
    const [p, q] = [normalAt(0), normalAt(m)];
    let value = 0;
    for (let x = -11; x < m + 11; x += 1e-3) {
      const both = p(x) + q(x);
      value += 1e-3 * (p(x) * Math.log(p(x) / both) + q(x) * Math.log(q(x) / both));
    }
    expectClose(-Math.log(4) + 2 * jensenShannonOf(p, q, -11, m + 11), value, { atol: 1e-9 });
    expectClose(value, worth, { atol: 5.1e-10 });
  });
});

describe("of histograms", () => {
  test("is 0 of equal shares, log 2 of bins that share nothing, and the formula's between", () => {
    expect(jensenShannon([1, 2, 0], [10, 20, 0])).toBe(0);
    expectClose(jensenShannon([3, 0, 1], [0, 9, 0]), Math.log(2), { atol: 1e-15 });
    // p = (1, 0), q = (½, ½), m = (¾, ¼)
    const expected = 0.5 * Math.log(4 / 3) + 0.5 * (0.5 * Math.log(2 / 3) + 0.5 * Math.log(2));
    expectClose(jensenShannon([4, 0], [1, 1]), expected, { atol: 1e-15 });
    expect(jensenShannon([1, 1], [4, 0])).toBe(jensenShannon([4, 0], [1, 1]));
  });

  test("of other lengths is a mistake", () => {
    expect(() => jensenShannon([1], [1, 2])).toThrow("1 and 2 bins");
  });

  test("of samples of one distribution is (B − 1)/8 (1/n₁ + 1/n₂) on average", () => {
    const [bins, n1, n2, draws] = [20, 1000, 3000, 400];
    const random = stream(1, "bins");
    const counts = (n: number) => {
      const found = new Float64Array(bins);
      for (let i = 0; i < n; i++) found[random.integer(bins)]++;
      return found;
    };
    const seen = Array.from({ length: draws }, () => jensenShannon(counts(n1), counts(n2)));
    const mean = seen.reduce((a, b) => a + b) / draws;
    const error = Math.sqrt(seen.reduce((sum, v) => sum + (v - mean) ** 2, 0)) / draws;
    const bias = jensenShannonBias(bins, n1, n2);
    expectClose(bias, (19 / 8) * (1 / 1000 + 1 / 3000), { atol: 1e-15 });
    expectClose(mean, bias, { atol: 3 * error });
  });
});

describe("on a grid", () => {
  test("points are counted in squares that have the outermost real ones in the middle, and beyond", () => {
    const real = new Rows(2, [Float32Array.of(0, 0, 2, 10), Float32Array.of(1, 5)]); // 3 squares of 1 × 5 along each side
    const made = new Rows(2, [Float32Array.of(-0.4, 2.4, 2.4, 12, 1.4, 2.6, 9, 90)]);
    expect(countOnGrid(real, made, 3)).toEqual([
      [1, 1, 1, 0],
      [1, 1, 1, 1],
    ]);
  });

  test("that real points give no width still tells points apart", () => {
    const real = new Rows(2, [new Float32Array(10)]);
    expect(countOnGrid(real, new Rows(2, [Float32Array.of(0.4, 0, 0.6, 0)]), 4)).toEqual([
      [5, 0],
      [1, 1],
    ]);
  });
});

describe("as a metric", () => {
  const uniform = (name: string, n: number, low = 0) =>
    stream(1, name).fillUniform(new Float32Array(2 * n), low, low + 1);

  test("is chance's alone of one distribution, and log 2 of sets apart", async () => {
    const of = async (made: Float32Array) =>
      measureFeatures(jensenShannonDivergence, {
        real: uniform("real", 4000),
        made,
        d: 2,
        options: { bins: 5 },
        batch: 999,
      });
    const { figures, protocol } = await of(uniform("made", 2000));
    // 25 squares, the outer ones half as wide
    expectClose(figures["jsd-bias"].value, jensenShannonBias(25, 4000, 2000), { atol: 1e-15 });
    const deviation = (figures["jsd-bias"].value * Math.sqrt(2)) / Math.sqrt(24);
    expectClose(figures.jsd.value, figures["jsd-bias"].value, { atol: 3 * deviation });
    expect(protocol).toBe("2,000 against 4,000, 5 × 5 squares");
    expectClose((await of(uniform("apart", 2000, 7))).figures.jsd.value, Math.log(2), { atol: 1e-12 });
  });

  test("refuses fewer points than tell anything", async () => {
    const few = { real: uniform("few", 99), made: uniform("made", 100), d: 2 };
    await expect(measureFeatures(jensenShannonDivergence, few)).rejects.toThrow(InputError);
    await expect(measureFeatures(jensenShannonDivergence, few)).rejects.toThrow("at least 100 real samples, got 99");
  });
});
