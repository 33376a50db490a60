import { describe, expect, test } from "vitest";
import { applyTo } from "../../test/scope.ts";
import {
  type AnyModule,
  batchNorm,
  chain,
  flatten,
  leakyRelu,
  linear,
  named,
  relu,
  sequential,
  squeeze,
  unflatten,
  variablesOf,
} from "./index.ts";

const pathsOf = (module: unknown) => [...variablesOf(module as AnyModule).keys()];

describe("sequential", () => {
  const net = sequential(linear(2, 3), batchNorm(3), relu(), linear(3, 1));

  test("names its variables by position, activations counted, as PyTorch does", () => {
    expect(pathsOf(net)).toEqual([
      "0.weight",
      "0.bias",
      "1.weight",
      "1.bias",
      "1.running_mean",
      "1.running_var",
      "3.weight",
      "3.bias",
    ]);
  });

  test("applies each module to the output of the one before", () => {
    const values = { "0.weight": [2], "0.bias": [-1], "2.weight": [10], "2.bias": [0.5] };
    const { y, numbersOf, order } = applyTo(sequential(linear(1, 1), leakyRelu(0.1), linear(1, 1)), [2, 1], [3, -2], {
      values,
    });
    expect(numbersOf(y)).toEqual([50.5, -4.5]);
    expect(order).toEqual(["0: Linear", "1: LeakyReLU", "2: Linear", ": Sequential"]);
  });

  test("a shape that does not fit names the innermost layer by its whole path", () => {
    const deep = sequential(flatten(), sequential(relu(), linear(4, 1)));
    expect(() => applyTo(deep, [8, 1, 2, 3], [], { path: "D" })).toThrow(
      'Linear "D.1.1": [8, 6] × [1, 4]ᵀ has inner sizes 6 and 4',
    );
  });

  test("of nothing is the identity", () => {
    const { x, y } = applyTo(sequential(), [2], [1, 2]);
    expect(y).toBe(x);
  });
});

describe("named", () => {
  test("puts a name in front of its module's paths", () => {
    expect(pathsOf(named("main", sequential(relu(), linear(2, 1))))).toEqual(["main.1.weight", "main.1.bias"]);
  });

  test("reshapes before and after without touching the numbering", () => {
    const net = named("model", sequential(linear(4, 1)), { before: flatten(), after: squeeze() });
    const { y, numbersOf } = applyTo(net, [2, 1, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8], {
      values: { "model.0.weight": [1, 1, 1, 1], "model.0.bias": [0] },
    });
    expect(y.shape).toEqual([2]);
    expect(numbersOf(y)).toEqual([10, 26]);
    const image = named("model", linear(2, 4), { after: unflatten([1, 2, 2]) });
    expect(applyTo(image, [3, 2], []).y.shape).toEqual([3, 1, 2, 2]);
  });
});

test("chain applies its modules in the order in which they are named, each under its name", () => {
  const net = chain({ last: linear(2, 1, { bias: false }), first: relu(), b2: linear(1, 1, { bias: false }) });
  expect(pathsOf(net)).toEqual(["last.weight", "b2.weight"]);
  const { order, y, numbersOf } = applyTo(net, [2, 2], [1, 1, 1, 0], {
    values: { "last.weight": [3, -5], "b2.weight": [2] },
  });
  expect(order).toEqual(["last: Linear", "first: ReLU", "b2: Linear", ": Sequential"]);
  expect(numbersOf(y)).toEqual([0, 6]);
});
