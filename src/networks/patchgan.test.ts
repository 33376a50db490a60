import { describe, expect, test } from "vitest";
import { applyTo } from "../../test/scope.ts";
import { InputError } from "../errors/index.ts";
import { constant, type Shape, sizeOf, topologicalOrder } from "../graph/index.ts";
import { type AnyModule, type Variable, variablesOf } from "../nn/index.ts";
import { stream } from "../random/index.ts";
import type { NetworkSpec } from "./network.ts";
import { patchGan, type ReceptiveField, widestField } from "./patchgan.ts";

const variables = ({ module }: NetworkSpec): Map<string, Variable> => variablesOf(module as unknown as AnyModule);
const parameterCount = (spec: NetworkSpec) =>
  [...variables(spec).values()].reduce((sum, { role, shape }) => sum + (role === "parameter" ? sizeOf(shape) : 0), 0);

const square = (size: number, channels = 3): Shape => [channels, size, size];
const build = (receptiveField: ReceptiveField, size: number, width = 1, channels = 1) =>
  patchGan({ width, sample: square(size, channels), receptiveField, norm: "batch" });
const scoresOf = (spec: NetworkSpec) => applyTo(spec.module, [2, ...spec.inputShape], []).y;

/** Pixels across what one score sees, from the layers: each widens it by kernel − 1 steps of the strides before it. */
function fieldOf(spec: NetworkSpec): number {
  return topologicalOrder([scoresOf(spec)])
    .flatMap((node) =>
      node.is("conv") ? [{ kernel: node.inputs[1].shape[2], stride: node.attributes.strides[0] }] : [],
    )
    .reduceRight((field, { kernel, stride }) => (field - 1) * stride + kernel, 1);
}

/** Pixels across what the score in the middle depends on, by the gradient. */
function fieldByGradient(spec: NetworkSpec, size: number): { height: number; width: number } {
  const values = Object.fromEntries(
    [...variables(spec)].map(([path, { shape }]) => [
      path,
      path.endsWith("weight") || path.endsWith("var")
        ? stream(1, path).fillUniform(new Float32Array(sizeOf(shape)), 0.5, 1.5)
        : new Float32Array(sizeOf(shape)),
    ]),
  );
  const noise = stream(1, "picture").fillNormal(new Float32Array(size * size));
  // With running statistics: the batch's own would tie every pixel to every other.
  const { x, y, gradientOf } = applyTo(spec.module, [1, 1, size, size], noise, { values, training: false });
  const [, , h, w] = y.shape;
  const middle = constant(
    Array.from({ length: h * w }, (_, i) => (i === Math.floor(h / 2) * w + Math.floor(w / 2) ? 1 : 0)),
    [1, 1, h, w],
  );
  const seen = gradientOf(x, middle).flatMap((g, i) => (g === 0 ? [] : [i]));
  const across = (values: number[]) => new Set(values).size;
  return { height: across(seen.map((i) => Math.floor(i / size))), width: across(seen.map((i) => i % size)) };
}

describe("PatchGAN", () => {
  test("of 70 pixels has the published parameters: 2.77 million on two pictures, 2.76 on one with instance norm", () => {
    expect(parameterCount(build("70", 256, 64, 6))).toBe(2_768_705);
    const cyclegan = patchGan({ width: 64, sample: square(256), receptiveField: "70", norm: "instance" });
    expect(parameterCount(cyclegan)).toBe(2_764_737);
  });

  test("of 70 pixels leaves 30 × 30 scores of 256 pixels; of one pixel, a score for each", () => {
    expect(scoresOf(build("70", 256)).shape).toEqual([2, 1, 30, 30]);
    expect(scoresOf(build("1", 256)).shape).toEqual([2, 1, 256, 256]);
  });

  test("has the published layers: C64-C128 for 1 and 16 pixels, up to C64-C128-C256-C512-C512-C512 for a picture of 256", () => {
    const channels = (field: ReceptiveField) =>
      [...variables(build(field, 256, 64))].flatMap(([path, { shape }]) =>
        path.endsWith("weight") && shape.length === 4 ? [shape[0]] : [],
      );
    expect(channels("1")).toEqual([64, 128, 1]);
    expect(channels("16")).toEqual([64, 128, 1]);
    expect(channels("34")).toEqual([64, 128, 256, 1]);
    expect(channels("70")).toEqual([64, 128, 256, 512, 1]);
    expect(channels("image")).toEqual([64, 128, 256, 512, 512, 512, 1]);
  });

  test.each(["1", "16", "34", "70"] as const)("--receptive-field %s is what one score sees, by its layers", (field) => {
    expect(fieldOf(build(field, 256))).toBe(Number(field));
  });

  test.each([
    { field: "1", size: 12 },
    { field: "16", size: 32 },
    { field: "34", size: 64 },
    { field: "70", size: 96 },
  ] as const)("--receptive-field $field is what one score sees, by the pixels that move it", ({ field, size }) => {
    const side = Number(field);
    expect(fieldByGradient(build(field, size), size)).toEqual({ height: side, width: side });
  });

  test("of a whole picture, it is the published 286 pixels at 256, and covers every smaller one with no more than it needs", () => {
    expect(fieldOf(build("image", 256))).toBe(286);
    for (const size of [16, 24, 32, 48, 64, 72, 128]) {
      const field = fieldOf(build("image", size));
      expect(field).toBeGreaterThanOrEqual(size);
      expect(field === 16 || field / 2 < size, `${field} for ${size}`).toBe(true);
      expect(sizeOf(scoresOf(build("image", size)).shape)).toBeGreaterThan(0);
    }
  });

  test("no norm on the picture and on the scores; convolutions before a norm have a bias with instance norm alone", () => {
    const order = (norm: "batch" | "instance") => {
      const spec = patchGan({ width: 2, sample: square(32), receptiveField: "16", norm });
      return [...variables(spec).keys()].filter((path) => !path.includes("running"));
    };
    const batch = ["0.weight", "0.bias", "2.weight", "3.weight", "3.bias", "5.weight", "5.bias"];
    const instance = ["0.weight", "0.bias", "2.weight", "2.bias", "5.weight", "5.bias"];
    expect(order("batch")).toEqual(batch.map((path) => `model.${path}`));
    expect(order("instance")).toEqual(instance.map((path) => `model.${path}`));
  });

  test.each([
    { field: "70", size: 16, needs: 24, fits: "34" },
    { field: "34", size: 8, needs: 12, fits: "16" },
  ] as const)("refuses $field for $size pixels, naming both and what fits", ({ field, size, needs, fits }) => {
    expect(() => build(field, size)).toThrow(InputError);
    expect(() => build(field, size)).toThrow(
      `--receptive-field: ${field} needs pictures of at least ${needs} pixels, got ${size}×${size}. Pass --receptive-field ${fits} or a larger --size.`,
    );
    expect(sizeOf(scoresOf(build(field, needs)).shape)).toBeGreaterThan(0);
    expect(() => build(field, needs - 1)).toThrow(InputError);
  });

  test("the widest field that fits is 70 wherever it can be", () => {
    const widest = [8, 11, 12, 16, 23, 24, 32, 256].map((size) => widestField(square(size)));
    expect(widest).toEqual(["16", "16", "34", "34", "34", "70", "70", "70"]);
  });
});
