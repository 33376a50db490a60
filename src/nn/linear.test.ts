import { expect, test } from "vitest";
import { applyTo } from "../../test/scope.ts";
import { linear } from "./index.ts";

const values = { weight: [1, 2, 3, 4, 5, 6], bias: [10, 20] };

test("linear is x Wᵀ + b with a weight [outputs, inputs]", () => {
  const { y, numbersOf } = applyTo(linear(3, 2), [2, 3], [1, 0, 0, 1, 1, 1], { values });
  expect(y.shape).toEqual([2, 2]);
  expect(numbersOf(y)).toEqual([11, 24, 16, 35]);
});

test("without a bias it has none", () => {
  const layer = linear(3, 2, { bias: false });
  const { y, numbersOf } = applyTo(layer, [1, 3], [1, 1, 1], { values });
  expect(numbersOf(y)).toEqual([6, 15]);
  expect(Object.keys(layer.variables ?? {})).toEqual(["weight"]);
});

test("the bias's gradient is the sum over the batch, the weight's is gᵀ x", () => {
  const { variables, gradientOf } = applyTo(linear(3, 2), [2, 3], [1, 2, 3, 4, 5, 6], { values });
  expect(gradientOf(variables.bias)).toEqual([2, 2]);
  expect(gradientOf(variables.weight)).toEqual([5, 7, 9, 5, 7, 9]);
});

test("a wrong size names the layer and both shapes", () => {
  expect(() => applyTo(linear(784, 256), [64, 100], [], { path: "D.model.0" })).toThrow(
    'Linear "D.model.0": [64, 100] × [256, 784]ᵀ has inner sizes 100 and 784',
  );
  expect(() => applyTo(linear(784, 256), [64, 1, 28, 28], [], { path: "D.model.0" })).toThrow(
    'Linear "D.model.0": [64, 1, 28, 28] and [256, 784] are not both matrices',
  );
});
