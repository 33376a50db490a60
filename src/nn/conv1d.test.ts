import { describe, expect, test } from "vitest";
import { applyTo } from "../../test/scope.ts";
import { ShapeError } from "../graph/index.ts";
import { conv1d } from "./conv1d.ts";

describe("conv1d", () => {
  test("slides its filter along the last axis: values worked by hand", () => {
    const values = { weight: [1, 2, 3, 10, 0, -10], bias: [0.5] };
    // Two channels of four places: 1 2 3 4 and 5 6 7 8.
    const x = [1, 2, 3, 4, 5, 6, 7, 8];
    const { y, numbersOf } = applyTo(conv1d(2, 1, { kernel: 3 }), [1, 2, 4], x, { values });
    expect(y.shape).toEqual([1, 1, 2]);
    expect(numbersOf(y)).toEqual([1 + 4 + 9 + 50 - 70 + 0.5, 2 + 6 + 12 + 60 - 80 + 0.5]);
  });

  test("pads with zeros on both sides, and keeps samples apart", () => {
    const values = { weight: [1, 10, 100], bias: [0] };
    const { y, numbersOf } = applyTo(conv1d(1, 1, { kernel: 3, padding: 1 }), [2, 1, 3], [1, 2, 3, 4, 5, 6], {
      values,
    });
    expect(y.shape).toEqual([2, 1, 3]);
    expect(numbersOf(y)).toEqual([210, 321, 32, 540, 654, 65]);
  });

  test("passes gradients back to its input, filter and bias", () => {
    const values = { weight: [1, 10], bias: [0] };
    const applied = applyTo(conv1d(1, 1, { kernel: 2 }), [1, 1, 3], [3, 4, 5], { values });
    expect(applied.gradientOf(applied.x)).toEqual([1, 11, 10]);
    expect(applied.gradientOf(applied.variables.weight)).toEqual([7, 9]);
    expect(applied.gradientOf(applied.variables.bias)).toEqual([2]);
  });

  test("refuses another number of channels, naming the layer", () => {
    expect(() => applyTo(conv1d(2, 1, { kernel: 3 }), [1, 3, 4], [])).toThrow(ShapeError);
    expect(() => applyTo(conv1d(2, 1, { kernel: 3 }), [1, 3, 4], [], { path: "E.conv" })).toThrow('Conv1d "E.conv"');
  });
});
