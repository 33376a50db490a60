import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { applyTo } from "../../test/scope.ts";
import { grad, sizeOf } from "../graph/index.ts";
import { stream } from "../random/index.ts";
import { conv2d, convPool2d, type Module, sequential, upsampleConv2d, upsampleNearest } from "./index.ts";

const exact = { atol: 1e-12, rtol: 1e-12 };
const numbers = (name: string, shape: readonly number[]) => stream(1, name).fillNormal(new Float32Array(sizeOf(shape)));

/** Mean of each 2 × 2 pixels, spelt out. */
const pool: Module = {
  kind: "AveragePool",
  apply: (_, x) => {
    const [n, c, h, w] = x.shape;
    return x.reshape([n, c, h / 2, 2, w / 2, 2]).mean([3, 5]);
  },
};

const cases = [
  {
    name: "convPool2d, 3 × 3",
    fused: convPool2d(2, 3, { kernel: 3 }),
    steps: [conv2d(2, 3, { kernel: 3, padding: 1 }), pool],
  },
  { name: "convPool2d, 1 × 1", fused: convPool2d(2, 3, { kernel: 1 }), steps: [conv2d(2, 3, { kernel: 1 }), pool] },
  {
    name: "upsampleConv2d, 3 × 3",
    fused: upsampleConv2d(2, 3, { kernel: 3 }),
    steps: [upsampleNearest(2), conv2d(2, 3, { kernel: 3, padding: 1 })],
  },
  {
    name: "upsampleConv2d, 1 × 1",
    fused: upsampleConv2d(2, 3, { kernel: 1 }),
    steps: [upsampleNearest(2), conv2d(2, 3, { kernel: 1 })],
  },
  {
    name: "upsampleConv2d, 5 × 5",
    fused: upsampleConv2d(2, 3, { kernel: 5 }),
    steps: [upsampleNearest(2), conv2d(2, 3, { kernel: 5, padding: 2 })],
  },
];

describe.each(cases)("$name is the two steps one after the other", ({ fused, steps }) => {
  const at = steps[0].variables === undefined ? "1" : "0"; // where the convolution stands among the steps
  const shape = [2, 2, 4, 6];
  const x = numbers("x", shape);
  const weight = numbers("weight", fused.variables!.weight.shape);
  const bias = [0.5, -1, 2];
  const one = applyTo(fused, shape, x, { values: { weight, bias } });
  const two = applyTo(sequential(...steps), shape, x, { values: { [`${at}.weight`]: weight, [`${at}.bias`]: bias } });

  test("in value", () => {
    expect(one.y.shape).toEqual(two.y.shape);
    expectClose(one.numbersOf(one.y), two.numbersOf(two.y), exact);
  });

  test("in its gradients, and in the gradient of a gradient", () => {
    const gradients = ({ x, y, variables, numbersOf }: typeof one, path: string) => {
      const w = variables[`${path}weight`];
      const [gx, gw, gb] = grad(y.tanh().sum(), [x, w, variables[`${path}bias`]]);
      return [gx, gw, gb, grad(gx.square().sum(), w)].map(numbersOf);
    };
    const theirs = gradients(two, `${at}.`);
    gradients(one, "").forEach((ours, i) => {
      expectClose(ours, theirs[i], { atol: 1e-10, rtol: 1e-10 });
    });
  });

  test("in its variables, and without a bias where none is asked for", () => {
    const convolution = steps.find(({ variables }) => variables !== undefined)!;
    const shapes = ({ variables = {} }: Module) => Object.entries(variables).map(([name, v]) => [name, v.shape]);
    expect(shapes(fused)).toEqual(shapes(convolution));
  });
});

test("without a bias there is none", () => {
  for (const layer of [convPool2d, upsampleConv2d]) {
    const bare = layer(1, 1, { kernel: 1, bias: false });
    expect(Object.keys(bare.variables ?? {})).toEqual(["weight"]);
    const { y, numbersOf } = applyTo(bare, [1, 1, 2, 2], [1, 2, 3, 6], { values: { weight: [2] } });
    expect(numbersOf(y)).toEqual(y.size === 1 ? [6] : [2, 2, 4, 4, 2, 2, 4, 4, 6, 6, 12, 12, 6, 6, 12, 12]);
  }
});
