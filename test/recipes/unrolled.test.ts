// Unrolled GAN: the saddle objective by hand, and that G's gradient passes through D's steps.

import { describe, expect, test } from "vitest";
import type { SampleForm } from "../../src/data/index.ts";
import { unrolled } from "../../src/recipes/index.ts";
import { compileStep } from "../../src/train/index.ts";
import { testRecipe } from "./conformance.ts";
import { game } from "./minimax-game.ts";

const small = { width: 4, hidden: [8, 8], zDim: 4, unroll: 2 };

testRecipe(unrolled, {
  small,
  losses: [
    // G minimises f, what D maximises
    { expected: [game.discriminator, -game.discriminator] },
    { options: { loss: "non-saturating" }, expected: [game.discriminator, game.nonSaturating] },
    { options: { unroll: 0 }, expected: [game.discriminator, -game.discriminator] },
  ],
});

describe("unrolled", () => {
  const options = {
    ...Object.fromEntries(Object.entries(unrolled.options).map(([k, spec]) => [k, spec.default])),
    ...small,
  };
  const points: SampleForm = { kind: "points", sample: [2], classes: [] };
  const drawn = (unroll: number) => {
    const step = compileStep({ recipe: unrolled, options: { ...options, unroll }, data: points, batch: 4, ema: 0 });
    return step.feeds.map(({ name }) => name).filter((name) => !name.startsWith("schedule"));
  };

  test("looks ahead on one batch of x and z, however many steps", () => {
    expect(drawn(0)).toEqual(drawn(3));
    expect(drawn(3).sort()).toEqual(["normal/0", "normal/1", "real/0", "real/1"]);
  });
});
