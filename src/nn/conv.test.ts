import { describe, expect, test } from "vitest";
import { applyTo } from "../../test/scope.ts";
import { conv2d, convTranspose2d, upsampleNearest } from "./index.ts";

const ninePixels = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const digits = [1, 10, 100, 1000];

describe("conv2d", () => {
  test("slides each filter over the image, and adds each output channel's bias", () => {
    const values = { weight: [...digits, 1, 1, 1, 1], bias: [0.5, 100] };
    const { y, numbersOf } = applyTo(conv2d(1, 2, { kernel: 2 }), [1, 1, 3, 3], ninePixels, { values });
    expect(y.shape).toEqual([1, 2, 2, 2]);
    expect(numbersOf(y)).toEqual([5421.5, 6532.5, 8754.5, 9865.5, 112, 116, 124, 128]);
  });

  test("stride, padding and dilation are the same in both directions and on all sides", () => {
    const options = { kernel: 2, bias: false };
    const values = { weight: digits };
    const strided = applyTo(conv2d(1, 1, { ...options, stride: 2, padding: 1 }), [1, 1, 3, 3], ninePixels, { values });
    expect(strided.numbersOf(strided.y)).toEqual([1000, 3200, 7040, 9865]);
    const dilated = applyTo(conv2d(1, 1, { ...options, dilation: 2 }), [1, 1, 3, 3], ninePixels, { values });
    expect(dilated.numbersOf(dilated.y)).toEqual([9731]);
  });

  test("with groups, each group of outputs sees its own group of inputs", () => {
    const layer = conv2d(2, 2, { kernel: 1, groups: 2, bias: false });
    const { y, numbersOf } = applyTo(layer, [1, 2, 1, 2], [1, 2, 3, 4], { values: { weight: [10, 100] } });
    expect(layer.variables?.weight.shape).toEqual([2, 1, 1, 1]);
    expect(numbersOf(y)).toEqual([10, 20, 300, 400]);
  });

  test("a wrong number of channels names the layer, the weight and the input", () => {
    expect(() => applyTo(conv2d(3, 64, { kernel: 4 }), [64, 1, 28, 28], [], { path: "D.block1" })).toThrow(
      /^Conv2d "D\.block1": weight \[64, 3, 4, 4\] needs 3 input channels, got 1 \(input \[64, 1, 28, 28\]\)$/,
    );
  });

  test("an image smaller than the kernel names the layer", () => {
    expect(() => applyTo(conv2d(3, 8, { kernel: 5 }), [2, 3, 4, 4], [], { path: "D.0" })).toThrow(
      'Conv2d "D.0": kernel 5×5 is larger than the padded input [2, 3, 4, 4]',
    );
  });
});

describe("convTranspose2d", () => {
  test("spreads each pixel over the filter, with a weight [inputs, outputs, k, k]", () => {
    const layer = convTranspose2d(1, 2, { kernel: 2, stride: 2 });
    const values = { weight: [...digits, 1, 2, 3, 4], bias: [0, 7] };
    const { y, numbersOf } = applyTo(layer, [1, 1, 1, 2], [1, 2], { values });
    expect(layer.variables?.weight.shape).toEqual([1, 2, 2, 2]);
    expect(y.shape).toEqual([1, 2, 2, 4]);
    expect(numbersOf(y)).toEqual([1, 10, 2, 20, 100, 1000, 200, 2000, 8, 9, 9, 11, 10, 11, 13, 15]);
  });

  test("adds where windows overlap, and padding takes the border off", () => {
    const values = { weight: [1, 1, 1, 1, 1, 1, 1, 1, 1] };
    const layer = convTranspose2d(1, 1, { kernel: 3, stride: 1, padding: 1, bias: false });
    const { y, numbersOf } = applyTo(layer, [1, 1, 2, 2], [1, 10, 100, 1000], { values });
    expect(y.shape).toEqual([1, 1, 2, 2]);
    expect(numbersOf(y)).toEqual([1111, 1111, 1111, 1111]);
  });

  test.each([
    ["k4 s2 p1 doubles", { kernel: 4, stride: 2, padding: 1 }, 8, 16],
    ["k4 s1 p0 makes 4 of 1", { kernel: 4 }, 1, 4],
    ["k7 s1 p0 makes 7 of 1", { kernel: 7 }, 1, 7],
    ["k3 s2 p1 with output padding doubles", { kernel: 3, stride: 2, padding: 1, outputPadding: 1 }, 8, 16],
    ["k5 s2 p2 leaves one short", { kernel: 5, stride: 2, padding: 2 }, 8, 15],
    ["k3 d2 widens by 4", { kernel: 3, dilation: 2 }, 5, 9],
  ])("%s", (_, options, from, to) => {
    const { y } = applyTo(convTranspose2d(2, 3, { ...options, bias: false }), [1, 2, from, from], []);
    expect(y.shape).toEqual([1, 3, to, to]);
  });

  // Odena, Dumoulin and Olah (2016), Deconvolution and Checkerboard Artifacts: |F(½)| / |F(0)| along a row of what a constant becomes.
  test.each([
    ["k3 s2", { kernel: 3, stride: 2, padding: 1 }, 1 / 3],
    ["k5 s2, DCGAN's", { kernel: 5, stride: 2, padding: 2 }, 1 / 5],
    ["k4 s2", { kernel: 4, stride: 2, padding: 1 }, 0],
    ["k6 s2", { kernel: 6, stride: 2, padding: 2 }, 0],
  ])("%s of ones makes a checkerboard of a constant where its windows overlap unevenly", (_, options, contrast) => {
    const layer = convTranspose2d(1, 1, { ...options, bias: false });
    const values = { weight: new Array(options.kernel ** 2).fill(1) };
    const { y, numbersOf } = applyTo(layer, [1, 1, 16, 16], new Array(256).fill(1), { values });
    const width = y.shape[3];
    const row = numbersOf(y).slice(8 * width, 9 * width);
    const alternating = row.slice(8, 24).reduce((sum, value, i) => sum + (i % 2 === 0 ? value : -value), 0);
    const total = row.slice(8, 24).reduce((sum, value) => sum + value, 0);
    expect(Math.abs(alternating) / total).toBeCloseTo(contrast, 12);
  });

  test("is the transpose of conv2d with the same weight: ⟨conv(x), y⟩ = ⟨x, convTranspose(y)⟩", () => {
    const options = { kernel: 3, stride: 2, padding: 1, groups: 2, bias: false };
    const values = { weight: Array.from({ length: 4 * 1 * 9 }, (_, i) => ((i * 7) % 11) - 5) };
    const x = Array.from({ length: 2 * 5 * 5 }, (_, i) => ((i * 5) % 7) - 3);
    const y = Array.from({ length: 4 * 3 * 3 }, (_, i) => ((i * 3) % 5) - 2);
    const down = applyTo(conv2d(2, 4, options), [1, 2, 5, 5], x, { values });
    const up = applyTo(convTranspose2d(4, 2, options), [1, 4, 3, 3], y, { values });
    const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * b[i], 0);
    const form = dot(down.numbersOf(down.y), y);
    expect(form).not.toBe(0);
    expect(dot(x, up.numbersOf(up.y))).toBe(form);
  });

  test("a wrong number of channels names the layer", () => {
    expect(() => applyTo(convTranspose2d(100, 64, { kernel: 4 }), [8, 64, 1, 1], [], { path: "G.main.0" })).toThrow(
      'ConvTranspose2d "G.main.0": weight [100, 64, 4, 4] needs 100 input channels, got 64 (input [8, 64, 1, 1])',
    );
  });
});

describe("upsampleNearest", () => {
  test("repeats every pixel in both directions", () => {
    const { y, numbersOf } = applyTo(upsampleNearest(2), [1, 2, 1, 2], [1, 2, 3, 4]);
    expect(y.shape).toEqual([1, 2, 2, 4]);
    expect(numbersOf(y)).toEqual([1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4]);
  });

  test("its gradient sums over the copies", () => {
    const { x, gradientOf } = applyTo(upsampleNearest(3), [1, 1, 2, 2], [1, 2, 3, 4]);
    expect(gradientOf(x)).toEqual([9, 9, 9, 9]);
  });
});
