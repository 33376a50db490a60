import { describe, expect, test } from "vitest";
import {
  type ConvGeometry,
  concat,
  constant,
  convOutputSize,
  fill,
  input,
  make,
  ShapeError,
  type Tensor,
} from "./index.ts";

const geometry: ConvGeometry = { strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], groups: 1 };
const at = (...shape: number[]) => input(`x${shape}`, shape);

/** Each refusal with its whole message. */
const refusals: readonly [message: string, build: () => Tensor][] = [
  ["input: sizes must be whole numbers of at least 1, got [2, 0]", () => input("x", [2, 0])],
  ["input: sizes must be whole numbers of at least 1, got [1.5]", () => input("x", [1.5])],
  ["fill: sizes must be whole numbers of at least 1, got [-1]", () => fill(0, [-1])],
  ["constant: 3 numbers do not fill [2, 2]", () => constant([1, 2, 3], [2, 2])],

  ["add: shapes [4] and [4, 1] differ in rank; reshape one of them", () => at(4).add(at(4, 1))],
  ["mul: shapes [2, 3] and [2, 4] do not fit along axis 1", () => at(2, 3).mul(at(2, 4))],
  ["maximum: shapes [2, 3] and [3, 3] do not fit along axis 0", () => at(2, 3).maximum(at(3, 3))],
  ["leakyReluGrad: shapes [2, 1] and [2, 3] differ", () => make("leakyReluGrad", [at(2, 1), at(2, 3)], { slope: 0 })],

  ["sum: cannot reduce axis 2 of [2, 3]", () => at(2, 3).sum([2])],
  ["max: cannot reduce axis -1 of [2, 3]", () => at(2, 3).max([-3])],
  ["sum: cannot reduce axis 1 of [2, 3] twice", () => at(2, 3).sum([1, -1])],

  ["reshape: cannot reshape [2, 3] to [4]", () => at(2, 3).reshape([4])],
  ["reshape: sizes must be whole numbers of at least 1, got [4, 1.5]", () => at(2, 3).reshape([4, -1])],
  ["transpose: [0, 0] does not permute the axes of [2, 3]", () => at(2, 3).transpose([0, 0])],
  ["transpose: [1, 0] does not permute the axes of [2, 3, 4]", () => at(2, 3, 4).transpose([1, 0])],
  ["broadcast: cannot stretch [2, 3] to [2, 6]", () => at(2, 3).broadcast([2, 6])],
  ["broadcast: cannot stretch [3] to [2, 3]", () => at(3).broadcast([2, 3])],
  ["slice: cannot take [2, 2] from [0, 2] on of [2, 3]", () => at(2, 3).slice([0, 2], [2, 2])],
  ["slice: cannot take [1, 1] from [-1, 0] on of [2, 3]", () => at(2, 3).slice([-1, 0], [1, 1])],
  ["slice: cannot take [2, 2, 1] from [0, 0] on of [2, 3]", () => at(2, 3).slice([0, 0], [2, 2, 1])],
  ["pad: cannot pad [2, 3] by [0, -1] and [0, 0]", () => at(2, 3).pad([0, -1], [0, 0])],
  ["concat: cannot join [2, 3] and [2, 4] along axis 0", () => concat([at(2, 3), at(2, 4)], 0)],
  ["concat: cannot join [2, 3] and [2, 3] along axis 2", () => concat([at(2, 3), at(2, 3)], 2)],
  ["concat: cannot join [2, 3] and [2, 3] along axis -1", () => concat([at(2, 3), at(2, 3)], -1)],

  ["matmul: [2, 3] and [4] are not both matrices", () => at(2, 3).matmul(at(4))],
  ["matmul: [2, 3] × [4, 5] has inner sizes 3 and 4", () => at(2, 3).matmul(at(4, 5))],
  [
    "matmul: [2, 3]ᵀ × [4, 5]ᵀ has inner sizes 2 and 5",
    () => at(2, 3).matmul(at(4, 5), { transposeA: true, transposeB: true }),
  ],

  ["conv: input [3, 8, 8] is not [N, C, H, W]", () => at(3, 8, 8).conv(at(4, 3, 3, 3), geometry)],
  ["conv: weight [4, 3] is not [O, C, kh, kw]", () => at(1, 3, 8, 8).conv(at(4, 3), geometry)],
  [
    "conv: weight [64, 3, 4, 4] needs 3 input channels, got 1 (input [64, 1, 28, 28])",
    () => at(64, 1, 28, 28).conv(at(64, 3, 4, 4), geometry),
  ],
  [
    "conv: weight [6, 2, 3, 3] needs 4 input channels, got 2 (input [1, 2, 8, 8])",
    () => at(1, 2, 8, 8).conv(at(6, 2, 3, 3), { ...geometry, groups: 2 }),
  ],
  [
    "conv: 5 output channels do not split into 2 groups",
    () => at(1, 4, 8, 8).conv(at(5, 2, 3, 3), { ...geometry, groups: 2 }),
  ],
  [
    "conv: kernel 5×5 is larger than the padded input [1, 1, 4, 4]",
    () => at(1, 1, 4, 4).conv(at(1, 1, 5, 5), geometry),
  ],
  [
    "convInputGrad: weight [8, 3, 4, 4] needs 8 input channels, got 7 (input [1, 7, 4, 4])",
    () => at(1, 7, 4, 4).convInputGrad(at(8, 3, 4, 4), geometry, [7, 7]),
  ],
  [
    "convInputGrad: input [1, 3, 9, 7] and weight [8, 3, 4, 4] give [1, 8, 6, 4], not [1, 8, 4, 4]",
    () => at(1, 8, 4, 4).convInputGrad(at(8, 3, 4, 4), geometry, [9, 7]),
  ],
  [
    "convFilterGrad: input [2, 3, 8, 8] and weight [4, 3, 3, 3] give [2, 4, 6, 6], not [2, 4, 7, 6]",
    () => at(2, 3, 8, 8).convFilterGrad(at(2, 4, 7, 6), geometry, [3, 3]),
  ],
  [
    "convFilterGrad: 3 input channels do not split into 2 groups",
    () => at(1, 3, 8, 8).convFilterGrad(at(1, 2, 6, 6), { ...geometry, groups: 2 }, [3, 3]),
  ],
];

describe("a shape that does not fit is refused while the graph is built, with the operator and both shapes", () => {
  test.each(refusals)("%s", (message, build) => {
    let refusal: unknown;
    try {
      build();
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(ShapeError);
    expect((refusal as ShapeError).message).toBe(message);
  });
});

describe("the shapes that operators give", () => {
  const shapes: readonly [name: string, tensor: Tensor, shape: readonly number[]][] = [
    ["a scalar fits anything", at(2, 3).add(1), [2, 3]],
    ["a scalar on the left fits too", fill(1).sub(at(2, 3)), [2, 3]],
    ["sizes of 1 stretch on both sides", at(2, 1, 4).mul(at(1, 3, 1)), [2, 3, 4]],
    ["sum drops the axes", at(2, 3, 4).sum([1]), [2, 4]],
    ["sum keeps them on request", at(2, 3, 4).sum([1], true), [2, 1, 4]],
    ["sum of all is a scalar", at(2, 3, 4).sum(), []],
    ["negative axes count from the end", at(2, 3, 4).max([-1, -3]), [3]],
    ["sum over no axes is the tensor", at(2, 3).sum([]), [2, 3]],
    ["reshape works one size out", at(2, 3, 4).reshape([6, -1]), [6, 4]],
    ["flatten keeps the first", at(2, 3, 4).flatten(), [2, 12]],
    ["transpose takes axis i from permutation[i]", at(2, 3, 4).transpose([2, 0, 1]), [4, 2, 3]],
    ["pad adds before and after", at(2, 3).pad([1, 0], [0, 4]), [3, 7]],
    ["concat adds up its axis", concat([at(2, 3), at(2, 1), at(2, 4)], 1), [2, 8]],
    ["matmul transposes in place", at(3, 2).matmul(at(4, 3), { transposeA: true, transposeB: true }), [2, 4]],
    [
      "conv: k4 s2 p1 halves",
      at(8, 3, 32, 30).conv(at(16, 3, 4, 4), { ...geometry, strides: [2, 2], pads: [1, 1, 1, 1] }),
      [8, 16, 16, 15],
    ],
  ];
  test.each(shapes)("%s", (_, tensor, shape) => {
    expect(tensor.shape).toEqual(shape);
    expect(tensor.size).toBe(shape.reduce((product, size) => product * size, 1));
  });

  test("a convolution's output size is ⌊(n + pads − dilation·(k − 1) − 1) / stride⌋ + 1", () => {
    expect(convOutputSize(28, 4, 2, 2, 1)).toBe(14);
    expect(convOutputSize(7, 3, 2, 2, 1)).toBe(4);
    expect(convOutputSize(8, 3, 2, 2, 1)).toBe(4);
    expect(convOutputSize(10, 3, 1, 0, 2)).toBe(6);
  });
});

test("concat of one tensor is that tensor; of none it is refused", () => {
  const x = at(2, 3);
  expect(concat([x], 0)).toBe(x);
  expect(() => concat([], 0)).toThrow("concat: nothing to join");
});

test("a layer takes its operator's place in front of a shape error's message, and the innermost layer stays", () => {
  const error = new ShapeError("too big").atOperator("matmul");
  expect(error.message).toBe("matmul: too big");
  expect(error.atLayer('Linear "G.0"').atLayer('Network "G"').message).toBe('Linear "G.0": too big');
});
