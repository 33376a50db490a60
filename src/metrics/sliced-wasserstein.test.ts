import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { type Both, measureFeatures } from "../../test/metrics/of-features.ts";
import { stream } from "../random/index.ts";
import { mind } from "./mind.ts";
import { squaredTransport } from "./sliced.ts";
import { slicedWasserstein } from "./sliced-wasserstein.ts";

const normal = (name: string, n: number, d: number, mean = 0, std = 1) =>
  stream(9, name).fillNormal(new Float32Array(n * d), mean, std);
const distance = async (both: Both) =>
  (await measureFeatures(slicedWasserstein, both)).figures["sliced-wasserstein"].value;
const mindOf = async (both: Both) => (await measureFeatures(mind, both)).figures.mind.value;

describe("squared transport on the line", () => {
  test("of sorted samples, as many of each, is their mean squared difference", () => {
    expectClose(squaredTransport([0, 1, 5], [1, 1, 8]), (1 + 0 + 9) / 3, { atol: 1e-12 });
  });

  test("of samples in other numbers is that of both repeated until they are as many", () => {
    const repeat = (values: number[], times: number) => values.flatMap((value) => Array<number>(times).fill(value));
    for (const [n, m] of [
      [1, 4],
      [4, 6],
      [7, 3],
    ]) {
      const [u, v] = [normal(`u/${n}`, n, 1).sort(), normal(`v/${m}`, m, 1).sort()];
      const expected = squaredTransport(repeat([...u], m), repeat([...v], n));
      expectClose(squaredTransport(u, v), expected, { rtol: 1e-12 });
    }
  });

  test("of Gaussians is (a − b)² + (s − t)²", () => {
    const [u, v] = [normal("u", 40_000, 1, 1, 2).sort(), normal("v", 30_000, 1, -2, 0.5).sort()];
    expectClose(squaredTransport(u, v), 9 + 2.25, { rtol: 0.02 });
  });
});

describe("the sliced Wasserstein distance", () => {
  test("of a shift of every number by s is s, of a set from itself 0, whatever the order", async () => {
    const [d, s] = [64, 3];
    const real = normal("real", 100, d);
    const made = real.map((value) => value + s);
    expectClose(await distance({ real, made, d }), s, { rtol: 0.1 });
    expect(await distance({ real, made: real, d })).toBe(0);
    const reversed = Float32Array.from({ length: real.length }, (_, i) => real[(99 - Math.floor(i / d)) * d + (i % d)]);
    expect(await distance({ real, made: reversed, d })).toBe(0);
  });

  test("is symmetric, grows with what is scaled, and stays under a common shift", async () => {
    const [real, made, d] = [normal("real", 200, 3), normal("made", 150, 3, 0.5, 2), 3];
    const there = await distance({ real, made, d });
    const by = (values: Float32Array, scale: number, shift: number) => values.map((value) => scale * value + shift);
    expectClose(await distance({ real: made, made: real, d }), there, { rtol: 1e-12 }, "back");
    expectClose(await distance({ real: by(real, 4, 0), made: by(made, 4, 0), d }), 4 * there, { rtol: 1e-6 }, "scaled");
    expectClose(await distance({ real: by(real, 1, 8), made: by(made, 1, 8), d }), there, { rtol: 1e-5 }, "shifted");
  });

  test("of points along the line x = y moved by (s, s) is s, for the lines at all angles alike", async () => {
    const real = Float32Array.of(0, 0, 1, 1, 2, 2);
    expectClose(await distance({ real, made: real.map((v) => v + 5), d: 2 }), 5, { rtol: 0.05 });
  });

  test("is the same to the last bit, however the samples come", async () => {
    const both = { real: normal("one", 130, 5), made: normal("other", 150, 5, 0.4), d: 5, options: { directions: 33 } };
    const whole = await measureFeatures(slicedWasserstein, both);
    expect(whole.protocol).toBe("150 against 130, 33 directions of the plane");
    for (const batch of [1, 37]) {
      expect(await measureFeatures(slicedWasserstein, { ...both, batch })).toEqual(whole);
    }
  });
});

describe("MIND", () => {
  test.each([1, 3])("of Gaussians apart by %i in each of d features is 3 d of its square, to a tenth", async (s) => {
    const [n, d] = [4000, 16];
    const value = await mindOf({
      real: normal("real", n, d),
      made: normal("made", n, d, s),
      d,
      options: { directions: 300 },
    });
    expectClose(value, 3 * d * s * s, { rtol: 0.1 });
  });

  test("is 0 for equal features, and the same to the last bit with the sides changed and in batches", async () => {
    const both = { real: normal("real", 90, 4), made: normal("made", 90, 4, 0.5), d: 4, options: { directions: 50 } };
    expect(await mindOf({ ...both, made: both.real })).toBe(0);
    const value = await mindOf(both);
    expect(await mindOf({ ...both, real: both.made, made: both.real })).toBe(value);
    expect(await mindOf({ ...both, batch: 7 })).toBe(value);
  });
});
