import { expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { evaluate, grad, input, type Tensor } from "../graph/index.ts";
import { wassersteinCriticLoss, wassersteinGeneratorLoss } from "./wasserstein.ts";

const [real, fake] = [input("real", [2]), input("fake", [2])];
const scores = { real: [3, -1], fake: [200, 0.5] };
const numbers = (tensor: Tensor) => [...evaluate([tensor], scores)[0]];

test("the critic's loss is the mean of the fakes' scores less that of the reals', G's minus the former", () => {
  expectClose(numbers(wassersteinCriticLoss(real, fake)), 100.25 - 1, { atol: 1e-12 });
  expectClose(numbers(wassersteinGeneratorLoss(fake)), -100.25, { atol: 1e-12 });
});

test("gradients are ±1/n wherever the scores are: nothing saturates", () => {
  const [forReal, forFake] = grad(wassersteinCriticLoss(real, fake), [real, fake]);
  expect([numbers(forReal), numbers(forFake)]).toEqual([
    [-0.5, -0.5],
    [0.5, 0.5],
  ]);
  expect(numbers(grad(wassersteinGeneratorLoss(fake), fake))).toEqual([-0.5, -0.5]);
});
