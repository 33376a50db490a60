import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { applyTo } from "../../test/scope.ts";
import { constant, grad } from "../graph/index.ts";
import { fill, stream } from "../random/index.ts";
import { batchNorm, instanceNorm, layerNorm, type Module } from "./index.ts";

const tolerance = { atol: 1e-12, rtol: 1e-12 };
const uniform = (size: number, name: string) => stream(1, "norm", name).fillUniform(new Float32Array(size), -2, 2);

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const varianceOf = (values: readonly number[]) => meanOf(values.map((value) => (value - meanOf(values)) ** 2));

/** What a normalisation is: each element minus its group's mean, over the root of its group's biased variance plus ε. */
function normalised(x: ArrayLike<number>, groupOf: (index: number) => number, eps: number): number[] {
  const all = Array.from(x);
  return all.map((value, i) => {
    const group = all.filter((_, j) => groupOf(j) === groupOf(i));
    return (value - meanOf(group)) / Math.sqrt(varianceOf(group) + eps);
  });
}

describe("batchNorm", () => {
  const start = { weight: [2, -1], bias: [0.5, 3], running_mean: [10, 20], running_var: [4, 0.25] };
  const x = [1, 10, 2, 20, 6, 60]; // two channels: 1, 2, 6 and 10, 20, 60

  test("in training, each channel gets the batch's mean and biased variance: (x − mean) / √(var + ε) · weight + bias", () => {
    const { y, numbersOf } = applyTo(batchNorm(2), [3, 2], x, { values: start });
    const expected = normalised(x, (i) => i % 2, 1e-5).map((v, i) => v * start.weight[i % 2] + start.bias[i % 2]);
    expectClose(numbersOf(y), expected, tolerance);
    expectClose(numbersOf(y)[0], (2 * (1 - 3)) / Math.sqrt(14 / 3 + 1e-5) + 0.5, tolerance); // by hand: mean 3, variance 14/3
  });

  test("the running statistics move by the momentum, 0.1 unless given, towards the mean and the unbiased variance", () => {
    const { updates, numbersOf } = applyTo(batchNorm(2), [3, 2], x, { values: start });
    expectClose(numbersOf(updates.running_mean), [0.9 * 10 + 0.1 * 3, 0.9 * 20 + 0.1 * 30], tolerance);
    expectClose(numbersOf(updates.running_var), [0.9 * 4 + 0.1 * 7, 0.9 * 0.25 + 0.1 * 700], tolerance);
    const quick = applyTo(batchNorm(2, { momentum: 0.75 }), [3, 2], x, { values: start });
    expectClose(quick.numbersOf(quick.updates.running_mean), [0.25 * 10 + 0.75 * 3, 0.25 * 20 + 0.75 * 30], tolerance);
  });

  test("over an image, the statistics are of all samples and places", () => {
    const image = uniform(2 * 3 * 4 * 5, "image");
    const { y, updates, numbersOf } = applyTo(batchNorm(3, { eps: 0.8, affine: false }), [2, 3, 4, 5], image, {
      values: { running_mean: [0, 0, 0], running_var: [0, 0, 0] },
    });
    const channel = (i: number) => Math.floor(i / 20) % 3;
    expectClose(numbersOf(y), normalised(image, channel, 0.8), tolerance);
    const first = Array.from(image).filter((_, i) => channel(i) === 0);
    expectClose(numbersOf(updates.running_mean)[0], 0.1 * meanOf(first), tolerance);
    expectClose(numbersOf(updates.running_var)[0], 0.1 * varianceOf(first) * (40 / 39), tolerance);
  });

  test("in inference, the running statistics are used and stay as they are", () => {
    const { y, updates, numbersOf } = applyTo(batchNorm(2), [3, 2], x, { values: start, training: false });
    const expected = x.map((v, i) => {
      const c = i % 2;
      return ((v - start.running_mean[c]) / Math.sqrt(start.running_var[c] + 1e-5)) * start.weight[c] + start.bias[c];
    });
    expectClose(numbersOf(y), expected, tolerance);
    expect(updates).toEqual({});
  });

  test("the gradient in x, in training, is orthogonal to what batch norm forgets: shift and scale", () => {
    const weights = constant(uniform(6, "weights"), [3, 2]);
    const { x: input, gradientOf } = applyTo(batchNorm(2, { eps: 0, affine: false }), [3, 2], x, {
      values: { running_mean: [0, 0], running_var: [1, 1] },
    });
    const g = gradientOf(input, weights);
    for (const c of [0, 1]) {
      const ofChannel = g.filter((_, i) => i % 2 === c);
      const xs = x.filter((_, i) => i % 2 === c);
      expectClose(meanOf(ofChannel), 0, { atol: 1e-12 });
      expectClose(meanOf(ofChannel.map((v, i) => v * xs[i])), 0, { atol: 1e-12 });
      expect(Math.max(...ofChannel.map(Math.abs))).toBeGreaterThan(1e-3);
    }
  });

  test("no gradient passes into the running statistics", () => {
    const { x: input, updates, numbersOf } = applyTo(batchNorm(2), [3, 2], x, { values: start });
    const both = updates.running_mean.add(updates.running_var).sum();
    expect(numbersOf(grad(both, input))).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test("a batch of one sample, which has no unbiased variance, gives numbers", () => {
    const { y, updates, numbersOf } = applyTo(batchNorm(2), [1, 2], [5, 6], { values: start });
    expect(numbersOf(y)).toEqual(start.bias);
    expectClose(numbersOf(updates.running_var), [3.6, 0.225], tolerance);
  });

  test("a second application moves the statistics that the first one left", () => {
    const once = batchNorm(2);
    const twice: Module = { ...once, apply: (scope, input) => once.apply(scope, input).add(once.apply(scope, input)) };
    const { updates, numbersOf } = applyTo(twice, [3, 2], x, { values: start });
    expectClose(numbersOf(updates.running_mean), [0.81 * 10 + 0.19 * 3, 0.81 * 20 + 0.19 * 30], tolerance);
  });

  test("gains begin at 1, biases and means at 0, variances at 1; statistics are buffers", () => {
    const { variables = {} } = batchNorm(2);
    const first = Object.entries(variables).map(([name, { init, shape, role }]) => {
      const out = Float32Array.of(7, 7);
      fill(out, init(shape), stream(1));
      return [name, role, ...out];
    });
    expect(first).toEqual([
      ["weight", "parameter", 1, 1],
      ["bias", "parameter", 0, 0],
      ["running_mean", "buffer", 0, 0],
      ["running_var", "buffer", 1, 1],
    ]);
    expect(Object.keys(batchNorm(2, { affine: false }).variables ?? {})).toEqual(["running_mean", "running_var"]);
  });

  test("a wrong number of channels names the layer and both shapes", () => {
    expect(() => applyTo(batchNorm(4), [2, 8, 3, 3], [], { path: "G.main.1" })).toThrow(
      'BatchNorm "G.main.1": needs 4 channels, got 8 (input [2, 8, 3, 3])',
    );
  });
});

describe("layerNorm", () => {
  test("normalises each sample over its last dimensions, with a weight and a bias for each element", () => {
    const x = uniform(2 * 3 * 4, "layer");
    const weight = uniform(12, "layer weight");
    const bias = uniform(12, "layer bias");
    const { y, numbersOf } = applyTo(layerNorm([3, 4]), [2, 3, 4], x, { values: { weight, bias } });
    const expected = normalised(x, (i) => Math.floor(i / 12), 1e-5).map((v, i) => v * weight[i % 12] + bias[i % 12]);
    expectClose(numbersOf(y), expected, tolerance);
  });

  test("over the last dimension alone, each row has statistics of its own", () => {
    const x = uniform(2 * 3 * 4, "rows");
    const { y, numbersOf } = applyTo(layerNorm([4], { affine: false, eps: 0.1 }), [2, 3, 4], x);
    expectClose(
      numbersOf(y),
      normalised(x, (i) => Math.floor(i / 4), 0.1),
      tolerance,
    );
  });

  test("does the same in training and inference", () => {
    const x = uniform(6, "layer modes");
    const values = { weight: [1, 2, 3], bias: [4, 5, 6] };
    const [a, b] = [true, false].map((training) => applyTo(layerNorm([3]), [2, 3], x, { values, training }));
    expect(a.numbersOf(a.y)).toEqual(b.numbersOf(b.y));
  });

  test("a shape that does not fit names the layer", () => {
    expect(() => applyTo(layerNorm([4]), [2, 3], [], { path: "D.1" })).toThrow(
      'LayerNorm "D.1": needs [4] as last dimensions, got [2, 3]',
    );
  });
});

describe("instanceNorm", () => {
  const x = uniform(2 * 3 * 2 * 2, "instance");
  const group = (i: number) => Math.floor(i / 4);

  test("normalises each channel of each image by itself, without a gain unless asked", () => {
    const { y, numbersOf } = applyTo(instanceNorm(3), [2, 3, 2, 2], x);
    expectClose(numbersOf(y), normalised(x, group, 1e-5), tolerance);
    expect(instanceNorm(3).variables).toEqual({});
  });

  test("affine, it has a weight and a bias for each channel", () => {
    const values = { weight: [2, 3, 4], bias: [5, 6, 7] };
    const { y, numbersOf } = applyTo(instanceNorm(3, { affine: true }), [2, 3, 2, 2], x, { values });
    const expected = normalised(x, group, 1e-5).map((v, i) => v * (2 + (group(i) % 3)) + 5 + (group(i) % 3));
    expectClose(numbersOf(y), expected, tolerance);
  });

  test("a wrong number of channels names the layer and both shapes", () => {
    expect(() => applyTo(instanceNorm(4), [2, 8, 3, 3], [], { path: "G.1" })).toThrow(
      'InstanceNorm2d "G.1": needs 4 channels, got 8 (input [2, 8, 3, 3])',
    );
  });
});
