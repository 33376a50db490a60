// pix2pix on the stage of conformance.ts: x = (0, 2 ln 3) is given, y = (0, ln 3) its counterpart, G halves and negates, so that
// G(x) = (0, −ln 3), and D's logit is the sum of what it sees.

import { describe, expect, test } from "vitest";
import type { SampleForm } from "../../src/data/index.ts";
import { InputError } from "../../src/errors/index.ts";
import type { Tensor } from "../../src/graph/index.ts";
import { pix2pix } from "../../src/recipes/index.ts";
import { compileSampler, compileStep } from "../../src/train/index.ts";
import { type Stage, testRecipe } from "./conformance.ts";
import { game } from "./minimax-game.ts";

const [x, y] = [
  [0, 2 * Math.log(3)],
  [0, Math.log(3)],
];
const number: SampleForm = { kind: "pairs", sample: [1], target: [1], classes: [] };
const networks = { G: (x: Tensor) => x.mul(-0.5), D: (seen: Tensor) => seen.sum([1]) };
const stage: Stage = { networks, form: number, draws: { "pair.a": x, "pair.b": y } };
const turned: Stage = { ...stage, draws: { "pair.a": y, "pair.b": x } };

/** 100 · mean |y − G(x)| = 100 · ½ (0 + 2 ln 3) */
const pull = 100 * Math.log(3);
// D(x, y): logits (0, 3 ln 3), probabilities ½ and 27⁄28; D(x, G(x)): (0, ln 3), ½ and ¾
const conditional = {
  /** ½ [−½ (ln ½ + ln 27⁄28) − ½ (ln ½ + ln ¼)] */
  D: (Math.log(2) + Math.log(28 / 27) + Math.log(2) + Math.log(4)) / 4,
  /** −½ (ln ½ + ln ¾) */
  G: Math.log(8 / 3) / 2,
};

const shapes: SampleForm = { kind: "pairs", sample: [3, 32, 32], target: [1, 32, 32], classes: [] };

testRecipe(pix2pix, {
  small: { width: 2, decayTo: 200 },
  forms: [shapes],
  losses: [
    { ...stage, expected: [conditional.D, conditional.G + pull] },
    { ...turned, options: { direction: "b-to-a" }, expected: [conditional.D, conditional.G + pull] },
    { ...stage, options: { lambda: 0 }, expected: [conditional.D, conditional.G] },
    {
      ...stage,
      options: { lambda: 10, game: "gan" },
      expected: [game.discriminator / 2, game.nonSaturating + pull / 10],
    },
    { ...stage, options: { game: "none" }, expected: [pull] },
  ],
});

const defaults = Object.fromEntries(Object.entries(pix2pix.options).map(([key, spec]) => [key, spec.default]));
const options = { ...defaults, width: 2 };

describe("pix2pix", () => {
  test("translates as it was trained: dropout is drawn for each sample, in the first three doublings", () => {
    const { inputs } = compileSampler({ recipe: pix2pix, options, data: shapes }, 1);
    expect(inputs.map(({ name, shape }) => [name, shape])).toEqual([
      ["a", [3, 32, 32]],
      ["uniform", [16, 2, 2]],
      ["uniform/1", [8, 4, 4]],
      ["uniform/2", [4, 8, 8]],
    ]);
    expect(pix2pix.samplesAsTrained).toBe(true);
  });

  test("makes the side that is not given", () => {
    const sampler = (direction: string) =>
      compileSampler({ recipe: pix2pix, options: { ...options, direction }, data: shapes }, 1);
    expect(sampler("a-to-b").outputShape).toEqual([1, 1, 32, 32]);
    expect(sampler("b-to-a").outputShape).toEqual([1, 3, 32, 32]);
    expect(sampler("b-to-a").inputs[0]).toMatchObject({ name: "b", shape: [1, 32, 32] });
  });

  test("draws one pair and one set of dropout for an iteration: D judges what G learns from", () => {
    const { feeds } = compileStep({ recipe: pix2pix, options, data: shapes, batch: 1, ema: 0 });
    const drawn = feeds.map(({ name }) => name).filter((name) => !name.startsWith("schedule"));
    expect(drawn).toEqual(["pair.a/0", "pair.b/0", "uniform/0", "uniform/1", "uniform/2"]);
  });

  test("learns by L1 alone without any D in its step", () => {
    const { metrics, feeds } = compileStep({
      ...{ recipe: pix2pix, options: { ...options, game: "none" }, data: shapes, batch: 1, ema: 0 },
    });
    expect(metrics).toEqual(["distance/l1", "gradient/G", "loss/G"]);
    expect(feeds.length).toBeGreaterThan(0);
  });

  test("refuses to learn by nothing", () => {
    const build = () => pix2pix.networks({ ...options, game: "none", lambda: 0 }, shapes);
    expect(build).toThrow(InputError);
    expect(build).toThrow("--lambda: is 0, and --game none leaves G nothing else to learn by. Pass --lambda 100.");
  });
});
