import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { applyTo } from "../../test/scope.ts";
import { constant, sizeOf } from "../graph/index.ts";
import { fill, stream } from "../random/index.ts";
import { conv2d, linear, normal, weightNorm } from "./index.ts";

const exact = { atol: 1e-12, rtol: 1e-12 };

describe("weightNorm", () => {
  /** Rows of lengths 5 and 13. */
  const values = { weight_v: [3, 4, 5, 12], weight_g: [10, 2], bias: [1, -1] };

  test("is the layer with rows of the lengths g: (6, 8) and (10, 24)/13", () => {
    const { y, numbersOf } = applyTo(weightNorm(linear(2, 2)), [1, 2], [1, 2], { values });
    expectClose(numbersOf(y), [6 + 16 + 1, (10 + 48) / 13 - 1], exact);
  });

  test("gives g the gradient along v, and v what is across it: g/‖v‖ (c x − (c x · v̂) v̂)", () => {
    const layer = weightNorm(linear(2, 1, { bias: false }));
    const applied = applyTo(layer, [1, 2], [1, 2], { values: { weight_v: [3, 4], weight_g: [10] } });
    const { variables, gradientOf, x } = applied;
    const c = constant([7], [1, 1]);
    // x · v̂ = (3 + 8)/5
    expectClose(gradientOf(variables.weight_g, c), [7 * 2.2], exact, "dg");
    expectClose(gradientOf(variables.weight_v, c), [14 * (1 - 2.2 * 0.6), 14 * (2 - 2.2 * 0.8)], exact, "dv");
    expectClose(gradientOf(x, c), [7 * 6, 7 * 8], exact, "dx");
  });

  test("does not see the length of v", () => {
    const at = (scale: number) => {
      const weight_v = values.weight_v.map((v) => v * scale);
      const { y, numbersOf } = applyTo(weightNorm(linear(2, 2)), [1, 2], [1, 2], { values: { ...values, weight_v } });
      return numbersOf(y);
    };
    expectClose(at(1e3), at(1e-3), exact);
  });

  test("a fixed gain is the length of every row, and nothing to learn", () => {
    const layer = weightNorm(linear(2, 2), { gain: 10, fixed: true });
    const { weight_v, bias } = values;
    expect(Object.keys(layer.variables!)).toEqual(["weight_v", "bias"]);
    const { y, numbersOf } = applyTo(layer, [1, 2], [1, 2], { values: { weight_v, bias } });
    expectClose(numbersOf(y), [6 + 16 + 1, (50 + 240) / 13 - 1], exact);
  });

  test("of a convolution, all weights of an output are one direction", () => {
    const layer = weightNorm(conv2d(2, 1, { kernel: 2, bias: false }));
    expect(layer.variables?.weight_g.shape).toEqual([1, 1, 1, 1]);
    const weight_v = [1, 1, 1, 1, 3, 1, 1, 1]; // length 4
    const { y, numbersOf } = applyTo(layer, [1, 2, 2, 2], [1, 2, 3, 4, 10, 0, 0, 0], {
      values: { weight_v, weight_g: [2] },
    });
    expectClose(numbersOf(y), [(10 + 30) / 2], exact);
  });

  test("with a gain of √2 keeps the mean square of what enters a ReLU, whatever v begins as", () => {
    const layer = weightNorm(linear(300, 400, { bias: false, init: normal(0, 7) }), { gain: Math.SQRT2 });
    const { weight_g, weight_v } = layer.variables!;
    const random = stream(1, "weight norm");
    const numbers = (n: number) => random.fillNormal(new Float32Array(n));
    const [g, v] = [weight_g, weight_v].map(({ shape, init }) => {
      const out = new Float32Array(sizeOf(shape));
      fill(out, init(shape), random);
      return out;
    });
    const { y, numbersOf } = applyTo(layer, [20, 300], numbers(6000), { values: { weight_g: g, weight_v: v } });
    const active = numbersOf(y.relu());
    expectClose(active.reduce((sum, value) => sum + value * value, 0) / active.length, 1, { atol: 0.05 });
  });
});
