// SNGAN: the hinge loss by hand, spectral norm in every layer of D, and a rate that falls once in an iteration for both players.

import { describe, expect, test } from "vitest";
import type { SampleForm } from "../../src/data/index.ts";
import { type AnyModule, variablesOf } from "../../src/nn/index.ts";
import { sngan } from "../../src/recipes/index.ts";
import { compileStep } from "../../src/train/index.ts";
import { expectClose } from "../close.ts";
import { testRecipe } from "./conformance.ts";

const small = { width: 10, hidden: [8, 8], zDim: 4, nDis: 2, decayTo: 200 };
const images: SampleForm = { kind: "images", sample: [3, 16, 16], classes: [] };
const points: SampleForm = { kind: "points", sample: [2], classes: [] };

testRecipe(sngan, {
  small,
  still: { "D.model.4.bias": "while all samples lie inside the margin, real ones push it up as much as others down" },
  losses: [
    // reals score 0 and ln 3, inside the margin by 1 and 0; fakes 0 and −ln 3, likewise: ½ + ½ in each of five steps
    { expected: [1, 1, 1, 1, 1, Math.log(3) / 2] },
    { options: { nDis: 1 }, draws: { real: [-1, 2], prior: [1, -3] }, expected: [1 + 1, 1] },
  ],
});

describe("sngan", () => {
  const options = {
    ...Object.fromEntries(Object.entries(sngan.options).map(([k, spec]) => [k, spec.default])),
    ...small,
  };

  test.each([
    { networks: "resnet", data: images },
    { networks: "dcgan", data: images },
    { networks: "mlp", data: images },
    { networks: "mlp", data: points },
  ])("every weight of D is divided by its spectral norm, none of G is: $networks", ({ networks, data }) => {
    const { G, D } = sngan.networks({ ...options, networks }, data);
    const paths = (spec: typeof G) => [...variablesOf(spec.module as AnyModule).keys()];
    const weights = paths(D).filter((path) => path.endsWith("weight"));
    expect(weights.length).toBeGreaterThan(2);
    expect(paths(D).filter((path) => path.endsWith("weight_u"))).toEqual(weights.map((path) => `${path}_u`));
    expect(paths(G).filter((path) => path.endsWith("weight_u"))).toEqual([]);
  });

  test("both rates fall along the same line, though D moves five times in an iteration", () => {
    const falling = { ...options, nDis: 5, beta1: 0, beta2: 0, decayFrom: 2, decayTo: 10 };
    const { feeds } = compileStep({ recipe: sngan, options: falling, data: points, batch: 4, ema: 0 });
    // with β₁ = β₂ = 0 Adam's step size is the rate itself
    const rates = (iteration: number) =>
      feeds.flatMap(({ source }) => {
        if (source.kind !== "schedule") return [];
        const { times, repeat } = source.turn;
        const rate = source.schedule((iteration - 1) * times + repeat + 1);
        return rate > 1e-7 ? [rate] : []; // the others are ε
      });
    expectClose(rates(1), new Array(6).fill(2e-4), { rtol: 1e-12 });
    expectClose(rates(6), new Array(6).fill(1e-4), { rtol: 1e-12 });
  });
});
