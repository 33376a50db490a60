import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { concat, constant, evaluate, fill, input, make, type Tensor } from "./index.ts";

const value = (tensor: Tensor, inputs: Record<string, ArrayLike<number>> = {}) => [...evaluate([tensor], inputs)[0]];
const grid = constant([1, 2, 3, 4, 5, 6], [2, 3]);

describe("evaluate", () => {
  test("gives each output's value, in the order asked", () => {
    const x = input("x", [2]);
    const [square, sum] = evaluate([x.square(), x.sum()], { x: [3, 4] });
    expect([...square]).toEqual([9, 16]);
    expect([...sum]).toEqual([7]);
  });

  test("computes in float64", () => {
    const x = input("x", []);
    expect(value(x.add(1e-12).sub(1), { x: [1] })[0]).toBeCloseTo(1e-12, 15);
    expect(value(x.div(3), { x: [1] })).toEqual([1 / 3]);
  });

  test("names an input that has no value, and refuses one of the wrong length", () => {
    expect(() => evaluate([input("G.0.weight", [2])], {})).toThrow('no value given for input "G.0.weight"');
    expect(() => evaluate([input("G.0.weight", [2])], { "G.0.weight": [1] })).toThrow(
      'evaluate: 1 numbers given for input "G.0.weight" of 2',
    );
  });

  test("does not write to the arrays it is given", () => {
    const x = input("x", [2]);
    const data = Float64Array.of(1, 2);
    const [same] = evaluate([x], { x: data });
    same[0] = 9;
    expect([...data]).toEqual([1, 2]);
  });

  test("a node used twice is computed once", () => {
    let deep = input("x", []);
    for (let i = 0; i < 60; i++) deep = deep.add(deep); // 2⁶⁰ paths
    expect(value(deep, { x: [1] })).toEqual([2 ** 60]);
  });
});

describe("operators by hand", () => {
  const hand: readonly [name: string, tensor: Tensor, expected: readonly number[]][] = [
    ["step is 1 above 0 only", constant([-1, 0, 2]).step(), [0, 0, 1]],
    ["sign", constant([-3, 0, 2]).sign(), [-1, 0, 1]],
    ["leakyRelu", constant([-4, 0, 2]).leakyRelu(0.25), [-1, 0, 2]],
    ["leakyReluGrad", make("leakyReluGrad", [constant([-4, 0, 2]), constant([8, 8, 8])], { slope: 0.25 }), [2, 2, 8]],
    ["maximum", constant([1, 5]).maximum(constant([2, 3])), [2, 5]],
    ["minimum with a number", constant([1, 5]).minimum(2), [1, 2]],
    ["a column and a row", constant([1, 2], [2, 1]).sub(constant([10, 20, 30], [1, 3])), [-9, -19, -29, -8, -18, -28]],
    ["sum along an axis", grid.sum([0]), [5, 7, 9]],
    ["max along an axis", grid.max([1]), [3, 6]],
    ["mean", grid.mean([1]), [2, 5]],
    ["mean of all", grid.mean(), [3.5]],
    ["transpose", grid.transpose([1, 0]), [1, 4, 2, 5, 3, 6]],
    [
      "transpose of three",
      constant([0, 1, 2, 3, 4, 5, 6, 7], [2, 2, 2]).transpose([1, 2, 0]),
      [0, 4, 1, 5, 2, 6, 3, 7],
    ],
    ["broadcast", constant([1, 2], [2, 1]).broadcast([2, 3]), [1, 1, 1, 2, 2, 2]],
    ["slice", grid.slice([0, 1], [2, 2]), [2, 3, 5, 6]],
    ["pad", constant([1, 2], [1, 2]).pad([1, 0], [0, 1]), [0, 0, 0, 1, 2, 0]],
    ["concat", concat([grid, fill(9, [2, 1])], 1), [1, 2, 3, 9, 4, 5, 6, 9]],
    ["matmul", grid.matmul(constant([1, 0, 0, 1, 1, 1], [3, 2])), [4, 5, 10, 11]],
    [
      "matmul, both stored transposed",
      grid.matmul(constant([1, 2], [1, 2]), { transposeA: true, transposeB: true }),
      [9, 12, 15],
    ],
    ["reciprocal", constant([2, 4]).reciprocal(), [0.5, 0.25]],
    ["lerp", constant([0, 10]).lerp(constant([4, 20]), 0.25), [1, 12.5]],
  ];
  test.each(hand)("%s", (_, tensor, expected) => {
    expect(value(tensor)).toEqual(expected);
  });

  test("softplus is log(1 + eˣ), and does not overflow", () => {
    const x = input("x", [5]);
    const at = [-1000, -20, 0, 3, 1000];
    expectClose(
      value(x.softplus(), { x: at }),
      [0, Math.log1p(Math.exp(-20)), Math.LN2, Math.log1p(Math.exp(3)), 1000],
      { rtol: 1e-12 },
    );
  });
});

describe("convolution by its definition", () => {
  // 3×3 image 1…9, one 2×2 filter
  const image = constant([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 1, 3, 3]);
  const filter = constant([1, 10, 100, 1000], [1, 1, 2, 2]);
  const geometry = { strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], groups: 1 } as const;

  test("is a correlation: the filter is not flipped", () => {
    expect(value(image.conv(filter, geometry))).toEqual([5421, 6532, 8754, 9865]);
  });

  test("pads with zeros: top, left, bottom, right", () => {
    const y = image.conv(filter, { ...geometry, pads: [1, 0, 0, 1] });
    expect(y.shape).toEqual([1, 1, 3, 3]);
    expect(value(y)).toEqual([2100, 3200, 300, 5421, 6532, 603, 8754, 9865, 906]);
  });

  test("strides and dilates", () => {
    expect(value(image.conv(filter, { ...geometry, strides: [2, 2], pads: [0, 0, 1, 1] }))).toEqual([5421, 603, 87, 9]);
    expect(value(image.conv(filter, { ...geometry, dilations: [2, 2] }))).toEqual([1 + 30 + 700 + 9000]);
  });

  test("each group sees its own channels", () => {
    const two = constant([1, 2, 3, 4, 10, 20, 30, 40], [1, 2, 2, 2]);
    const ones = fill(1, [2, 1, 2, 2]);
    expect(value(two.conv(ones, { ...geometry, groups: 2 }))).toEqual([10, 100]);
  });

  test("its input gradient spreads each output over the filter, where windows overlap they add", () => {
    const y = constant([1, 2], [1, 1, 1, 2]);
    const w = constant([1, 10, 100], [1, 1, 1, 3]);
    expect(value(y.convInputGrad(w, { ...geometry, strides: [1, 2] }, [1, 5]))).toEqual([1, 10, 102, 20, 200]);
    expect(value(y.convInputGrad(w, { ...geometry, strides: [1, 2] }, [1, 6]))).toEqual([1, 10, 102, 20, 200, 0]);
  });

  test("its filter gradient correlates image and outputs", () => {
    const y = constant([1, 0, 0, 1], [1, 1, 2, 2]);
    expect(value(image.convFilterGrad(y, geometry, [2, 2]))).toEqual([6, 8, 12, 14]);
  });
});
