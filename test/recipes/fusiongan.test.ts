// FusionGAN by hand: which picture stands where in each loss, and that G mends the worst patches while D learns from all.

import { describe, expect, test } from "vitest";
import type { SampleForm } from "../../src/data/index.ts";
import { InputError } from "../../src/errors/index.ts";
import { concat, type Tensor } from "../../src/graph/index.ts";
import { fusiongan } from "../../src/recipes/index.ts";
import { compileSampler, compileStep } from "../../src/train/index.ts";
import { expectClose } from "../close.ts";
import { lossesOn, testRecipe } from "./conformance.ts";

/** G(x, y) = x/2 + 2y */
const G = (x: Tensor, y: Tensor) => x.mul(0.5).add(y.mul(2));
/** A map of four patches of (x, other), [n, 1, 2, 2]: x − other, and this plus 1, 3 and 6. */
const D = (x: Tensor, other: Tensor) => {
  const score = x.sub(other);
  return concat([score, score.add(1), score.add(3), score.add(6)], 1).reshape([2, 1, 2, 2]);
};
const networks = { G, D } as Readonly<Record<string, (...inputs: readonly Tensor[]) => unknown>>;
const draws = {
  "identities.x": [0, 2],
  "identities.xHat": [1, 1],
  "identities.same": [3, -1],
  "identities.other": [1, 0],
};
// G(x, other) = 2 and 1. D(x, x̂): from −1 and 1 on. D(x, fake): from −2 and 1 on.
const square = (...scores: number[]) => scores.reduce((sum, score) => sum + score * score, 0) / scores.length;
const discriminator = square(-2, -1, 1, 4, 0, 1, 3, 6) + square(-2, -1, 1, 4, 1, 2, 4, 7);
const identity = {
  all: square(-3, -2, 0, 3, 0, 1, 3, 6), // each patch less 1
  worst: square(-3, 0),
};
// same: G(0, 3) = 6 and G(2, −1) = −1; back: G(1, 2) = 4.5 and G(0, 1) = 2; again: G(2, 1) = 3 and G(1, 0) = 0.5
const s1 = (3 + 0) / 2;
const s2 = (3.5 + 2) / 2 + (1 + 0.5) / 2;

testRecipe(fusiongan, {
  small: { width: 2 },
  losses: [
    { networks, draws, options: { minPatch: 1 }, expected: [discriminator, identity.all + 10 * (s1 + s2)] },
    { networks, draws, options: { minPatch: 2 }, expected: [discriminator, identity.worst + 10 * (s1 + s2)] },
    {
      networks,
      draws,
      options: { minPatch: 2, lambdaI: 3, lambdaS1: 0.5, lambdaS2: 2 },
      expected: [discriminator, 3 * identity.worst + 0.5 * s1 + 2 * s2],
    },
  ],
});

describe("fusiongan", () => {
  const defaults = Object.fromEntries(
    Object.entries(fusiongan.options).map(([key, { default: value }]) => [key, value]),
  );
  const data: SampleForm = { kind: "images", sample: [1, 16, 16], classes: ["one", "two"] };

  test("D is indifferent to how G is trained: its loss is over every patch, whatever the windows", () => {
    const [one, two] = [1, 2].map((minPatch) => lossesOn(fusiongan, { ...defaults, minPatch }, { networks, draws }));
    expectClose(two[0], one[0], { atol: 0 });
    expect(two[1]).not.toEqual(one[1]);
  });

  test("takes one quadruple in an iteration, and makes a fusion of two different pictures", () => {
    const recipe = fusiongan;
    const options = { ...defaults, width: 2 };
    const { feeds } = compileStep({ recipe, options, data, batch: 2, ema: 0 });
    expect(feeds.flatMap(({ name, source }) => ("schedule" in source ? [] : [name])).sort()).toEqual([
      ...["identities.other/0", "identities.same/0", "identities.x/0", "identities.xHat/0"],
    ]);
    expect(compileSampler({ recipe, options, data }, 2).inputs.map(({ name }) => name)).toEqual(["a", "a/1"]);
  });

  test("refuses windows larger than D's map, and says what fits", () => {
    const refused = () => fusiongan.networks({ ...defaults, width: 1, minPatch: 6 }, data);
    expect(refused).toThrow(InputError);
    expect(refused).toThrow(
      "--min-patch: D scores 5×5 patches of a picture of 16×16, got 6. Pass --min-patch 5 or a larger --size.",
    );
    expect(() => fusiongan.networks({ ...defaults, width: 1, minPatch: 5 }, data)).not.toThrow();
  });
});
