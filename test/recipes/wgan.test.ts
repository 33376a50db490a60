// WGAN by its paper: two scores each, weights that stay clipped, and G waiting for its critic.

import { describe, expect, test } from "vitest";
import { findDataset } from "../../src/data/index.ts";
import { evaluate, input } from "../../src/graph/index.ts";
import { wassersteinCriticLoss, wassersteinGeneratorLoss } from "../../src/losses/index.ts";
import { generatorMoves, wgan } from "../../src/recipes/wgan.ts";
import { trainInMemory } from "../../src/train/index.node.ts";
import { expectClose } from "../close.ts";
import { lossesOnLogits, testRecipe } from "./conformance.ts";

/** The critic gives the real samples the scores 3 and −1, the generated ones 200 and ½. */
const draws = { real: [3, -1], prior: [200, 0.5] };

testRecipe(wgan, {
  small: { width: 8, hidden: [8, 8], nCritic: 10 }, // G moves in the tenth iteration and the twentieth
  losses: [
    // E D(x̃) − E D(x), as often as the critic moves, and −E D(x̃)
    { draws, options: { nCritic: 2 }, expected: [100.25 - 1, 100.25 - 1, -100.25] },
    { draws, options: { nCritic: 1, warmUp: false }, expected: [100.25 - 1, -100.25] },
  ],
});

test("losses/ holds what the recipe writes out", () => {
  const scores = { real: [-2, 0.3, 5, 1e4], fake: [3, -0.7, -1e4, 40] };
  const [real, fake] = [input("real", [4]), input("fake", [4])];
  const options = Object.fromEntries(Object.entries(wgan.options).map(([key, spec]) => [key, spec.default]));
  const written = lossesOnLogits(wgan, { ...options, nCritic: 1 }, scores.real, scores.fake);
  const library = [wassersteinCriticLoss(real, fake), wassersteinGeneratorLoss(fake)];
  expect(written.flat()).toEqual(evaluate(library, scores).map(([value]) => value));
});

describe("G waits for its critic as in the authors' code", () => {
  /** Told as the authors' loop tells it: critic steps before each step of G. */
  const criticSteps = (generatorStep: number, nCritic: number) =>
    generatorStep < 25 || generatorStep % 500 === 0 ? 100 : nCritic;

  test.each([{ nCritic: 5 }, { nCritic: 1 }, { nCritic: 20 }, { nCritic: 100 }])(
    "with n_critic $nCritic: 100 steps of the critic for each of G's first 25 and every 500th, else n_critic",
    ({ nCritic }) => {
      const found: number[] = [];
      let since = 0;
      for (let iteration = 0; found.length < 1600; iteration++) {
        since += nCritic;
        if (!generatorMoves(iteration, nCritic)) continue;
        found.push(since);
        since = 0;
      }
      expect(found).toEqual(found.map((_, step) => criticSteps(step, nCritic)));
    },
  );

  test("where n_critic does not divide 100, the critic makes the few steps more; where it is larger, G never waits", () => {
    const moves = (nCritic: number, count: number) =>
      Array.from({ length: count }, (_, iteration) => generatorMoves(iteration, nCritic));
    expect(moves(30, 12).flatMap((moved, i) => (moved ? [i] : []))).toEqual([3, 7, 11]);
    expect(moves(150, 600).every(Boolean)).toBe(true);
  });
});

describe("over a few steps on the ring", () => {
  const options = { hidden: [16, 16], zDim: 4, nCritic: 2, warmUp: false, lr: 0.01 };
  const trained = (more: Readonly<Record<string, number | boolean>>) =>
    trainInMemory("wgan", findDataset("ring")!.open({ seed: 1 }), {
      options: { ...options, ...more },
      steps: 5,
      batch: 16,
    });

  test("every weight and bias of the critic is within ±c, some at the border; G's are as they come", async () => {
    const { checkpoint } = await trained({ c: 0.03 });
    const largest = (label: string) =>
      [...checkpoint.tensors]
        .filter(([name]) => name.startsWith(`${label}.model.`))
        .map(([, { data }]) => Math.max(...Array.from(data as Float32Array, Math.abs)));
    expectClose(Math.max(...largest("D")), 0.03, { rtol: 1e-6 });
    expect(largest("D")).toHaveLength(6);
    expect(Math.max(...largest("G"))).toBeGreaterThan(0.1);
  });

  test("while it waits, G stays where it began", async () => {
    const weights = async (warmUp: boolean) => {
      const { checkpoint } = await trained({ warmUp });
      return checkpoint.tensors.get("G.model.0.weight")!.data;
    };
    const still = await trainInMemory("wgan", findDataset("ring")!.open({ seed: 1 }), {
      options: { ...options, lr: 0 },
      steps: 1,
      batch: 16,
    });
    const first = still.checkpoint.tensors.get("G.model.0.weight")!.data;
    expect(await weights(true)).toEqual(first);
    expect(await weights(false)).not.toEqual(first);
  });
});
