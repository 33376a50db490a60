import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { measureFeatures } from "../../test/metrics/of-features.ts";
import { stream } from "../random/index.ts";
import { intervalOfSubsets, kid, unbiasedMmd2 } from "./kid.ts";

const normal = (n: number, d: number, mean: number, ...path: (string | number)[]) =>
  stream(8, ...path).fillNormal(new Float32Array(n * d), mean);

/** MMD² of N(0, I) and N(m, I), M = |m|². */
const closedForm = (d: number, M: number) =>
  (3 * M) / d + (3 * M ** 2) / d ** 2 + (M ** 3 + 6 * M ** 2 + (3 * d + 6) * M) / d ** 3;

/** By its definition, rows as lists: with each row compared to itself too, or without. */
function plainMmd2(x: number[][], y: number[][], biased: boolean): number {
  const k = (a: number[], b: number[]) => (a.reduce((sum, value, i) => sum + value * b[i], 0) / a.length + 1) ** 3;
  const mean = (a: number[][], b: number[][]) => {
    const pairs = a.flatMap((p, i) => b.flatMap((q, j) => (a === b && i === j && !biased ? [] : [k(p, q)])));
    return pairs.reduce((sum, value) => sum + value, 0) / pairs.length;
  };
  return mean(x, x) + mean(y, y) - 2 * mean(x, y);
}

describe("unbiased MMD²", () => {
  test("of (1, 0), (0, 1) and (1, 1), (0, 0) is −2.375; biased it would be 0.5625", () => {
    expect(unbiasedMmd2(Float64Array.of(1, 0, 0, 1), Float64Array.of(1, 1, 0, 0), 2)).toBe(-2.375);
    const [x, y] = [
      [
        [1, 0],
        [0, 1],
      ],
      [
        [1, 1],
        [0, 0],
      ],
    ];
    expect([plainMmd2(x, y, false), plainMmd2(x, y, true)]).toEqual([-2.375, 0.5625]);
  });

  test("is that of its definition, of sets of different size", () => {
    const [x, y] = [normal(7, 5, 0, "x"), normal(12, 5, 1, "y")];
    const lists = (rows: Float32Array) =>
      Array.from({ length: rows.length / 5 }, (_, i) => [...rows.slice(i * 5, i * 5 + 5)]);
    const expected = plainMmd2(lists(x), lists(y), false);
    expectClose(unbiasedMmd2(Float64Array.from(x), Float64Array.from(y), 5), expected, { rtol: 1e-12 });
  });

  test.each([
    [64, 1, 7.14208984375],
    [16, 0.5, 1.029296875],
  ])(
    "sees three moments: 2·%i points with those of N(0, I), and of N(%d, I), give the Gaussians' %d",
    (d, m, expected) => {
      expect(closedForm(d, d * m * m)).toBe(expected);
      // ±√d along each axis: mean 0, covariance I, third moments 0.
      const points = (mean: number) =>
        Float64Array.from({ length: 2 * d * d }, (_, at) => {
          const [i, j] = [Math.floor(at / d), at % d];
          return mean + (i % d === j ? (i < d ? 1 : -1) * Math.sqrt(d) : 0);
        });
      const [x, y, n] = [points(0), points(m), 2 * d];
      // A mean over all pairs would be exact. This one is without k(x, x), which is more than others: each side lacks (that − mean)/(n − 1).
      const lacking = (rows: Float64Array) => {
        const sum = (p: number, q: number) => {
          let product = 0;
          for (let k = 0; k < d; k++) product += rows[p * d + k] * rows[q * d + k];
          return (product / d + 1) ** 3;
        };
        const [own, all] = [new Float64Array(n), new Float64Array(n)];
        for (let p = 0; p < n; p++) {
          own[p] = sum(p, p);
          for (let q = 0; q < n; q++) all[p] += sum(p, q) / n;
        }
        const mean = (values: Float64Array) => values.reduce((total, value) => total + value / n, 0);
        return (mean(own) - mean(all)) / (n - 1);
      };
      expectClose(unbiasedMmd2(x, y, d), expected - lacking(x) - lacking(y), { rtol: 1e-11 });
    },
  );
});

describe("KID", () => {
  test.each([
    [64, 1, 7.14208984375],
    [16, 0.5, 1.029296875],
  ])("of samples of N(0, I) and N(m, I), d %i, m %d, is %d", async (d, m, expected) => {
    const [n, size] = [800, 200];
    const values: number[] = [];
    for (let i = 0; i < 6; i++) {
      const { figures } = await measureFeatures(kid, {
        ...{ real: normal(n, d, 0, "real", i), made: normal(n, d, m, "made", i), d },
        options: { subsets: 6, size },
      });
      values.push(figures.kid.value);
    }
    const mean = values.reduce((sum, value) => sum + value / 6, 0);
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2 / 5, 0);
    expectClose(mean, expected, { atol: 3 * Math.sqrt(variance / 6) });
  });

  test("of a set with itself is near 0, not 0: subsets differ", async () => {
    const rows = normal(400, 8, 0, "self");
    const both = { real: rows, made: rows, d: 8 };
    const { figures } = await measureFeatures(kid, { ...both, options: { size: 100, subsets: 40 } });
    expect(figures.kid.value).not.toBe(0);
    expectClose(figures.kid.value, 0, { atol: 0.1 });
  });

  test.each([0, 0.4])("has an interval that holds the truth, of samples %d apart, 19 times in 20", async (shift) => {
    const [n, d, repeats] = [150, 4, 60];
    let hits = 0;
    for (let i = 0; i < repeats; i++) {
      const { figures } = await measureFeatures(kid, {
        ...{ real: normal(n, d, 0, `a ${shift}`, i), made: normal(n, d, shift, `b ${shift}`, i), d },
        options: { subsets: 20, size: 50 },
      });
      const [low, high] = figures.kid.interval!;
      const truth = closedForm(d, d * shift ** 2);
      if (low <= truth && truth <= high) hits++;
    }
    expect(hits).toBeGreaterThanOrEqual(53); // 57 on the whole, 1.7 standard deviations
  });

  test("has no interval where all subsets are the whole set, or there is but one", () => {
    expect(intervalOfSubsets([1, 2, 3], 50, 50)).toBeUndefined();
    expect(intervalOfSubsets([1], 50, 100)).toBeUndefined();
    const [low, high] = intervalOfSubsets([1, 3], 50, 100)!; // variance 2 of subsets: 2/2 of having two, 2·1 of having 100 samples
    expectClose([low, high], [2 - 1.959964 * Math.sqrt(3), 2 + 1.959964 * Math.sqrt(3)], { atol: 1e-5 });
  });

  test("says how it came about, and refuses fewer samples than a subset", async () => {
    const [real, made] = [normal(60, 3, 0, "r"), normal(50, 3, 0, "m")];
    const { protocol } = await measureFeatures(kid, { real, made, d: 3, options: { size: 20, subsets: 5 } });
    expect(protocol).toBe("50 against 60, 5 subsets of 20");
    await expect(measureFeatures(kid, { real, made, d: 3 })).rejects.toThrow(
      "--count: kid takes subsets of 1000 samples, got 60 real and 50 made. Pass --count 1000, or smaller subsets: --metrics kid:size=50.",
    );
  });
});
