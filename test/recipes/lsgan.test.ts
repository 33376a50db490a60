// LSGAN by its paper, and losses/ by what the recipe writes out.

import { expect, test } from "vitest";
import { evaluate, input } from "../../src/graph/index.ts";
import { leastSquaresDiscriminatorLoss, leastSquaresGeneratorLoss } from "../../src/losses/index.ts";
import { lsgan } from "../../src/recipes/index.ts";
import { lossesOnLogits, testRecipe } from "./conformance.ts";

/** D gives the real samples the scores 3 and −1, the generated ones 2 and ½. */
const draws = { real: [3, -1], prior: [2, 0.5] };

testRecipe(lsgan, {
  small: { width: 8, hidden: [8, 8] },
  losses: [
    // ½ · (2² + 2²)/2 + ½ · (2² + ½²)/2, and ½ · (1² + ½²)/2
    { draws, expected: [2 + 17 / 16, 5 / 16] },
    // a = −1, c = 0: ½ · 4 + ½ · (3² + 1.5²)/2, and ½ · (2² + ½²)/2
    { draws, options: { a: -1, c: 0 }, expected: [2 + 45 / 16, 17 / 16] },
    { draws, options: { b: 3, dSteps: 2 }, expected: [4 + 17 / 16, 4 + 17 / 16, 5 / 16] },
  ],
});

test.each([
  { a: 0, b: 1, c: 1 },
  { a: -1, b: 1, c: 0 },
])("losses/ holds what the recipe writes out: a, b, c = $a, $b, $c", ({ a, b, c }) => {
  const scores = { real: [-2, 0.3, 5, 1e4], fake: [3, -0.7, -1e4, 40] };
  const [real, fake] = [input("real", [4]), input("fake", [4])];
  const defaults = Object.fromEntries(Object.entries(lsgan.options).map(([key, spec]) => [key, spec.default]));
  const written = lossesOnLogits(lsgan, { ...defaults, a, b, c }, scores.real, scores.fake);
  const library = [leastSquaresDiscriminatorLoss(real, fake, { a, b }), leastSquaresGeneratorLoss(fake, { c })];
  expect(written.flat()).toEqual(evaluate(library, scores).map(([value]) => value));
});
