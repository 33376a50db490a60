import { expect, test } from "vitest";
import { applyTo } from "../../test/scope.ts";
import { fill, stream } from "../random/index.ts";
import { constantOf, conv2d, firstValues, linear, type Module, normal, zeros } from "./index.ts";

const firstOf = ({ variables = {} }: Module, name: string) => {
  const { shape, init } = variables[name];
  const out = new Float32Array(shape.reduce((a, b) => a * b, 1));
  fill(out, init(shape), stream(1, name));
  return [...out];
};

test("gives the named variables other first values, and leaves the layer what it was", () => {
  const plain = linear(2, 3, { init: normal(0, 1) });
  const layer = firstValues(plain, { bias: constantOf(7) });
  expect(firstOf(layer, "bias")).toEqual([7, 7, 7]);
  expect(firstOf(layer, "weight")).toEqual(firstOf(plain, "weight"));
  expect(layer.variables?.bias).toMatchObject({ shape: [3], role: "parameter" });
  const values = { weight: [1, 2, 3, 4, 5, 6], bias: [10, 20, 30] };
  const { y, numbersOf } = applyTo(layer, [1, 2], [1, 1], { values });
  expect(numbersOf(y)).toEqual([13, 27, 41]);
});

test("a layer without that variable stays without it", () => {
  const layer = firstValues(conv2d(1, 1, { kernel: 1, bias: false }), { bias: zeros });
  expect(Object.keys(layer.variables ?? {})).toEqual(["weight"]);
});
