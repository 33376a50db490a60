import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { type Both, measureFeatures } from "../../test/metrics/of-features.ts";
import { stream } from "../random/index.ts";
import { fid } from "./fid.ts";

const normal = (n: number, d: number, mean: number, ...path: (string | number)[]) =>
  stream(6, ...path).fillNormal(new Float32Array(n * d), mean);
const measured = async (both: Both) => {
  const { figures, protocol } = await measureFeatures(fid, both);
  return { ...figures.fid, protocol };
};

describe("FID", () => {
  test("of half of 100 points at (2, 1), half at (1, 1) against half at (9, 9), half at (2, 9): 980/11", async () => {
    const points = (...pairs: number[]) => Float32Array.from({ length: 200 }, (_, i) => pairs[i % 4]);
    const { value } = await measured({ real: points(2, 1, 1, 1), made: points(9, 9, 2, 9), d: 2, batch: 7 });
    expectClose(value, 980 / 11, { atol: 1e-10 });
  });

  test("of a set and itself is 0, in any order", async () => {
    const real = normal(200, 5, 1, "self");
    const made = Float32Array.from({ length: real.length }, (_, i) => real[(199 - Math.floor(i / 5)) * 5 + (i % 5)]);
    expectClose((await measured({ real, made, d: 5 })).value, 0, { atol: 1e-6 });
  });

  test("says how it came about", async () => {
    const { protocol } = await measured({ real: normal(1200, 2, 0, "real"), made: normal(50, 2, 0, "made"), d: 2 });
    expect(protocol).toBe("50 against 1,200; interval by the delta method");
  });

  test.each([0, 0.3])("has an interval that holds its mean, of samples %d apart, 19 times in 20", async (shift) => {
    const [n, d, repeats] = [120, 4, 60];
    const all: { value: number; interval?: readonly [number, number] }[] = [];
    for (let i = 0; i < repeats; i++) {
      all.push(
        await measured({ real: normal(n, d, 0, `a ${shift}`, i), made: normal(n, d, shift, `b ${shift}`, i), d }),
      );
    }
    const mean = all.reduce((sum, { value }) => sum + value / repeats, 0);
    const hits = all.filter(({ interval }) => interval![0] <= mean && mean <= interval![1]).length;
    expect(hits).toBeGreaterThanOrEqual(54); // 57 on the whole, 1.7 standard deviations
    const spread = Math.sqrt(all.reduce((sum, { value }) => sum + (value - mean) ** 2 / (repeats - 1), 0));
    const width = all.reduce((sum, { interval }) => sum + (interval![1] - interval![0]) / repeats, 0);
    expect(width / spread).toBeLessThan(8); // 4.5 of a normal one: it is no interval of everything
  });

  test("takes one sample more than there are features, and no fewer; so few have no interval", async () => {
    const of = (real: number, made: number) =>
      measured({ real: normal(real, 9, 0, "r"), made: normal(made, 9, 0, "m"), d: 9 });
    const { value, interval, protocol } = await of(10, 10);
    expect(Number.isFinite(value)).toBe(true);
    expect([interval, protocol]).toEqual([undefined, "10 against 10"]);
    await expect(of(9, 10)).rejects.toThrow("--count: fid needs at least 10 real samples, got 9. Pass --count 10");
    await expect(of(10, 9)).rejects.toThrow("at least 10 made samples, got 9");
  });
});
