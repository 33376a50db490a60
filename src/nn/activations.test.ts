import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { applyTo } from "../../test/scope.ts";
import * as nn from "./index.ts";

describe("activations", () => {
  test.each([
    ["ReLU", nn.relu(), (x: number) => Math.max(x, 0)],
    ["LeakyReLU", nn.leakyRelu(0.2), (x: number) => (x > 0 ? x : 0.2 * x)],
    ["Tanh", nn.tanh(), Math.tanh],
    ["Sigmoid", nn.sigmoid(), (x: number) => 1 / (1 + Math.exp(-x))],
    ["Softplus", nn.softplus(), (x: number) => Math.log(1 + Math.exp(x))],
    ["Identity", nn.identity(), (x: number) => x],
  ])("%s", (kind, module, f) => {
    const x = [-3, -0.5, 0, 0.5, 3, 7];
    const { y, numbersOf } = applyTo(module, [2, 3], x);
    expect(module.kind).toBe(kind);
    expect(y.shape).toEqual([2, 3]);
    expectClose(numbersOf(y), x.map(f), { atol: 1e-14 });
  });
});

describe("dropout", () => {
  const x = [1, 2, 3, 4];
  const values = { "uniform 0": [0.1, 0.25, 0.26, 0.9] };

  test("in training, drops with probability p and divides what stays by 1 − p", () => {
    const { y, numbersOf } = applyTo(nn.dropout(0.25), [2, 2], x, { values });
    expectClose(numbersOf(y), [0, 0, 3 / 0.75, 4 / 0.75], { atol: 1e-14 });
  });

  test("passes the gradient where the value passed, scaled alike", () => {
    const { x: input, gradientOf } = applyTo(nn.dropout(0.25), [2, 2], x, { values });
    expectClose(gradientOf(input), [0, 0, 1 / 0.75, 1 / 0.75], { atol: 1e-14 });
  });

  test("in inference, and with p = 0, is the input itself", () => {
    const inference = applyTo(nn.dropout(0.25), [2, 2], x, { training: false });
    expect(inference.y).toBe(inference.x);
    const never = applyTo(nn.dropout(0), [2, 2], x);
    expect(never.y).toBe(never.x);
  });
});

describe("shapes", () => {
  test.each([
    ["flatten", nn.flatten(), [2, 3, 4, 5], [2, 60]],
    ["unflatten", nn.unflatten([3, 4, 5]), [2, 60], [2, 3, 4, 5]],
    ["squeeze", nn.squeeze(), [4, 1, 1, 1], [4]],
  ])("%s", (_, module, from, to) => {
    const { y, x, numbersOf } = applyTo(
      module,
      from,
      Array.from({ length: from.reduce((a, b) => a * b) }, (_, i) => i),
    );
    expect(y.shape).toEqual(to);
    expect(numbersOf(y)).toEqual(numbersOf(x));
  });

  test("globalAveragePool averages each channel", () => {
    const { y, numbersOf } = applyTo(nn.globalAveragePool(), [1, 2, 2, 2], [1, 2, 3, 6, 10, 20, 30, 60]);
    expect(y.shape).toEqual([1, 2]);
    expect(numbersOf(y)).toEqual([3, 30]);
  });

  test("squeeze refuses more than one score for a sample, by name", () => {
    expect(() => applyTo(nn.squeeze(), [4, 2], [], { path: "D.5" })).toThrow(
      'Squeeze "D.5": cannot reshape [4, 2] to [4]',
    );
  });
});
