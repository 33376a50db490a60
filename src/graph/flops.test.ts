import { expect, test } from "vitest";
import { evaluate } from "./evaluate.ts";
import { flopsOf } from "./flops.ts";
import type { ConvGeometry } from "./ops.ts";
import { input, type Tensor } from "./tensor.ts";

const a = input("a", [2, 4, 7, 9]);
const w = input("w", [6, 2, 3, 2]);
const geometry: ConvGeometry = { strides: [2, 1], pads: [0, 0, 0, 0], dilations: [1, 2], groups: 2 };
const y = a.conv(w, geometry);
const g = input("g", y.shape);

const products: Record<string, Tensor> = {
  matmul: input("p", [3, 5]).matmul(input("q", [5, 4])),
  "matmul of transposed sides": input("p", [5, 3]).matmul(input("q", [4, 5]), { transposeA: true, transposeB: true }),
  conv: y,
  convInputGrad: g.convInputGrad(w, geometry, [7, 9]),
  convFilterGrad: a.convFilterGrad(g, geometry, [3, 2]),
};

test.each(Object.entries(products))("%s: twice the products that the interpreter sums", (_, node) => {
  // With ones everywhere each product adds one to the result.
  const ones = Object.fromEntries(
    node.inputs.map((x) => [(x as Tensor<"input">).attributes.name, new Float64Array(x.size).fill(1)]),
  );
  const [values] = evaluate([node], ones);
  expect(flopsOf(node)).toBe(2 * values.reduce((sum, value) => sum + value, 0));
});

test("an elementwise node counts nothing", () => {
  expect(flopsOf(a.mul(a))).toBe(0);
});
