import { expect, test } from "vitest";
import { constant, type Tensor } from "../../src/graph/index.ts";
import { cgan } from "../../src/recipes/index.ts";
import { compileStep } from "../../src/train/index.ts";
import { lossesOn, testRecipe } from "./conformance.ts";
import { game } from "./minimax-game.ts";

/** x where the first class is asked for, −x where the second is. */
const bySign = (x: Tensor, y: Tensor) => x.mul(y.matmul(constant([1, -1], [2, 1]))).reshape([2]);

testRecipe(cgan, {
  small: { width: 4 },
  losses: [
    { expected: [game.discriminator, game.nonSaturating] },
    { options: { loss: "saturating" }, expected: [game.discriminator, game.saturating] },
    {
      // With the second sample's logit negated, real ones have the probabilities ½ and ¼, fakes ½ and ¾.
      networks: { D: bySign },
      expected: [Math.log(8), Math.log(8 / 3) / 2],
    },
    {
      // G negates instead: of its fakes alone the second's logit changes its sign.
      networks: { G: (z, y) => bySign(z, y).reshape([2, 1]) },
      expected: [Math.log(8 / 3) / 2 + Math.log(8) / 2, Math.log(8 / 3) / 2],
    },
  ],
});

const defaults = Object.fromEntries(Object.entries(cgan.options).map(([key, { default: value }]) => [key, value]));

test("cgan's later steps of G ask for labels of the data, as its first does", () => {
  const { feeds } = compileStep({
    recipe: cgan,
    options: { ...defaults, networks: "mlp", hidden: [4], gSteps: 3 },
    data: { kind: "images", sample: [1, 4, 4], classes: ["one", "two"] },
    batch: 2,
    ema: 0,
  });
  const names = feeds.map(({ name }) => name);
  expect(names.filter((name) => name.startsWith("labelled.y"))).toHaveLength(3);
  expect(names.filter((name) => name.startsWith("normal"))).toHaveLength(3);
});

test("cgan tells D a label with every sample: without it the losses are others", () => {
  const [told, untold] = [{ D: bySign }, {}].map((networks) => lossesOn(cgan, defaults, { networks }).flat());
  expect(told).not.toEqual(untold);
});
