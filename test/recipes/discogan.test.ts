// DiscoGAN on the stage of conformance.ts, in its own [0, 1]: x_A = (0, 1), x_B = (½, 1), G_AB halves, G_BA takes from 1, and a D's
// logit is x ln 9, its features x and 2x. Then x_AB = (0, ½), x_BA = (½, 0), x_ABA = (1, ½), x_BAB = (¼, 0).

import { describe, expect, test } from "vitest";
import type { SampleForm } from "../../src/data/index.ts";
import type { Tensor } from "../../src/graph/index.ts";
import { discogan } from "../../src/recipes/index.ts";
import { buildMaking, compileStep } from "../../src/train/index.ts";
import { lossesOn, type Stage, testRecipe } from "./conformance.ts";

const number: SampleForm = { kind: "domains", sample: [1], target: [1], classes: [] };
const judge = (x: Tensor) => ({ score: x.mul(Math.log(9)).reshape([2]), features: [x, x.mul(2)] });
const networks = { GAB: (x: Tensor) => x.mul(0.5), GBA: (x: Tensor) => x.neg().add(1), DA: judge, DB: judge };
const stage: Stage = { networks, form: number, draws: { "domain.a": [-1, 1], "domain.b": [0, 1] } };

const { log } = Math;
// Probabilities of x_A: ½, 9⁄10; of x_B: ¾, 9⁄10; of x_AB: ½, ¾; of x_BA: ¾, ½. BCE, real and fake by halves.
const DA = -(log(1 / 2) + log(9 / 10) + log(1 / 4) + log(1 / 2)) / 4;
const DB = -(log(3 / 4) + log(9 / 10) + log(1 / 2) + log(1 / 4)) / 4;
// 0.1 · BCE + 0.9 · Σ (mean f(x) − mean f(G(x)))²: the means differ by ½ for B, by ¼ for A, and by twice that in the second feature
const gameA = (-0.1 * (log(3 / 4) + log(1 / 2))) / 2 + 0.9 * (1 / 16 + 1 / 4);
const gameB = (-0.1 * (log(1 / 2) + log(3 / 4))) / 2 + 0.9 * (1 / 4 + 1);
const constA = (1 + 1 / 4) / 2; //       mean (x_ABA − x_A)²
const constB = (1 / 16 + 1) / 2; //      mean (x_BAB − x_B)²
const mixed = (r: number) => (1 - r) * (gameA + gameB) + r * (constA + constB);

testRecipe(discogan, {
  small: { width: 2, curriculum: 12 },
  losses: [
    { ...stage, expected: [DA + DB, mixed(0.01), mixed(0.01)] },
    { ...stage, iteration: 3333, expected: [DA + DB, mixed(0.01), mixed(0.01)] },
    { ...stage, iteration: 3334, expected: [DA + DB, mixed(0.5), mixed(0.5)] },
    { ...stage, options: { startingRate: 0.9, gSteps: 1 }, expected: [DA + DB, mixed(0.9)] },
    {
      ...{ ...stage, options: { form: "recongan", curriculum: 0, gSteps: 1 } },
      expected: [DB, 0.5 * gameB + 0.5 * constA],
    },
    { ...stage, options: { form: "gan", gSteps: 1 }, expected: [DB, gameB] },
    {
      ...{ ...stage, options: { form: "gan", gSteps: 1, matching: 0 } },
      expected: [DB, -(log(1 / 2) + log(3 / 4)) / 2],
    },
  ],
});

const defaults = Object.fromEntries(Object.entries(discogan.options).map(([key, spec]) => [key, spec.default]));
const data: SampleForm = { kind: "domains", sample: [3, 16, 16], target: [1, 16, 16], classes: [] };

describe("DiscoGAN", () => {
  test("knows no pairing: its losses are the same whichever x_B stands beside an x_A", () => {
    const turned = { ...stage, draws: { "domain.a": [-1, 1], "domain.b": [1, 0] } };
    expect(lossesOn(discogan, defaults, turned)).toEqual(lossesOn(discogan, defaults, stage));
  });

  test("draws fresh pictures of both domains for each step: one of the discriminators, two of the generators", () => {
    const { feeds } = compileStep({ recipe: discogan, options: { ...defaults, width: 2 }, data, batch: 2, ema: 0 });
    const drawn = feeds.filter(({ source }) => source.kind === "data").map(({ name }) => name);
    expect(drawn.sort()).toEqual([0, 1, 2].map((i) => `domain.a/${i}`).concat([0, 1, 2].map((i) => `domain.b/${i}`)));
  });

  test("the forms that learn one direction leave the other's players out of their step", () => {
    const losses = (form: string) => {
      const options = { ...defaults, width: 2, form };
      const { metrics } = compileStep({ recipe: discogan, options, data, batch: 2, ema: 0 });
      return metrics.filter((name) => name.startsWith("loss/"));
    };
    expect(losses("discogan")).toEqual(["loss/DA+DB", "loss/GAB+GBA"]);
    expect(losses("recongan")).toEqual(["loss/DB", "loss/GAB+GBA"]);
    expect(losses("gan")).toEqual(["loss/DB", "loss/GAB"]);
  });

  test("translates both ways, with pictures in [−1, 1] on either side", () => {
    const made = (make: string) => buildMaking({ recipe: discogan, options: { ...defaults, width: 2 }, data, make }, 2);
    expect(made("a-to-b").image.shape).toEqual([2, 1, 16, 16]);
    expect(made("b-to-a").image.shape).toEqual([2, 3, 16, 16]);
    expect(made("b-to-a").networks).toEqual(["GBA"]);
  });
});
