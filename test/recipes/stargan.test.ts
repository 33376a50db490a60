// StarGAN by hand: both kinds of labels, targets that are the batch's own, and a rate that falls by iterations.

import { describe, expect, test } from "vitest";
import type { SampleForm } from "../../src/data/index.ts";
import { concat, constant, type Tensor } from "../../src/graph/index.ts";
import { stargan } from "../../src/recipes/index.ts";
import { compileSampler, compileStep } from "../../src/train/index.ts";
import { expectClose } from "../close.ts";
import { lossesOn, testRecipe } from "./conformance.ts";

const { log, exp } = Math;
const l = log(3);
const softplus = (x: number) => log(1 + exp(x));

/** G(x, c) = x + c₁ + 2c₂ */
const G = (x: Tensor, c: Tensor) => x.add(c.matmul(constant([1, 2], [2, 1])));
/** A score of x²/2, whose slope is |x|, and the labels' logits (x, 0). */
const D = (x: Tensor) => ({ score: x.square().mul(0.5).reshape([2]), classes: concat([x, x.mul(0)], 1) });
const networks = { G: G as (...inputs: readonly Tensor[]) => unknown, D };
/** ε for the two samples. */
const uniform = [0.25, 1];

// Classes: 0 is of the first and l = ln 3 of the second. G is asked for the other: 0 + 2 and l + 1. x̂ is ¾ · 2 and l.
const classes = {
  real: (log(2) + log(4)) / 2,
  fake: (softplus(2) + softplus(-l - 1)) / 2,
  scores: (2 + (l + 1) ** 2 / 2) / 2,
  penalty: (0.5 ** 2 + (l - 1) ** 2) / 2,
  reconstruction: 3, // 2 + 1 and l + 1 + 2
};
const realScores = l ** 2 / 4;

// Attributes: 0 has both, l the second alone. Asked for each other's, G makes 0 + 2 and l + 3. x̂ is ¾ · 2 and l.
const form: SampleForm = { kind: "images", sample: [1], classes: [], attributes: ["hat", "smile"] };
const draws = { uniform, "labelled.y": [1, 1, 0, 1] };
const attributes = {
  real: (log(2) + log(2) + log(4) + log(2)) / 2, // summed over attributes, averaged over the batch
  fake: (softplus(2) + log(2) + softplus(-l - 3) + log(2)) / 2,
  scores: (2 + (l + 3) ** 2 / 2) / 2,
  penalty: classes.penalty,
  reconstruction: 5, // 2 + 3 and l + 3 + 2
};

const expected = (of: typeof classes, { cls = 1, rec = 10, gp = 10 } = {}) => ({
  D: of.scores - realScores + gp * of.penalty + cls * of.real,
  G: -of.scores + cls * of.fake + rec * of.reconstruction,
});

testRecipe(stargan, {
  small: { width: 4, blocks: 1, nCritic: 2, decayTo: 200 },
  losses: [
    {
      networks,
      draws: { uniform },
      options: { nCritic: 1 },
      expected: [expected(classes).D, expected(classes).G],
    },
    {
      networks,
      draws: { uniform },
      options: { nCritic: 2, lambdaCls: 3, lambdaRec: 0.5, lambdaGp: 2 },
      expected: (({ D, G }) => [D, D, G])(expected(classes, { cls: 3, rec: 0.5, gp: 2 })),
    },
    {
      networks,
      draws,
      form,
      options: { nCritic: 1 },
      expected: [expected(attributes).D, expected(attributes).G],
    },
  ],
});

describe("stargan", () => {
  const defaults = Object.fromEntries(Object.entries(stargan.options).map(([key, { default: value }]) => [key, value]));
  const small = { ...defaults, width: 2, blocks: 1, nCritic: 3 };
  const data: SampleForm = { kind: "images", sample: [1, 8, 8], classes: [], attributes: ["hat", "smile"] };
  const compile = (options: object) =>
    compileStep({ recipe: stargan, options: { ...small, ...options }, data, batch: 4, ema: 0 });

  test("asks for labels that other pictures of the batch have, shuffled anew for each step of D; G's step draws nothing", () => {
    const drawn = compile({}).feeds.flatMap(({ name, shape, source }) =>
      "schedule" in source ? [] : [`${name}: ${shape}`],
    );
    expect(drawn.sort()).toEqual(
      [0, 1, 2]
        .flatMap((k) => [
          ...[`labelled.x/${k}: 4,1,8,8`, `labelled.y/${k}: 4,2`],
          ...[`permutation/${k}: 4,4`, `uniform/${k}: 4,1,1,1`],
        ])
        .sort(),
    );
  });

  test("penalises each sample's slope by itself: two of 1 cost nothing, though the batch's gradient is longer", () => {
    const slopeOne = (x: Tensor) => ({ ...D(x), score: x.reshape([2]) });
    const [[withPenalty], [without]] = [10, 0].map(
      (lambdaGp) =>
        lossesOn(
          stargan,
          { ...defaults, lambdaGp, nCritic: 1 },
          { networks: { ...networks, D: slopeOne }, draws: { uniform } },
        )[0],
    );
    expectClose(withPenalty, without, { atol: 1e-9 });
  });

  test("the rate falls by iterations, though D moves more often: to 0 in the last", () => {
    const { feeds } = compile({ lr: 1, decayFrom: 2, decayTo: 4, beta1: 0, beta2: 0 });
    const rates = feeds.flatMap(({ source }) =>
      source.kind === "schedule" && source.schedule(1) === 1 ? [source] : [],
    );
    for (const { schedule, turn } of rates) {
      const at = (iteration: number) => schedule((iteration - 1) * turn.times + turn.repeat + 1);
      expect([1, 2, 3, 4, 5].map(at)).toEqual([1, 1, 0.5, 0, 0]);
    }
    expect(rates).toHaveLength(4);
  });

  test("translates a picture by labels that it is given", () => {
    const { inputs, outputShape } = compileSampler({ recipe: stargan, options: small, data }, 2);
    expect(inputs.map(({ name, shape }) => `${name}: ${shape}`)).toEqual(["a: 1,8,8", "labels: 2"]);
    expect(outputShape).toEqual([2, 1, 8, 8]);
  });
});
