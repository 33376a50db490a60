import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { sizeOf } from "../graph/index.ts";
import { fill, stream } from "../random/index.ts";
import {
  constantOf,
  conv2d,
  convTranspose2d,
  embedding,
  fanInUniform,
  glorotUniform,
  linear,
  type Module,
  normal,
  ones,
  zeros,
} from "./index.ts";

/** First values of a module's variables, each from its own stream. */
function initialised(module: Module): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(module.variables ?? {}).map(([name, { shape, init }]) => {
      const out = new Float32Array(sizeOf(shape));
      fill(out, init(shape), stream(1, name));
      return [name, out];
    }),
  );
}

const largest = (values: Float32Array) => values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);

describe("PyTorch's default: U(−1/√fanIn, 1/√fanIn) for weights and biases alike", () => {
  test.each([
    ["linear: inputs", linear(400, 500), 400],
    ["conv2d: inputs / groups · k²", conv2d(16, 512, { kernel: 5, groups: 2 }), (16 / 2) * 25],
    ["convTranspose2d: outputs / groups · k²", convTranspose2d(512, 16, { kernel: 5, groups: 2 }), (16 / 2) * 25],
  ])("%s", (_, module, fanIn) => {
    const bound = 1 / Math.sqrt(fanIn);
    const { weight, bias } = initialised(module);
    for (const values of [weight, bias]) expect(largest(values)).toBeLessThanOrEqual(bound);
    expectClose(largest(weight), bound, { rtol: 0.001 });
    expectClose(largest(bias), bound, { rtol: 0.2 });
    expectClose(weight.reduce((sum, value) => sum + value, 0) / weight.length, 0, { atol: 0.01 * bound });
  });
});

test("normal(mean, std) has that mean and spread", () => {
  const { weight } = initialised(embedding(200, 200, { init: normal(1, 0.02) }));
  const mean = weight.reduce((sum, value) => sum + value, 0) / weight.length;
  const variance = weight.reduce((sum, value) => sum + (value - mean) ** 2, 0) / weight.length;
  expectClose(mean, 1, { atol: 0.0005 });
  expectClose(Math.sqrt(variance), 0.02, { rtol: 0.02 });
});

test("constants", () => {
  const filled = [zeros, ones, constantOf(-2), fanInUniform(Infinity)].map((init) => {
    const out = Float32Array.of(9);
    fill(out, init([1]), stream(1));
    return out[0];
  });
  expect(filled).toEqual([0, 1, -2, 0]);
});

test("Glorot's uniform bound is gain · √(6 / (fan-in + fan-out)), both times the kernel's size", () => {
  for (const [shape, gain, bound] of [
    [[30, 20], 1, Math.sqrt(6 / 50)],
    [[8, 16, 3, 3], Math.SQRT2, Math.SQRT2 * Math.sqrt(6 / (24 * 9))],
  ] as const) {
    const out = new Float32Array(sizeOf(shape));
    fill(out, glorotUniform(gain)(shape), stream(1, "glorot"));
    expect(largest(out)).toBeLessThanOrEqual(Math.fround(bound));
    expectClose(largest(out), bound, { rtol: 0.01 });
  }
});
