// WGAN-GP by its paper: the penalty of each sample by itself, at a place of its own, and no batch norm in the critic.

import { describe, expect, test } from "vitest";
import type { SampleForm } from "../../src/data/index.ts";
import { evaluate, input, type Tensor } from "../../src/graph/index.ts";
import { gradientPenalty, wassersteinCriticLoss } from "../../src/losses/index.ts";
import { type AnyModule, variablesOf } from "../../src/nn/index.ts";
import { wganGp } from "../../src/recipes/index.ts";
import { compileStep } from "../../src/train/index.ts";
import { expectClose } from "../close.ts";
import { lossesOn, testRecipe } from "./conformance.ts";

/** D(x) = ½ ‖x‖², whose gradient is x. */
const D = (x: Tensor) => x.square().sum([1]).mul(0.5);
const plane: SampleForm = { kind: "points", sample: [2], classes: [] };
const draws = { real: [4, 0, 0, 8], prior: [0, 4, 0, 4], uniform: [0.25, 1] };
/** Scores 8 and 32 for what is real, 8 and 8 for what is generated. */
const distance = -(8 + 32) / 2 + (8 + 8) / 2;
/** x̂ = (1, 3) and (0, 8). */
const penalty = ((Math.sqrt(10) - 1) ** 2 + 7 ** 2) / 2;

const stage = { networks: { D }, draws, form: plane };

testRecipe(wganGp, {
  small: { width: 8, hidden: [8, 8], nCritic: 2, decayTo: 200 },
  still: {
    "D.l4.bias": "an offset of the critic's scores cancels in D(x̃) − D(x)",
    "D.model.4.bias": "an offset of the critic's scores cancels in D(x̃) − D(x)",
  },
  losses: [
    { ...stage, options: { nCritic: 1 }, expected: [distance + 10 * penalty, -8] },
    { ...stage, options: { nCritic: 2, lambda: 0.1 }, expected: [...Array(2).fill(distance + 0.1 * penalty), -8] },
    { ...stage, options: { nCritic: 1, lambda: 0 }, expected: [distance, -8] },
  ],
});

const defaults = Object.fromEntries(Object.entries(wganGp.options).map(([key, spec]) => [key, spec.default]));

describe("the penalty", () => {
  test("of the batch is the mean of each sample's: the norm is not one of the whole batch", () => {
    // Slopes 1 and 1 cost nothing; the batch's gradient as a whole has length √2.
    const unit = { real: [0.6, 0.8, 1, 0], prior: [9, 9, 9, 9], uniform: [1, 1] };
    const [[loss]] = lossesOn(wganGp, { ...defaults, nCritic: 1 }, { ...stage, draws: unit });
    expectClose(loss, 81 - 1 / 2, { atol: 1e-5 });
  });

  test("is where each sample's own ε puts it, by another ε for each step of the critic", () => {
    const { feeds } = compileStep({ recipe: wganGp, options: defaults, data: plane, batch: 7, ema: 0 });
    const shapes = feeds.filter(({ source }) => source.kind === "uniform").map(({ shape }) => shape);
    expect(shapes).toEqual(Array(5).fill([7, 1]));
  });

  test("is the one of losses/, added to its critic's loss", () => {
    const [x, xTilde, epsilon] = [input("real", [2, 2]), input("prior", [2, 2]), input("uniform", [2, 1])];
    const library = wassersteinCriticLoss(D(x), D(xTilde)).add(gradientPenalty(D, x, xTilde, epsilon).mul(10));
    const [[loss]] = lossesOn(wganGp, { ...defaults, nCritic: 1 }, stage);
    expectClose(loss, evaluate([library], draws)[0], { rtol: 1e-12 });
  });

  test("stays in force where D judges packs: one slope and one score for each", () => {
    const packed = (x: Tensor) => x.reshape([1, 4]).square().sum([1]).mul(0.5);
    const [[loss]] = lossesOn(wganGp, { ...defaults, nCritic: 1 }, { ...stage, networks: { D: packed } });
    // x̂ = (1, 3, 0, 8)
    expectClose(loss, 16 - 40 + 10 * (Math.sqrt(74) - 1) ** 2, { rtol: 1e-6 });
  });
});

test("no critic has batch norm, whatever its networks; layer norm is there for the asking", () => {
  const forms: SampleForm[] = [plane, { kind: "images", sample: [3, 32, 32], classes: [] }];
  for (const networks of ["auto", "mlp", "dcgan", "resnet"]) {
    for (const form of forms.filter(({ kind }) => kind === "images" || networks === "auto" || networks === "mlp")) {
      const paths = (norm: string) => [
        ...variablesOf(wganGp.networks({ ...defaults, networks, norm }, form).D.module as AnyModule).keys(),
      ];
      expect(paths("none").filter((path) => path.includes("running"))).toEqual([]);
      expect(paths("layer").filter((path) => path.includes("running"))).toEqual([]);
      expect(paths("layer").length, networks).toBeGreaterThan(paths("none").length);
    }
  }
});

test("the rate falls by iterations, though the critic moves more often: to 0 in the last", () => {
  const options = { ...defaults, nCritic: 3, lr: 1, decayFrom: 2, decayTo: 4, beta2: 0 };
  const { feeds } = compileStep({ recipe: wganGp, options, data: plane, batch: 2, ema: 0 });
  const rates = feeds.flatMap(({ name, source }) =>
    source.kind === "schedule" && source.schedule(1) === 1 ? [{ name, ...source }] : [],
  );
  for (const { schedule, turn } of rates) {
    const at = (iteration: number) => schedule((iteration - 1) * turn.times + turn.repeat + 1);
    expect([1, 2, 3, 4, 5].map(at)).toEqual([1, 1, 0.5, 0, 0]);
  }
  expect(new Set(rates.map(({ turn }) => `${turn.update} ${turn.repeat}`)).size).toBe(4);
});
