// The error of a Fréchet distance against the two things that it stands for: what leaving samples out does, and the spread over other samples.

import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { stream } from "../random/index.ts";
import { frechetDistance } from "./frechet.ts";
import { frechetEstimate } from "./frechet-error.ts";
import { Moments } from "./moments.ts";

/** [n, d] of one side: correlated, of unequal variances; made ones apart by `shift`, and wider. Squared, they are skewed and have heavy tails. */
function draw(side: "real" | "made", n: number, d: number, shift: number, squared: boolean, repeat: number) {
  const rows = stream(4, side, n, d, repeat).fillNormal(new Float32Array(n * d));
  const far = side === "made" ? shift : 0;
  for (let at = 0; at < rows.length; at += d) {
    for (let j = d - 1; j >= 0; j--) {
      const value = (rows[at + j] + 0.5 * rows[at + (j >> 1)]) * (1 + (j % 3 === 0 ? far : 0)) + (j % 2 ? far : 0);
      rows[at + j] = (squared ? value ** 2 : value) / Math.sqrt(1 + j);
    }
  }
  return rows;
}

function momentsOf(rows: Float32Array, d: number, without = -1): Moments {
  const moments = new Moments(d);
  moments.add(without < 0 ? rows : rows.subarray(0, without * d));
  if (without >= 0) moments.add(rows.subarray((without + 1) * d));
  return moments;
}

const seen = (rows: Float32Array, d: number, some = rows) => {
  const moments = momentsOf(rows, d);
  return {
    count: rows.length / d,
    mean: moments.mean,
    covariance: moments.covariance(),
    some,
  };
};

const distance = (a: Moments, b: Moments) => frechetDistance(a.mean, a.covariance(), b.mean, b.covariance());
const varianceOf = (values: readonly number[]) => {
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  return values.reduce((sum, value) => sum + (value - mean) ** 2 / (values.length - 1), 0);
};

describe("the standard error of a Fréchet distance", () => {
  test.each([
    [16, 120, false],
    [16, 120, true],
    [64, 100, false],
  ])(
    "with sides far apart is the jackknife's, which leaves each sample out in turn: %i features, %i samples",
    (d, n, squared) => {
      const [real, made] = [draw("real", n, d, 2, squared, 0), draw("made", n, d, 2, squared, 0)];
      const [ofReal, ofMade] = [momentsOf(real, d), momentsOf(made, d)];
      const without = Array.from({ length: n }, (_, i) => i);
      const jackknife = [
        without.map((i) => distance(momentsOf(real, d, i), ofMade)),
        without.map((i) => distance(ofReal, momentsOf(made, d, i))),
      ].reduce((sum, values) => sum + ((n - 1) ** 2 / n) * varianceOf(values), 0);
      const { value, variance } = frechetEstimate(seen(real, d), seen(made, d));
      expectClose(value, distance(ofReal, ofMade), { rtol: 1e-9 });
      expectClose(Math.sqrt(variance), Math.sqrt(jackknife), { rtol: 0.06 });
    },
  );

  test.each([
    [16, 200, 0, false, 100],
    [16, 200, 0.2, false, 100],
    [16, 400, 0.2, true, 100],
    [32, 40, 0, false, 100],
    [64, 320, 0, false, 40],
    [64, 320, 0.3, false, 40],
  ])("is the spread over other samples: %i features, %i samples, %d apart", (d, n, shift, squared, repeats) => {
    const all = Array.from({ length: repeats }, (_, i) =>
      frechetEstimate(seen(draw("real", n, d, shift, squared, i), d), seen(draw("made", n, d, shift, squared, i), d)),
    );
    const spread = Math.sqrt(varianceOf(all.map(({ value }) => value)));
    const error = Math.sqrt(all.reduce((sum, { variance }) => sum + variance / repeats, 0));
    expectClose(error / spread, 1, { atol: 0.2 + 1.5 / Math.sqrt(2 * repeats) }); // what so few repeats tell of a spread
  });

  test("is known from a part of the samples", () => {
    const [d, n] = [16, 4000];
    const [real, made] = [draw("real", n, d, 0.5, false, 0), draw("made", n, d, 0.5, false, 0)];
    const whole = frechetEstimate(seen(real, d), seen(made, d));
    const part = frechetEstimate(seen(real, d, real.subarray(0, 500 * d)), seen(made, d, made.subarray(0, 700 * d)));
    expect(part.value).toBe(whole.value);
    expectClose(Math.sqrt(part.variance), Math.sqrt(whole.variance), { rtol: 0.1 });
  });

  test("is a number where features are dead, where a side has collapsed to a point, and where both have", () => {
    const [d, n] = [8, 60];
    const real = draw("real", n, d, 0, false, 0).map((value, i) => (i % d === 3 ? 0.5 : value));
    const made = draw("made", n, d, 0.5, false, 0).map((value, i) => (i % d === 3 ? 0.5 : value));
    const point = new Float32Array(n * d).fill(0.25);
    for (const [a, b] of [
      [real, made],
      [real, point],
      [point, real],
      [point, point],
    ]) {
      const { value, variance } = frechetEstimate(seen(a, d), seen(b, d));
      expectClose(value, distance(momentsOf(a, d), momentsOf(b, d)), { atol: 1e-9 });
      expect(variance).toBeGreaterThanOrEqual(0);
      expect(variance).toBeLessThan(Number.POSITIVE_INFINITY);
    }
  });
});
