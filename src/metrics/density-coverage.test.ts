import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { type Both, measureFeatures } from "../../test/metrics/of-features.ts";
import { stream } from "../random/index.ts";
import { coverageOfAlike, densityAndCoverage, densityCoverage } from "./density-coverage.ts";
import { Rows } from "./rows.ts";

const normal = (name: string, n: number, d: number, mean = 0, std = 1) =>
  stream(3, name).fillNormal(new Float32Array(n * d), mean, std);
const figuresOf = async (both: Both) => (await measureFeatures(densityCoverage, both)).figures;

/** Mean and its standard error. */
function meanAndError(values: readonly number[]): { mean: number; error: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (values.length - 1) / values.length) };
}

test.each([
  { n: 10_000, m: 10_000, k: 5, coverage: 0.9687734 },
  { n: 1000, m: 1000, k: 5, coverage: 0.9689841 },
  { n: 1000, m: 1000, k: 3, coverage: 0.8753751 },
  { n: 100, m: 100, k: 5, coverage: 0.9710697 },
  { n: 2, m: 1, k: 1, coverage: 1 / 2 },
])("alike samples cover $coverage of $n by $m, k = $k", ({ n, m, k, coverage }) => {
  expectClose(coverageOfAlike(n, m, k), coverage, { atol: 5e-8 });
});

describe("density and coverage", () => {
  // Whatever the law, so long as it is continuous: a Gaussian, and one with no mean.
  const laws = {
    "a Gaussian of 2 dimensions": (name: string, n: number) => new Rows(2, [normal(name, n, 2)]),
    "a Cauchy law of 3 dimensions": (name: string, n: number) => {
      const [over, under] = [normal(`${name}/over`, n, 3), normal(`${name}/under`, n, 3)];
      return new Rows(3, [over.map((value, i) => value / under[i])]);
    },
  };
  describe.each(Object.entries(laws))("of samples of %s", (_, draw) => {
    test.each([
      { n: 100, m: 100, k: 5, draws: 100 },
      { n: 200, m: 60, k: 3, draws: 100 },
      { n: 1000, m: 1000, k: 5, draws: 6 },
      { n: 1000, m: 1000, k: 3, draws: 6 },
    ])("by others of the same are 1 and the closed form: $n by $m, k = $k", ({ n, m, k, draws }) => {
      const seen = Array.from({ length: draws }, (_, i) =>
        densityAndCoverage(draw(`real/${n}/${i}`, n), draw(`made/${m}/${i}`, m), k),
      );
      const density = meanAndError(seen.map((each) => each.density.value));
      expectClose(density.mean, 1, { atol: 3 * density.error }, "density");
      expect(density.error).toBeLessThan(0.02);
      const coverage = meanAndError(seen.map((each) => each.coverage.value));
      expectClose(coverage.mean, coverageOfAlike(n, m, k), { atol: 3 * coverage.error }, "coverage");
      expect(coverage.error).toBeLessThan(0.01);
    });
  });

  test("are what counting by hand gives", async () => {
    // Real 0, 1, 3, 7: the second neighbours are 3, 2, 3 and 6 away. Made 2.5 lies in balls 0, 1, 2 and 7; −2.5 in that of 0; 20 in none.
    const { density, coverage } = await figuresOf({
      real: Float32Array.of(0, 1, 3, 7),
      made: Float32Array.of(2.5, -2.5, 20),
      d: 1,
      options: { k: 2 },
    });
    expectClose(density.value, (4 + 1 + 0) / (2 * 3), { atol: 1e-12 }, "density");
    expect(coverage.value).toBe(1);
  });

  test("leave out the edge of a ball: a copy of samples that are all equal is in none of their balls of radius 0", async () => {
    const real = Float32Array.of(1, 1, 1, 1, 8, 9, 12, 14);
    const { density, coverage } = await figuresOf({ real, made: Float32Array.of(1, 1), d: 1, options: { k: 3 } });
    expect([density.value, coverage.value]).toEqual([0, 0]);
    // At 8: in the balls of 8 and 9, radii 6 and 5; on the edges of those of 12 and 14, radii 4 and 6.
    const other = await figuresOf({ real, made: Float32Array.of(8, 8), d: 1, options: { k: 3 } });
    expectClose(other.density.value, 2 / 3, { atol: 1e-12 });
    expect(other.coverage.value).toBe(2 / 8);
  });

  test("of made samples on one spot in the data's midst are high density and low coverage", async () => {
    const { density, coverage } = await figuresOf({
      real: normal("data", 300, 2),
      made: normal("spot", 300, 2, 0, 0.01),
      d: 2,
    });
    expect(density.value).toBeGreaterThan(0.5);
    expect(coverage.value).toBeLessThan(0.1);
  });

  test("are the same to the last bit, however the samples come", async () => {
    const both = { real: normal("one", 130, 5), made: normal("other", 150, 5, 0.4), d: 5 };
    const whole = await measureFeatures(densityCoverage, both);
    for (const batch of [1, 37]) expect(await measureFeatures(densityCoverage, { ...both, batch })).toEqual(whole);
  });

  test("say what alike samples would cover", async () => {
    const both = { real: normal("real", 100, 1), made: normal("made", 100, 1), d: 1 };
    expect((await measureFeatures(densityCoverage, both)).protocol).toBe(
      "100 against 100, k 5; alike ones cover 0.971",
    );
  });
});
