// The minimax game in logits, where σ(ln 3) = ¾ and σ(0) = ½ make the sums easy.

import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { evaluate, grad, input, type Tensor } from "../graph/index.ts";
import { discriminatorLoss, nonSaturatingLoss, saturatingLoss } from "./minimax.ts";

const real = input("real", [2]);
const fake = input("fake", [2]);
const logits = { real: [0, Math.log(3)], fake: [0, -Math.log(3)] };
const exact = { atol: 1e-12 };

const value = (loss: Tensor, values: Record<string, number[]> = logits) => evaluate([loss], values)[0][0];

describe("at hand-worked logits", () => {
  test("D's loss is −mean(ln ½, ln ¾) for real samples, and the same for fakes scored ½ and ¼", () => {
    expectClose(value(discriminatorLoss(real, fake)), -(Math.log(1 / 2) + Math.log(3 / 4)), exact);
  });

  test("G's saturating loss is mean(ln ½, ln ¾), its non-saturating −mean(ln ½, ln ¼)", () => {
    expectClose(value(saturatingLoss(fake)), (Math.log(1 / 2) + Math.log(3 / 4)) / 2, exact);
    expectClose(value(nonSaturatingLoss(fake)), -(Math.log(1 / 2) + Math.log(1 / 4)) / 2, exact);
  });

  test("gradients are σ(l) − 1 for what should look real and σ(l) for what should not, over n", () => {
    const [forReal, forFake] = grad(discriminatorLoss(real, fake), [real, fake]);
    expectClose(evaluate([forReal], logits)[0], [-1 / 4, -1 / 8], exact, "D, real");
    expectClose(evaluate([forFake], logits)[0], [1 / 4, 1 / 8], exact, "D, fake");
    expectClose(evaluate([grad(saturatingLoss(fake), fake)], logits)[0], [-1 / 4, -1 / 8], exact, "saturating");
    expectClose(evaluate([grad(nonSaturatingLoss(fake), fake)], logits)[0], [-1 / 4, -3 / 8], exact, "non-saturating");
  });
});

test("every loss and gradient is exact at logits of ±1e4, where a probability would be 0 or 1", () => {
  const values = { real: [-1e4, 1e4], fake: [1e4, -1e4] };
  expectClose(value(discriminatorLoss(real, fake), values), 1e4, exact);
  expectClose(value(saturatingLoss(fake), values), -5e3, exact);
  expectClose(value(nonSaturatingLoss(fake), values), 5e3, exact);
  const [forReal, forFake] = grad(discriminatorLoss(real, fake), [real, fake]);
  expectClose(evaluate([forReal], values)[0], [-1 / 2, 0], exact);
  expectClose(evaluate([forFake], values)[0], [1 / 2, 0], exact);
  expectClose(evaluate([grad(nonSaturatingLoss(fake), fake)], values)[0], [0, -1 / 2], exact);
  expectClose(evaluate([grad(saturatingLoss(fake), fake)], values)[0], [-1 / 2, 0], exact);
});

test("where G wins against a D of ½, both of its losses know the game's value", () => {
  const even = { real: [0, 0], fake: [0, 0] };
  expectClose(value(discriminatorLoss(real, fake), even), Math.log(4), exact); // §4.1, negated
  expect(value(saturatingLoss(fake), even)).toBeLessThan(value(saturatingLoss(fake), { fake: [-9, -9] }));
  expect(value(nonSaturatingLoss(fake), even)).toBeLessThan(value(nonSaturatingLoss(fake), { fake: [-9, -9] }));
});

test.each([
  [-10, 4.53979e-5, 0.9999546],
  [-5, 0.0066929, 0.9933071],
  [0, 0.5, 0.5],
  [5, 0.9933071, 0.0066929],
])(
  "at a score of %d for a fake, G learns by %d where it saturates and by %d where it does not",
  (score, weak, strong) => {
    const [one, values] = [input("one", [1]), { one: [score] }];
    expectClose(evaluate([grad(saturatingLoss(one), one)], values)[0], [-weak], { atol: 5e-8 });
    expectClose(evaluate([grad(nonSaturatingLoss(one), one)], values)[0], [-strong], { atol: 5e-8 });
  },
);
