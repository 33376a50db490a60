// PacGAN: the game as it was, and a D that judges packs.

import { describe, expect, test } from "vitest";
import type { SampleForm } from "../../src/data/index.ts";
import { InputError } from "../../src/errors/index.ts";
import { type AnyModule, variablesOf } from "../../src/nn/index.ts";
import { pacgan } from "../../src/recipes/index.ts";
import { compileStep } from "../../src/train/index.ts";
import { applyTo } from "../scope.ts";
import { testRecipe } from "./conformance.ts";
import { game } from "./minimax-game.ts";

const small = { width: 4, hidden: [8, 8], zDim: 4 };

// The suite's batches of 4 fall into packs of 1, 2 and 4, so that the other value of --pack to try is 1.
const { pack } = pacgan.options;
testRecipe(
  { ...pacgan, options: { ...pacgan.options, pack: { ...pack, max: 2 } } },
  {
    small,
    losses: [
      { expected: [game.discriminator, game.nonSaturating] },
      { options: { loss: "saturating" }, expected: [game.discriminator, game.saturating] },
      { options: { dSteps: 2 }, expected: [game.discriminator, game.discriminator, game.nonSaturating] },
    ],
  },
);

describe("pacgan", () => {
  const options = {
    ...Object.fromEntries(Object.entries(pacgan.options).map(([k, spec]) => [k, spec.default])),
    ...small,
  };
  const images: SampleForm = { kind: "images", sample: [3, 16, 16], classes: [] };

  test("packs two unless told otherwise: D's first layer sees them side by side, and only it is wider for it", () => {
    expect(pack.default).toBe(2);
    const shapes = (pack: number) => {
      const { D } = pacgan.networks({ ...options, pack }, images);
      return [...variablesOf(D.module as AnyModule).values()].map(({ shape }) => shape);
    };
    const [first, ...rest] = shapes(1);
    expect(first).toEqual([4, 3, 4, 4]);
    for (const pack of [2, 3, 4]) expect(shapes(pack)).toEqual([[4, 3 * pack, 4, 4], ...rest]);
  });

  test("a pack has one score, made of samples that follow each other in the batch", () => {
    const { D } = pacgan.networks(
      { ...options, networks: "mlp", hidden: [2], pack: 3 },
      { ...images, sample: [1, 1, 1] },
    );
    // the first layer adds the three up in its first unit, and weighs them 1, 10 and 100 in its second
    const values = {
      "model.0.weight": [1, 1, 1, 1, 10, 100],
      "model.0.bias": [0, 0],
      "model.2.weight": [1, 1000],
      "model.2.bias": [0],
    };
    const { y, numbersOf } = applyTo(D.module as AnyModule as never, [6, 1, 1, 1], [1, 2, 3, 4, 5, 6], { values });
    expect(y.shape).toEqual([2]);
    expect(numbersOf(y)).toEqual([6 + 321_000, 15 + 654_000]);
  });

  test("a batch that does not fall into packs is refused, naming both", () => {
    const build = () =>
      compileStep({ recipe: pacgan, options: { ...options, pack: 3 }, data: images, batch: 4, ema: 0 });
    expect(build).toThrow(InputError);
    expect(build).toThrow("--pack: D judges 3 samples at once, and --batch 4 is no multiple of 3. Pass --batch 6.");
  });
});
