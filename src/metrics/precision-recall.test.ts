import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { type Both, measureFeatures } from "../../test/metrics/of-features.ts";
import { InputError } from "../errors/index.ts";
import { stream } from "../random/index.ts";
import { precisionRecall } from "./precision-recall.ts";

const normal = (name: string, n: number, d: number, mean = 0, std = 1) =>
  stream(2, name).fillNormal(new Float32Array(n * d), mean, std);
const figuresOf = async (both: Both) => (await measureFeatures(precisionRecall, both)).figures;

/** The share of points [n, d] that lie in a ball of one of `centres`, by sorting every distance. */
function shareWithin(points: Float32Array, centres: Float32Array, d: number, k: number): number {
  const row = (rows: Float32Array, i: number) => rows.subarray(i * d, (i + 1) * d);
  const distance = (a: Float32Array, b: Float32Array) => Math.hypot(...a.map((value, i) => value - b[i]));
  const indices = (rows: Float32Array) => Array.from({ length: rows.length / d }, (_, i) => i);
  const radii = indices(centres).map(
    (i) =>
      indices(centres)
        .filter((j) => j !== i)
        .map((j) => distance(row(centres, i), row(centres, j)))
        .sort((a, b) => a - b)[k - 1],
  );
  const within = indices(points).filter((p) =>
    indices(centres).some((i) => distance(row(points, p), row(centres, i)) <= radii[i]),
  );
  return within.length / indices(points).length;
}

describe("improved precision and recall", () => {
  test.each([1, 3])("are the shares that brute force finds, k = %i", async (k) => {
    const [real, made, d] = [normal("real", 60, 3), normal("made", 45, 3, 0.6, 0.7), 3];
    const { precision, recall } = await figuresOf({ real, made, d, options: { k } });
    expectClose(precision.value, shareWithin(made, real, d, k), { atol: 1e-12 }, "precision");
    expectClose(recall.value, shareWithin(real, made, d, k), { atol: 1e-12 }, "recall");
  });

  test("change places with the sides", async () => {
    const [a, b] = [normal("a", 200, 4), normal("b", 150, 4, 0.5, 0.6)];
    const there = await figuresOf({ real: a, made: b, d: 4 });
    const back = await figuresOf({ real: b, made: a, d: 4 });
    expect(there.precision.value).toBe(back.recall.value);
    expect(there.recall.value).toBe(back.precision.value);
    expect(there.precision.value).not.toBe(there.recall.value);
  });

  test("of a generator that keeps to a tenth of the data's width: precise, and recalls little", async () => {
    const { precision, recall } = await figuresOf({
      real: normal("wide", 200, 16, 0, 3),
      made: normal("narrow", 200, 16, 0, 0.1),
      d: 16,
    });
    expect(precision.value).toBeGreaterThan(0.8);
    expect(recall.value).toBeLessThan(0.3);
  });

  test("are 1 for equal sets and 0 for sets apart", async () => {
    const [a, b] = [normal("same", 40, 2), normal("apart", 40, 2, 100)];
    const same = await figuresOf({ real: a, made: a, d: 2 });
    expect([same.precision.value, same.recall.value]).toEqual([1, 1]);
    const apart = await figuresOf({ real: a, made: b, d: 2 });
    expect([apart.precision.value, apart.recall.value]).toEqual([0, 0]);
  });

  test("count the edge of a ball: a copy of samples that are all equal lies in their balls of radius 0", async () => {
    const real = Float32Array.of(1, 1, 1, 1, 8, 9, 12, 14);
    const { precision } = await figuresOf({ real, made: Float32Array.of(1, 1, 1, 1.5), d: 1, options: { k: 3 } });
    expect(precision.value).toBe(3 / 4);
  });

  test("are the same to the last bit, however the samples come", async () => {
    const both = { real: normal("one", 130, 5), made: normal("other", 150, 5, 0.4), d: 5 };
    const whole = await measureFeatures(precisionRecall, both);
    for (const batch of [1, 37]) expect(await measureFeatures(precisionRecall, { ...both, batch })).toEqual(whole);
  });

  test("have intervals that are wider than of independent samples, and none of very few samples", async () => {
    const both = { real: normal("real", 400, 2), made: normal("made", 400, 2, 0.7), d: 2 };
    const { precision } = await figuresOf(both);
    const [low, high] = precision.interval!;
    expect(low).toBeLessThan(precision.value);
    expect(high).toBeGreaterThan(precision.value);
    expect(high).toBeLessThan(1);
    expect(high - low).toBeGreaterThan(2 * 1.96 * Math.sqrt((precision.value * (1 - precision.value)) / 400));
    const few = { ...both, real: both.real.subarray(0, 2 * 50), made: both.made.subarray(0, 2 * 50) };
    expect((await figuresOf(few)).precision.interval).toBeUndefined();
  });

  test("say how many samples and which neighbour", async () => {
    const both = { real: normal("real", 1200, 1), made: normal("made", 10, 1), d: 1, options: { k: 4 } };
    expect((await measureFeatures(precisionRecall, both)).protocol).toBe("10 against 1,200, k 4");
  });

  test("refuse fewer samples than a ball needs, naming the least number", async () => {
    const both = { real: normal("real", 3, 2), made: normal("made", 9, 2), d: 2 };
    await expect(measureFeatures(precisionRecall, both)).rejects.toThrow(InputError);
    await expect(measureFeatures(precisionRecall, both)).rejects.toThrow(
      "--count: precision-recall needs at least 4 real samples, got 3. Pass --count 4 or more.",
    );
  });
});
