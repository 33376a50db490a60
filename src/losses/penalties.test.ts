// Gradients of a critic whose derivatives are easy: D(x) = ½ w Σ x², so ∇D = w·x and ‖∇D‖ = |w| ‖x‖.

import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { evaluate, grad, input, type Tensor } from "../graph/index.ts";
import { gradientNorm, gradientPenalty, squaredGradientNorm } from "./penalties.ts";

const exact = { atol: 1e-12 };
const w = input("w", []);
const x = input("x", [2, 2]);
const D = (of: Tensor) => of.square().sum([1]).mul(w).mul(0.5);
const values = { w: [2], x: [3, 4, 0, 1] };
const numbers = (tensor: Tensor, at: Readonly<Record<string, readonly number[]>> = values) => [
  ...evaluate([tensor], at)[0],
];

describe("gradientNorm", () => {
  test("is one norm for each sample, not one of the batch", () => {
    expectClose(numbers(gradientNorm(D(x), x)), [10, 2], exact);
    expectClose(numbers(squaredGradientNorm(D(x), x)), [100, 4], exact);
  });

  test("is over all dimensions but the first", () => {
    const images = input("x", [1, 2, 1, 2]);
    const score = images.square().sum([1, 2, 3]).mul(0.5);
    expectClose(numbers(gradientNorm(score, images)), [Math.sqrt(26)], exact);
  });

  test("takes maps of scores, patch by patch, as the score of their sample", () => {
    const patches = x.square().mul(w).mul(0.5).reshape([2, 1, 1, 2]);
    expectClose(numbers(gradientNorm(patches, x)), [10, 2], exact);
  });

  test("is one norm for each pack, where D judges packs", () => {
    const pack = D(x.reshape([1, 4]));
    expectClose(numbers(gradientNorm(pack, x)), [2 * Math.sqrt(26)], exact);
  });

  test("differentiates again: d|w|‖x‖ is ‖x‖ in w and w·x/‖x‖ in x", () => {
    const total = gradientNorm(D(x), x).sum();
    expectClose(numbers(grad(total, w)), [5 + 1], exact);
    expectClose(numbers(grad(total, x)), [6 / 5, 8 / 5, 0, 2], exact);
  });

  test("of a gradient of 0 is 0, and so is its derivative, as PyTorch's norm has it", () => {
    const flat = { w: [2], x: [0, 0, 3, 4] };
    const norm = gradientNorm(D(x), x);
    expectClose(numbers(norm, flat), [0, 10], exact);
    expectClose(numbers(grad(norm.sum(), w), flat), [5], exact);
    expectClose(numbers(grad(norm.sum(), x), flat), [0, 0, 6 / 5, 8 / 5], exact);
  });

  test("changes no value elsewhere, however small", () => {
    const tiny = { w: [1], x: [3e-12, 4e-12, 0, 1e-15] };
    expectClose(numbers(gradientNorm(D(x), x), tiny), [5e-12, 1e-15], { rtol: 1e-6 });
  });
});

describe("gradientPenalty", () => {
  const real = input("real", [2, 2]);
  const fake = input("fake", [2, 2]);
  const epsilon = input("epsilon", [2, 1]);
  const penalty = gradientPenalty(D, real, fake, epsilon);
  const at = { w: [2], real: [4, 0, 0, 8], fake: [0, 4, 0, 4], epsilon: [0.25, 1] };

  test("is taken between the two, each sample by its own ε, counted from the generated one", () => {
    // x̂ = (1, 3) and (0, 8): slopes 2√10 and 16
    expectClose(numbers(penalty, at), ((2 * Math.sqrt(10) - 1) ** 2 + 15 ** 2) / 2, exact);
  });

  test("is 0 where every slope is 1, and grows on either side", () => {
    const unit = (slope: number) => ({ w: [slope], real: [0.6, 0.8, 1, 0], fake: [9, 9, 9, 9], epsilon: [1, 1] });
    expectClose(numbers(penalty, unit(1)), 0, exact);
    expectClose(numbers(penalty, unit(3)), 4, exact);
    expectClose(numbers(penalty, unit(0.5)), 1 / 4, exact);
  });

  test("pulls the critic's weights towards a slope of 1: the double backward", () => {
    const slope = (s: number) =>
      numbers(grad(penalty, w), { w: [s], real: [0.6, 0.8, 1, 0], fake: [9, 9, 9, 9], epsilon: [1, 1] });
    expectClose(slope(3), 4, exact); // d(w − 1)²/dw = 2(w − 1)
    expectClose(slope(0.5), -1, exact);
    expect(numbers(grad(penalty, w), { ...at, real: [0, 0, 0, 0], fake: [0, 0, 0, 0] })).toEqual([0]);
  });
});
