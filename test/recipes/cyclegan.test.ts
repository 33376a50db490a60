// CycleGAN on the stage of conformance.ts: x = (0, 1), y = (2, 3), G adds one, F doubles, and a D's score is what it sees:
// G(x) = (1, 2), F(y) = (4, 6), F(G(x)) = (2, 4), G(F(y)) = (5, 7), G(y) = (3, 4), F(x) = (0, 2).

import { describe, expect, test } from "vitest";
import type { SampleForm } from "../../src/data/index.ts";
import { InputError } from "../../src/errors/index.ts";
import type { Tensor } from "../../src/graph/index.ts";
import { variablesOf } from "../../src/nn/index.ts";
import { cyclegan } from "../../src/recipes/index.ts";
import { compileStep } from "../../src/train/index.ts";
import { lossesOn, type Stage, testRecipe } from "./conformance.ts";

const number: SampleForm = { kind: "domains", sample: [1], target: [1], classes: [] };
const networks = { G: (x: Tensor) => x.add(1), F: (y: Tensor) => y.mul(2) };
const stage: Stage = { networks, form: number, draws: { "domain.a": [0, 1], "domain.b": [2, 3] } };

const made = (0 + 1) / 2 + (9 + 25) / 2; //      (D_Y(G(x)) − 1)² + (D_X(F(y)) − 1)²
const cycle = (2 + 3) / 2 + (3 + 4) / 2; //      |F(G(x)) − x| + |G(F(y)) − y|
const identity = (1 + 1) / 2 + (0 + 1) / 2; //   |G(y) − y| + |F(x) − x|
const DX = ((1 + 0) / 2 + (16 + 36) / 2) / 2; // ½ [(x − 1)² + F(y)²]
const DY = ((1 + 4) / 2 + (1 + 4) / 2) / 2; //   ½ [(y − 1)² + G(x)²]

testRecipe(cyclegan, {
  small: { width: 2, blocks: 1, identity: 0, decayTo: 200 },
  losses: [
    { ...stage, expected: [made + 10 * cycle + 5 * identity, DX, DY] },
    { ...stage, options: { identity: 0 }, expected: [made + 10 * cycle, DX, DY] },
    { ...stage, options: { lambda: 2, identity: 1 }, expected: [made + 2 * cycle + 2 * identity, DX, DY] },
    { ...stage, options: { lambda: 0 }, expected: [made, DX, DY] },
    { ...stage, options: { poolSize: 0 }, expected: [made + 10 * cycle + 5 * identity, DX, DY] },
  ],
});

const defaults = Object.fromEntries(Object.entries(cyclegan.options).map(([key, spec]) => [key, spec.default]));
const square = (size: number, [a, b] = [3, 3]): SampleForm => ({
  ...{ kind: "domains", sample: [a, size, size], target: [b, size, size], classes: [] },
});

describe("CycleGAN", () => {
  test("knows no pairing: its losses are the same whichever y stands beside an x", () => {
    const turned = { ...stage, draws: { "domain.a": [0, 1], "domain.b": [3, 2] } };
    expect(lossesOn(cyclegan, defaults, turned)).toEqual(lossesOn(cyclegan, defaults, stage));
  });

  test("keeps 50 pictures of each domain, which its discriminators judge; with --pool-size 0, none", () => {
    const options = { ...defaults, width: 2, blocks: 1 };
    const pools = (poolSize: number) => {
      const { feeds, state } = compileStep({
        ...{ recipe: cyclegan, options: { ...options, poolSize }, data: square(16, [3, 3]), batch: 1, ema: 0 },
      });
      return {
        choices: feeds.filter(({ source }) => source.kind === "pool").map(({ shape }) => shape),
        held: state.filter(({ name }) => name.startsWith("pool")).flatMap(({ entries }) => entries.map((e) => e.shape)),
      };
    };
    expect(pools(50)).toEqual({
      choices: [
        [1, 51],
        [1, 51],
      ],
      held: [
        [50, 3, 16, 16],
        [50, 3, 16, 16],
      ],
    });
    expect(pools(0)).toEqual({ choices: [], held: [] });
  });

  test("its generators share an update, before the discriminators'", () => {
    const { metrics } = compileStep({
      ...{ recipe: cyclegan, options: { ...defaults, width: 2, blocks: 1 }, data: square(16), batch: 1, ema: 0 },
    });
    expect(metrics.filter((name) => name.startsWith("loss/"))).toEqual(["loss/DX", "loss/DY", "loss/G+F"]);
  });

  test.each([
    { size: 128, blocks: 0, built: 6 },
    { size: 256, blocks: 0, built: 9 },
    { size: 64, blocks: 3, built: 3 },
  ])("at $size pixels with --blocks $blocks has $built residual blocks", ({ size, blocks, built }) => {
    const { G } = cyclegan.networks({ ...defaults, width: 1, blocks }, square(size));
    const paths = [...variablesOf(G.module as never).keys()].filter((path) => path.endsWith("conv_block.1.weight"));
    expect(paths).toHaveLength(built);
  });

  test("translates between different numbers of channels, but refuses to hold G(y) against y then", () => {
    const build = (weight: number) =>
      cyclegan.networks({ ...defaults, width: 2, blocks: 1, identity: weight }, square(16, [3, 1]));
    expect(Object.values(build(0)).map(({ inputShape }) => inputShape[0])).toEqual([3, 1, 3, 1]);
    expect(() => build(0.5)).toThrow(InputError);
    expect(() => build(0.5)).toThrow(
      "--identity: holds G(y) against y, so a and b must have as many channels, got 3 and 1. Pass --identity 0 or --channels 3.",
    );
  });
});
