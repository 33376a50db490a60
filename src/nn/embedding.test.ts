import { expect, test } from "vitest";
import { applyTo } from "../../test/scope.ts";
import { evaluate, input } from "../graph/index.ts";
import { embedding, oneHot } from "./index.ts";

test("oneHot has a 1 at each label", () => {
  const hot = oneHot(input("labels", [3]), 4);
  expect(hot.shape).toEqual([3, 4]);
  expect([...evaluate([hot], { labels: [2, 0, 3] })[0]]).toEqual([0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1]);
});

test("embedding looks each label's row up", () => {
  const { y, numbersOf } = applyTo(embedding(3, 2), [4], [2, 0, 0, 1], { values: { weight: [1, 2, 3, 4, 5, 6] } });
  expect(y.shape).toEqual([4, 2]);
  expect(numbersOf(y)).toEqual([5, 6, 1, 2, 1, 2, 3, 4]);
});

test("a row's gradient is the sum over the labels that looked it up", () => {
  const { variables, gradientOf } = applyTo(embedding(3, 2), [4], [2, 0, 0, 0], {
    values: { weight: [1, 2, 3, 4, 5, 6] },
  });
  expect(gradientOf(variables.weight)).toEqual([3, 3, 0, 0, 1, 1]);
});
