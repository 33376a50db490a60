import { expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { evaluate, grad, input, type Tensor } from "../graph/index.ts";
import { leastSquares, leastSquaresDiscriminatorLoss, leastSquaresGeneratorLoss } from "./least-squares.ts";

const exact = { atol: 1e-12 };
const [real, fake] = [input("real", [2]), input("fake", [2])];
const scores = { real: [3, -1], fake: [2, 0.5] };
const numbers = (tensor: Tensor) => [...evaluate([tensor], scores)[0]];

test("D's loss halves the squares of 3 and −1 from b, and of 2 and ½ from a", () => {
  // ½ · (2² + 2²)/2 + ½ · (2² + ½²)/2
  expectClose(numbers(leastSquaresDiscriminatorLoss(real, fake)), 2 + 17 / 16, exact);
  // a = −1, b = 1: ½ · 4 + ½ · (3² + 1.5²)/2
  expectClose(numbers(leastSquaresDiscriminatorLoss(real, fake, { a: -1, b: 1 })), 2 + 45 / 16, exact);
  // a = 0, b = 3: ½ · (0² + 4²)/2 + ½ · 17/8
  expectClose(numbers(leastSquaresDiscriminatorLoss(real, fake, { b: 3 })), 4 + 17 / 16, exact);
});

test("G's loss halves the squares of 2 and ½ from c", () => {
  expectClose(numbers(leastSquaresGeneratorLoss(fake)), (1 + 1 / 4) / 4, exact);
  expectClose(numbers(leastSquaresGeneratorLoss(fake, { c: 0 })), (4 + 1 / 4) / 4, exact);
});

test("gradients are (D − target) / n: a score that is too good is pulled back as well", () => {
  const [forReal, forFake] = grad(leastSquaresDiscriminatorLoss(real, fake), [real, fake]);
  expectClose(numbers(forReal), [1, -1], exact);
  expectClose(numbers(forFake), [1, 1 / 4], exact);
  expectClose(numbers(grad(leastSquaresGeneratorLoss(fake), fake)), [1 / 2, -1 / 4], exact);
});

test("maps of scores count patch by patch", () => {
  const maps = input("real", [1, 1, 1, 2]);
  expect(numbers(leastSquares(maps, 1))).toEqual([4]);
});
