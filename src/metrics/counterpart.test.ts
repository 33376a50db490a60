import { expect, test } from "vitest";
import { InputError } from "../errors/index.ts";
import { counterpart } from "./counterpart.ts";
import type { Figure, MetricForm } from "./metric.ts";
import { ssim } from "./ssim.ts";

const shape = [1, 2, 2] as const;
const form: MetricForm = { kind: "images", shape, input: shape, counts: { real: 0, made: 2 }, labels: [], seed: 1 };

/** Two pictures of 2 × 2 pixels, plain. */
const plain = (one: number, other: number) => Float32Array.of(one, one, one, one, other, other, other, other);

async function figuresOf(
  values: Float32Array,
  given: { inputs: Float32Array; counterparts: Float32Array },
  of: MetricForm = form,
): Promise<Readonly<Record<string, Figure>>> {
  const measuring = counterpart.begin(of, {});
  measuring.add("made", { count: 2, values, ...given });
  return (await measuring.finish()).figures;
}

test("a perfect translation is 0 away, and wholly alike", async () => {
  const truth = Float32Array.of(-1, 0.5, 0, 1, 0.25, -0.5, 1, -1);
  const figures = await figuresOf(truth.slice(), { inputs: plain(0, 0), counterparts: truth });
  expect(figures["counterpart-l1"]).toEqual({ value: 0, interval: [0, 0] });
  expect(figures["counterpart-ssim"].value).toBeCloseTo(1, 12);
  expect(figures["counterpart-unchanged"].value).toBe((2.5 / 4 + 2.75 / 4) / 2);
});

test("leaving pictures as they are gives exactly the figure to beat", async () => {
  const inputs = plain(0.5, -0.25);
  const figures = await figuresOf(inputs.slice(), { inputs, counterparts: plain(-1, 1) });
  expect(figures["counterpart-unchanged"]).toEqual(figures["counterpart-l1"]);
  expect(figures["counterpart-l1"].value).toBe((1.5 + 1.25) / 2);
});

test("the L1 is a mean over pictures, from 0 to 2, and its interval that of a mean", async () => {
  const figures = await figuresOf(plain(1, 0), { inputs: plain(0, 0), counterparts: plain(-1, 0) });
  const { value, interval } = figures["counterpart-l1"];
  expect(value).toBe(1); // of 2 and 0, whose mean's variance is ½ · 2
  expect(interval![0]).toBeCloseTo(1 - 1.959963984540054, 12);
  expect(interval![1]).toBeCloseTo(1 + 1.959963984540054, 12);
});

test("where the two sides have other forms, nothing can be left unchanged", async () => {
  const wide = { ...form, input: [3, 2, 2] };
  const figures = await figuresOf(plain(0, 0), { inputs: new Float32Array(24), counterparts: plain(0, 0) }, wide);
  expect(Object.keys(figures)).toEqual(["counterpart-l1", "counterpart-ssim"]);
});

test("translations that are no numbers are refused", async () => {
  const given = { inputs: plain(0, 0), counterparts: plain(0, 0) };
  await expect(figuresOf(plain(0, Number.NaN), given)).rejects.toThrow(InputError);
});

test("SSIM of plain pictures is its luminance term alone", () => {
  const [a, b] = [Float32Array.of(1, 1, 1, 1), Float32Array.of(2, 2, 2, 2)];
  const c1 = (0.01 * 2) ** 2;
  expect(ssim(a, b, shape, 2)).toBeCloseTo((2 * 2 + c1) / (1 + 4 + c1), 12);
});

test("SSIM of opposite pictures is below 0, of equal ones 1", () => {
  const image = Float32Array.of(0, 2, 2, 0);
  expect(ssim(image, image, shape, 2)).toBeCloseTo(1, 12);
  expect(ssim(image, Float32Array.of(2, 0, 0, 2), shape, 2)).toBeLessThan(-0.9);
});
