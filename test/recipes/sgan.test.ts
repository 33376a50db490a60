import { describe, expect, test } from "vitest";
import { concat, fill, type Tensor } from "../../src/graph/index.ts";
import { sgan } from "../../src/recipes/index.ts";
import { compileSampler, compileStep } from "../../src/train/index.ts";
import { testRecipe } from "./conformance.ts";

const { log } = Math;

/** Logits (x, 0) of two classes, 0 of the class of fakes, from the features (x, 2x). */
const judged = (x: Tensor) => ({ classes: concat([x, x.mul(0)], 1), features: concat([x, x.mul(2)], 1) });
const withFakes = (x: Tensor) => ({ ...judged(x), fake: fill(0, [2]) });

// Of (x, 0, 0): 0 has the probabilities ⅓ ⅓ ⅓, ln 3 has ⅗ ⅕ ⅕, and −ln 3 has 1⁄7 3⁄7 3⁄7. A real sample is one of the first two.
const real = (log(3 / 2) + log(5 / 4)) / 2;
const fake = (log(3) + log(7 / 3)) / 2;
/** Labelled 0 and ln 3 are of the first and the second class: among three, and among the two that are real. */
const ofThree = (log(3) + log(5)) / 2;
const ofTwo = (log(2) + log(4)) / 2;
/** Fakes 0 and −ln 3, which were to be of the first and the second. */
const asAsked = (log(3) + log(7 / 3)) / 2;

testRecipe(sgan, {
  small: { width: 4, hiddenG: [8], hiddenD: [8, 6] },
  losses: [
    { networks: { D: withFakes }, expected: [ofThree + (real + fake) / 2, asAsked] },
    {
      networks: { D: withFakes },
      options: { unlabelledWeight: 3 },
      expected: [ofThree + (3 * (real + fake)) / 2, asAsked],
    },
  ],
});

describe("by feature matching", () => {
  testRecipe(sgan, {
    small: { form: "feature-matching", width: 4, hiddenG: [8], hiddenD: [8, 6] },
    losses: [
      {
        // The features' means are ½ ln 3 and ln 3 of real samples, and the negatives of fakes: they differ by ln 3 and 2 ln 3.
        networks: { D: judged },
        options: { form: "feature-matching", inputNoise: 0, hiddenNoise: 0 },
        expected: [ofTwo + (real + fake) / 2, (5 * log(3) ** 2) / 2],
      },
    ],
  });
});

describe("sgan", () => {
  const defaults = Object.fromEntries(Object.entries(sgan.options).map(([key, { default: value }]) => [key, value]));
  const data = { kind: "images", sample: [1, 16, 16], classes: ["one", "two", "three"] } as const;
  const small = { ...defaults, width: 2, hiddenG: [5], hiddenD: [6, 4] };
  const feedsOf = (options: object) =>
    compileStep({ recipe: sgan, options: { ...small, ...options }, data, batch: 4, ema: 0 }).feeds;

  test("takes labels from what is labelled alone, and everything else from the whole set", () => {
    const streams = feedsOf({}).flatMap(({ source }) =>
      source.kind === "data" ? [[source.stream, source.field]] : [],
    );
    expect(streams).toEqual([
      ["labelled", "x"],
      ["labelled", "y"],
      ["all", "x"],
    ]);
  });

  test("matches features with another batch of the unlabelled than D has just seen", () => {
    const reals = feedsOf({ form: "feature-matching" }).filter(({ name }) => name.startsWith("real"));
    expect(reals.map(({ name }) => name)).toEqual(["real/0", "real/1"]);
  });

  test("under noise, D is given a draw for the input and for each hidden layer, once in an iteration", () => {
    const normals = (options: object) =>
      feedsOf({ form: "feature-matching", prior: "uniform", ...options }).flatMap(({ shape, source }) =>
        source.kind === "normal" ? [shape[1]] : [],
      );
    expect(normals({})).toEqual([256, 6, 4]);
    expect(normals({ inputNoise: 0 })).toEqual([6, 4]);
    expect(normals({ inputNoise: 0, hiddenNoise: 0 })).toEqual([]);
    expect(normals({ networks: "dcgan" })).toEqual([]);
  });

  test("makes samples of a class by fake-class, and of none by feature-matching, whose G is told none", () => {
    const inputsOf = (form: string) =>
      compileSampler({ recipe: sgan, options: { ...small, form }, data }, 2).inputs.map(({ name }) => name);
    expect(inputsOf("fake-class")).toEqual(["z", "labels"]);
    expect(inputsOf("feature-matching")).toEqual(["z"]);
  });
});
