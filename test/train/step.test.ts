// How updates become one step, on the smallest game there is: G(z) = g·z, D(x) = d·x, with numbers that can be followed by hand.

import { describe, expect, test } from "vitest";
import { ShapeError, stopGradient } from "../../src/graph/index.ts";
import type { NetworkSpec } from "../../src/networks/index.ts";
import { batchNorm, constantOf, linear, type Module, named, sequential, squeeze } from "../../src/nn/index.ts";
import { adam, sgd } from "../../src/optim/index.ts";
import { type AnyRecipe, defineRecipe, minimize, type Recipe } from "../../src/recipes/index.ts";
import { cpu } from "../../src/runtime/index.node.ts";
import { type CompiledStep, compileStep, fillFeeds, initialState, METRICS } from "../../src/train/index.ts";
import { expectClose } from "../close.ts";

const [G0, D0] = [3, 2];
const times = (factor: number): Module => linear(1, 1, { bias: false, init: constantOf(factor) });

/** A game between the two numbers g and d. */
function game(
  iteration: Recipe<Record<never, never>, { G: NetworkSpec; D: NetworkSpec }>["iteration"],
  judge: Module = times(D0),
): AnyRecipe {
  return defineRecipe({
    ...{ name: "toy", title: "Toy", paper: "none", about: "two numbers", data: { kinds: ["points"] }, batch: 2 },
    options: {},
    networks: () => ({
      G: { module: named("main", sequential(times(G0))), inputShape: [1] },
      D: { module: named("main", sequential(judge), { after: squeeze() }), inputShape: [1] },
    }),
    iteration,
    makes: { sample: ({ G }, given) => G(given.prior(G)) },
  });
}

function compile(recipe: AnyRecipe, { ema = 0, sample = [1] } = {}): CompiledStep {
  return compileStep({ recipe, options: {}, data: { kind: "points", sample, classes: [] }, batch: 2, ema });
}

/** Runs the first iteration on real samples 1 and 5 and z = 0.5 and 1.5, whose means are 3 and 1. */
async function firstIteration(step: CompiledStep) {
  const session = await cpu.load(step.program, { threads: 1 });
  await session.writeState(initialState(step.state, 1));
  const feeds = await fillFeeds(step.feeds, { seed: 1, iteration: 0 }, async () => ({ x: Float32Array.of(1, 5) }));
  for (const { name, source } of step.feeds) if (source.kind === "normal") feeds[name] = Float32Array.of(0.5, 1.5);
  const numbers = (await session.run(feeds))[METRICS];
  const state = await session.readState();
  await session.close();
  return { state, metrics: Object.fromEntries(step.metrics.map((name, i) => [name, numbers[i]])) };
}

const exact = { rtol: 1e-6, atol: 1e-6 };

describe("an update", () => {
  test("uses what those before it have made, as constants: no gradient passes into how weights came about", async () => {
    const step = compile(
      game(({ G, D }, { draw }) => {
        const fake = G(draw.prior(G));
        return [
          minimize(() => D(fake).mean(), { over: D, with: sgd({ lr: 0.1 }) }),
          minimize(() => D(fake).mean(), { over: G, with: sgd({ lr: 0.1 }) }),
        ];
      }),
    );
    const { state, metrics } = await firstIteration(step);
    // D: loss d·g·E z = 6, gradient g·E z = 3, so d ← 2 − 0.3. G: loss d·g·E z = 1.7·3, gradient d·E z = 1.7, so g ← 3 − 0.17.
    // An unrolled game would also count how d depends on g.
    expectClose(state["D.parameters"], [1.7], exact, "d");
    expectClose(state["G.parameters"], [2.83], exact, "g");
    const expected = { "loss/D": 6, "gradient/D": 3, "loss/G": 5.1, "gradient/G": 1.7 };
    expect(Object.keys(metrics)).toEqual(Object.keys(expected).sort());
    for (const [name, value] of Object.entries(expected)) expectClose(metrics[name], value, exact, name);
  });

  test("of several steps is built anew for each, on new draws; the log has the last", async () => {
    const step = compile(
      game(({ G, D }, { draw, report }) => [
        minimize(
          () => {
            const scores = D(draw.real());
            report("score", scores.mean());
            return scores.square().mean();
          },
          { over: D, with: sgd({ lr: 0.01, momentum: 0.5 }), times: 3 },
        ),
        minimize(() => D(G(draw.prior(G))).mean(), { over: G, with: sgd({ lr: 0 }) }),
      ]),
    );
    expect(step.feeds.filter(({ source }) => source.kind === "data").map(({ name }) => name)).toEqual([
      "real/0",
      "real/1",
      "real/2",
    ]);
    const { state, metrics } = await firstIteration(step);
    // E x² = 13: gradient 26 d; b ← b/2 + 26 d, d ← d − b/100
    let [d, b, before] = [D0, 0, 0];
    for (let i = 0; i < 3; i++) {
      before = d;
      b = b / 2 + 26 * d;
      d -= b / 100;
    }
    expectClose(state["D.parameters"], [d], exact, "d");
    expectClose(state["D.sgd.momentum"], [b], exact, "b");
    expectClose(metrics["loss/D"], 13 * before ** 2, exact, "loss");
    expectClose(metrics.score, 3 * before, exact, "score");
  });

  test("of a network that two updates move has slots and metrics of its own", () => {
    const step = compile(
      game(({ G, D }, { draw }) => [
        minimize(() => D(draw.real()).mean(), { over: D, with: adam({ lr: 0.1 }) }),
        minimize(() => D(G(draw.prior(G))).mean(), { over: G, with: adam({ lr: 0.1 }) }),
        minimize(() => D(draw.real()).square().mean(), { over: D, with: adam({ lr: 0.1 }) }),
      ]),
    );
    expect(step.state.map(({ name }) => name)).toEqual([
      ...["G.parameters", "D.parameters", "D.adam0.m", "D.adam0.v"],
      ...["G.adam.m", "G.adam.v", "D.adam2.m", "D.adam2.v"],
    ]);
    expect(step.metrics).toEqual(["gradient/D0", "gradient/D2", "gradient/G", "loss/D0", "loss/D2", "loss/G"]);
    expect(step.state[2].entries.map(({ name }) => name)).toEqual(["D.adam0.m.main.0.weight"]);
  });
});

test("the average follows the weights after their update: 0.9·3 + 0.1·2.8 for g = 3 → 2.8", async () => {
  const recipe = game(({ G, D }, { draw }) => [
    minimize(() => D(G(draw.prior(G))).mean(), { over: G, with: sgd({ lr: 0.1 }) }),
  ]);
  const step = compile(recipe, { ema: 0.9 });
  expect(step.state.at(-1)!.entries.map(({ name }) => name)).toEqual(["ema.G.main.0.weight"]);
  const { state } = await firstIteration(step);
  expectClose(state["G.parameters"], [2.8], exact, "g");
  expectClose(state["ema.G.parameters"], [2.98], exact, "average");
});

test("running statistics move at every application, whoever's update it belongs to", async () => {
  const step = compile(
    game(({ G, D }, { draw }) => {
      const fake = G(draw.prior(G));
      return [
        minimize(
          () =>
            D(draw.real())
              .mean()
              .sub(D(stopGradient(fake)).mean()),
          { over: D, with: sgd({ lr: 0 }) },
        ),
        minimize(() => D(fake).mean(), { over: G, with: sgd({ lr: 0 }) }),
      ];
    }, batchNorm(1)),
  );
  const { state } = await firstIteration(step);
  // Means 3 of the data, then twice 3 of the fakes; unbiased variances 8, 4.5, 4.5; each moves the average by a tenth.
  const average = (start: number, values: readonly number[]) =>
    values.reduce((sum, value) => sum + 0.1 * (value - sum), start);
  expectClose(state["D.buffers"], [average(0, [3, 3, 3]), average(1, [8, 4.5, 4.5])], exact);
});

test("draws have the batch in front and the range asked for; one that nothing uses is not asked of the trainer", () => {
  const step = compile(
    game(({ G, D }, { draw }) => {
      draw.normal([7]);
      draw.real();
      const t = draw.uniform([1], -2, 5);
      return [
        minimize(() => D(draw.real().mul(t)).mean(), { over: D, with: sgd({ lr: 0.1 }) }),
        minimize(() => D(G(draw.normal([1]))).mean(), { over: G, with: sgd({ lr: 0.1 }) }),
      ];
    }),
  );
  expect(step.feeds.filter(({ source }) => source.kind !== "schedule")).toEqual([
    { name: "uniform/0", shape: [2, 1], source: { kind: "uniform", low: -2, high: 5 } },
    { name: "real/1", shape: [2, 1], source: { kind: "data", stream: "all", batch: 1, field: "x" } },
    { name: "normal/1", shape: [2, 1], source: { kind: "normal" } },
  ]);
});

test("data that a network does not fit is told while the step is built, with the layer's path", () => {
  const recipe = game(({ D }, { draw }) => [
    minimize(() => D(draw.real()).mean(), { over: D, with: sgd({ lr: 0.1 }) }),
  ]);
  expect(() => compile(recipe, { sample: [2] })).toThrow(ShapeError);
  expect(() => compile(recipe, { sample: [2] })).toThrow('Linear "D.main.0"');
});
