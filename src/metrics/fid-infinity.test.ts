import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { measureFeatures } from "../../test/metrics/of-features.ts";
import { stream } from "../random/index.ts";
import { fid } from "./fid.ts";
import { extrapolate, fidInfinity, sizesUpTo } from "./fid-infinity.ts";

const normal = (n: number, d: number, mean: number, ...path: (string | number)[]) =>
  stream(7, ...path).fillNormal(new Float32Array(n * d), mean);

describe("the line", () => {
  test("has 15 sizes, evenly from a tenth of all samples, or from where covariances have full rank", () => {
    const paper = sizesUpTo(50_000, 2048);
    expect(paper.slice(0, 3)).toEqual([5000, 8214, 11_429]);
    expect([paper.length, paper.at(-1)]).toEqual([15, 50_000]);
    expect(sizesUpTo(10_000, 2048)[0]).toBe(2049);
    expect(new Set(sizesUpTo(100, 2)).size).toBe(15);
  });

  test("through points on a line gives its intercept, and is sure of it", () => {
    const sizes = sizesUpTo(2000, 10);
    const { value, interval } = extrapolate(
      sizes,
      sizes.map((size) => 3 + 40 / size),
    );
    expectClose([value, ...interval], [3, 3, 3], { atol: 1e-10 });
  });

  test("is the ordinary least-squares line", () => {
    // x = 1, ½, ¼ and y = 1, 2, 4: means 7/12 and 7/3, Σ(x − x̄)(y − ȳ) = −13/12, Σ(x − x̄)² = 7/24.
    const slope = -13 / 12 / (7 / 24);
    expectClose(extrapolate([1, 2, 4], [1, 2, 4]).value, 7 / 3 - (slope * 7) / 12, { atol: 1e-12 });
  });

  test("has an interval that holds the truth 19 times in 20, though each set of samples holds the smaller ones", () => {
    const [sizes, repeats] = [sizesUpTo(1000, 10), 1000];
    let hits = 0;
    for (let r = 0; r < repeats; r++) {
      const steps = normal(1, sizes.length, 0, "walk", r);
      let walk = 0;
      const distances = sizes.map((size, k) => {
        walk += steps[k] * Math.sqrt(size - (k === 0 ? 0 : sizes[k - 1]));
        return 2 + 30 / size + walk / size;
      });
      const { interval } = extrapolate(sizes, distances);
      if (interval[0] <= 2 && 2 <= interval[1]) hits++;
    }
    expectClose(hits / repeats, 0.95, { atol: 3 * Math.sqrt((0.95 * 0.05) / repeats) });
  });
});

describe("FID∞", () => {
  test.each([0, 0.1])(
    "of samples %d apart is that of endlessly many, where FID has the bias of a few",
    async (shift) => {
      const [d, n, all, repeats] = [10, 600, 12_000, 10];
      const real = normal(all, d, 0, "real");
      const off = (of: number[], expected: number) => {
        const mean = of.reduce((sum, value) => sum + value / repeats, 0);
        const variance = of.reduce((sum, value) => sum + (value - mean) ** 2 / (repeats - 1), 0);
        return (mean - expected) / Math.sqrt(variance / repeats); // in standard errors
      };
      const bias = (count: number) => d / count + (d * (d + 1)) / (4 * (count - 1));
      const expected = d * shift ** 2 + bias(all);
      const [few, endless]: number[][] = [[], []];
      for (let i = 0; i < repeats; i++) {
        const both = { real, made: normal(n, d, shift, `made ${shift}`, i), d, batch: 1000 };
        endless.push((await measureFeatures(fidInfinity, both)).figures["fid-infinity"].value);
        few.push((await measureFeatures(fid, both)).figures.fid.value);
      }
      expectClose(off(endless, expected), 0, { atol: 3 });
      expectClose(off(few, expected + bias(n)), 0, { atol: 3 });
      expect(off(few, expected)).toBeGreaterThan(5);
    },
  );

  test("says how it came about", async () => {
    const both = { real: normal(1200, 3, 0, "r"), made: normal(200, 3, 0, "m"), d: 3 };
    const { protocol } = await measureFeatures(fidInfinity, both);
    expect(protocol).toBe("200 against 1,200; 15 sizes from 20");
  });

  test("refuses too few samples, with the least number: made ones must span a line", async () => {
    const of = (real: number, made: number, d: number) =>
      measureFeatures(fidInfinity, { real: normal(real, d, 0, "r"), made: normal(made, d, 0, "m"), d });
    await expect(of(1000, 99, 2)).rejects.toThrow("at least 100 made samples, got 99");
    await expect(of(1000, 121, 60)).rejects.toThrow("at least 122 made samples, got 121");
    await expect(of(60, 200, 60)).rejects.toThrow("at least 61 real samples, got 60");
  });
});
