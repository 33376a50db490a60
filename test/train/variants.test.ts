// What an iteration may do beyond one network after another: updates that rest, several networks at once, unrolled answers,
// histories of pictures, draws of classes and permutations. On numbers that can be followed by hand.

import { describe, expect, test } from "vitest";
import type { SampleForm } from "../../src/data/index.ts";
import type { NetworkSpec } from "../../src/networks/index.ts";
import { constantOf, linear, named, squeeze } from "../../src/nn/index.ts";
import { adam, sgd } from "../../src/optim/index.ts";
import { type AnyRecipe, defineRecipe, minimize, type Recipe } from "../../src/recipes/index.ts";
import { cpu } from "../../src/runtime/index.node.ts";
import { type CompiledStep, compileStep, compileVariants, initialState, Steps } from "../../src/train/index.ts";
import { expectClose, expectSameBits } from "../close.ts";

const number = (value: number) => linear(1, 1, { bias: false, init: constantOf(value) });

/** A game between g = 3 and d = 2: G(z) = g·z, D(x) = d·x. */
function game(iteration: Recipe<Record<never, never>, { G: NetworkSpec; D: NetworkSpec }>["iteration"]): AnyRecipe {
  return defineRecipe({
    ...{ name: "toy", title: "Toy", paper: "none", about: "two numbers", data: { kinds: ["points"] }, batch: 2 },
    options: {},
    networks: () => ({
      G: { module: named("main", number(3)), inputShape: [1] },
      D: { module: named("main", number(2), { after: squeeze() }), inputShape: [1] },
    }),
    iteration,
    makes: { sample: ({ G }, given) => G(given.prior(G)) },
  });
}

const form: SampleForm = { kind: "points", sample: [1], classes: ["one", "two", "three"] };

function compile(recipe: AnyRecipe, iteration = 0, { batch = 2, ema = 0 } = {}): CompiledStep {
  return compileStep({ recipe, options: {}, data: form, batch, ema, iteration });
}

/** Real samples 1 and 5, again and again. */
const streams = { epoch: 0, next: async () => ({ x: Float32Array.of(1, 5) }) };

/** Makes iterations from the first on, on real samples 1 and 5; the state and the metrics after each. */
async function play(recipe: AnyRecipe, iterations: number, { batch = 2, ema = 0 } = {}) {
  const variants = compileVariants((iteration) => compile(recipe, iteration, { batch, ema }));
  const state = initialState(variants(0).state, 1);
  const steps = new Steps(variants, cpu, { threads: 1, seed: 1, iteration: 0, state });
  const course = [];
  for (let i = 0; i < iterations; i++) {
    const [{ compiled, feeds, numbers }] = await steps.next(streams);
    const metrics = Object.fromEntries(compiled.metrics.map((name, k) => [name, numbers[k]]));
    course.push({ state: await steps.readState(), feeds, metrics });
  }
  await steps.close();
  return course;
}

const exact = { rtol: 1e-6, atol: 1e-6 };

describe("an update that rests", () => {
  const resting = game(({ G, D }, { draw }) => [
    minimize(() => D(draw.real()).mean(), { over: D, with: sgd({ lr: 0.1 }) }),
    minimize(
      () =>
        G(draw.normal([1]))
          .square()
          .mean(),
      { over: G, with: adam({ lr: 0.1 }), when: (i) => i % 3 === 2 },
    ),
  ]);

  test("leaves its network, its optimizer and its average as they are, and its step numbers count only its own", async () => {
    const course = await play(resting, 6, { ema: 0.5 });
    const g = course.map(({ state }) => state["G.parameters"][0]);
    expect(g.slice(0, 2)).toEqual([3, 3]);
    expect(course[1].state["ema.G.parameters"][0]).toBe(3);
    expect(course[1].state["G.adam.m"][0]).toBe(0);
    // Adam's first step is lr whatever the gradient: at the third iteration its bias correction must be that of t = 1.
    expectClose(g[2], 2.9, { atol: 1e-5 });
    expectClose(course[2].state["ema.G.parameters"], [2.95], { atol: 1e-5 });
    expect(g.slice(3, 5)).toEqual([g[2], g[2]]);
    expect(g[5]).toBeLessThan(g[2]);
    expectClose(
      course.map(({ state }) => state["D.parameters"][0]),
      [1.7, 1.4, 1.1, 0.8, 0.5, 0.2],
      exact,
    );
    expect(Object.keys(course[0].metrics)).not.toContain("loss/G");
    expect(Object.keys(course[2].metrics)).toContain("loss/G");
  });

  test("is in no program but its own, which are compiled once each", () => {
    const variants = compileVariants((iteration) => compile(resting, iteration));
    expect(variants(0)).toBe(variants(1));
    expect(variants(2)).toBe(variants(5));
    expect(variants(2)).not.toBe(variants(0));
    expect(variants(0).program.state.map(({ input }) => input)).toEqual(["D.parameters", "D.sgd.momentum"]);
    const names = (iteration: number) => variants(iteration).state.map(({ name, size }) => [name, size]);
    expect(names(0)).toEqual(names(2));
  });
});

test("one update moves several networks by one optimizer, each by its own gradient", async () => {
  const [{ state, metrics }] = await play(
    game(({ G, D }, { draw }) => {
      const x = draw.real(); // mean 3
      return [minimize(() => D(G(x)).mean(), { over: [G, D], with: sgd({ lr: 0.1 }) })];
    }),
    1,
  );
  // loss d·g·3 = 18; ∂g = 2·3, ∂d = 3·3
  expectClose(state["G.parameters"], [3 - 0.6], exact);
  expectClose(state["D.parameters"], [2 - 0.9], exact);
  expectClose(metrics["loss/G+D"], 18, exact);
  expectClose(metrics["gradient/G+D"], Math.hypot(6, 9), exact);
});

describe("an unrolled answer", () => {
  // D's loss is ½(d − g)², so a step of rate ½ moves d half-way to g; after k steps d = g + (d₀ − g)/2ᵏ.
  const unrolled = (steps: number, momentum = 0) =>
    game(({ G, D }, { draw, unrolled, report }) => {
      const one = () => draw.uniform([1], 1, 1); // U[1, 1]
      const difference = () => {
        const x = one();
        return D(x)
          .sub(G(x).reshape([2]))
          .square()
          .mean()
          .mul(0.5);
      };
      const move = minimize(difference, { over: D, with: sgd({ lr: 0.5, momentum }) });
      const answer = minimize(() => unrolled(move, steps, () => D(one()).mean()), { over: G, with: sgd({ lr: 1 }) });
      report("d", D(one()).mean());
      return [move, answer];
    });

  test.each([0, 1, 3])("of %i steps is what D would be then, and G's gradient passes through them", async (steps) => {
    const [{ state, metrics }] = await play(unrolled(steps), 1);
    const d = 2.5; // after D's own step
    expectClose(metrics["loss/G"], 3 + (d - 3) / 2 ** steps, exact, "the value then");
    expectClose(state["G.parameters"], [3 - (1 - 1 / 2 ** steps)], exact, "∂d_k/∂g = 1 − 2⁻ᵏ");
    expectClose(state["D.parameters"], [d], exact, "D itself stays");
  });

  test("takes D's momentum as it is: no gradient passes into the step that made it", async () => {
    const [{ state }] = await play(unrolled(1, 0.5), 1);
    // v₁ = d₀ − g, d₁ = d₀ − ½ v₁; then v₂ = ½ v₁ + d₁ − g and d₂ = d₁ − ½ v₂, of which only the last g counts: ∂d₂/∂g = ½
    expectClose(state["G.parameters"], [3 - 0.5], exact);
  });
});

describe("a history of pictures", () => {
  const size = 3;
  const pooled = game(({ D }, { draw, pool, report }) => [
    minimize(
      () => {
        const taken = pool(draw.normal([1]), size);
        report("first", taken.slice([0, 0], [1, 1]).reshape([]));
        report("second", taken.slice([1, 0], [1, 1]).reshape([]));
        return D(taken).mean();
      },
      { over: D, with: sgd({ lr: 0 }) },
    ),
  ]);

  test("gives new ones until it is full, then new or held ones, and keeps each new one for which it gave a held one", async () => {
    const course = await play(pooled, 200);
    let held: number[] = [];
    let given = 0;
    let swaps = 0;
    for (const { feeds, metrics, state } of course) {
      const fresh = [...feeds["normal/0"]];
      const before = [...held];
      for (const [i, taken] of [metrics.first, metrics.second].entries()) {
        if (given++ < size) held.push(fresh[i]);
        else if (taken !== fresh[i]) {
          expect(before).toContain(taken);
          held = held.map((value) => (value === taken ? fresh[i] : value));
          swaps++;
        }
      }
      expect([...state["pool.0.0"]].slice(0, held.length).sort()).toEqual([...held].sort());
    }
    // A fair coin for each of the 397 chances: within five standard deviations.
    expect(Math.abs(swaps - 397 / 2)).toBeLessThan(5 * Math.sqrt(397 / 4));
  });
});

describe("draws", () => {
  const drawn = () =>
    game(({ G, D }, { draw, at, report }) => [
      minimize(
        () => {
          report(
            "at",
            at((t) => 10 * t),
          );
          const score = draw.classes().matmul(draw.permutation(), { transposeA: true }).sum();
          return D(G(draw.normal([1])))
            .mean()
            .mul(score);
        },
        { over: D, with: sgd({ lr: 0 }) },
      ),
    ]);

  test("of classes are one-hot rows, all classes alike; of permutations, one 1 in each row and column", async () => {
    const batch = 6;
    const course = await play(drawn(), 100, { batch });
    const counts = [0, 0, 0];
    for (const { feeds } of course) {
      const classes = feeds["classes/0"];
      for (let i = 0; i < batch; i++) {
        const row = [...classes.subarray(3 * i, 3 * i + 3)];
        expect([...row].sort()).toEqual([0, 0, 1]);
        counts[row.indexOf(1)]++;
      }
      const matrix = feeds["permutation/0"];
      for (let i = 0; i < batch; i++) {
        expect(matrix.subarray(batch * i, batch * (i + 1)).reduce((a, b) => a + b)).toBe(1);
        expect(Array.from({ length: batch }, (_, k) => matrix[batch * k + i]).reduce((a, b) => a + b)).toBe(1);
      }
    }
    for (const count of counts) expect(Math.abs(count - 200)).toBeLessThan(5 * Math.sqrt(600 * (1 / 3) * (2 / 3)));
  });

  test("that depend on the iteration count it from 1", async () => {
    const course = await play(drawn(), 3);
    expect(course.map(({ metrics }) => metrics.at)).toEqual([10, 20, 30]);
  });
});

test("steps begun in the middle, from the state there, are those that would have come", async () => {
  const recipe = game(({ G, D }, { draw, pool }) => [
    minimize(() => D(pool(G(draw.normal([1])), 4)).mean(), { over: D, with: adam({ lr: 0.1 }) }),
    minimize(() => D(G(draw.normal([1]))).mean(), { over: G, with: adam({ lr: 0.1 }), when: (i) => i % 2 === 1 }),
  ]);
  const variants = compileVariants((iteration) => compile(recipe, iteration));
  const from = async (iteration: number, state: Record<string, Float32Array>, count: number, perRun = 1) => {
    const steps = new Steps(variants, cpu, { threads: 1, seed: 1, iteration, state, perRun });
    for (let made = 0; made < count; ) made += (await steps.next(streams, count - made)).length;
    const end = await steps.readState();
    await steps.close();
    return end;
  };
  const whole = await from(0, initialState(variants(0).state, 1), 9);
  const parts = await from(5, await from(0, initialState(variants(0).state, 1), 5), 4);
  for (const [name, values] of Object.entries(whole)) expectSameBits(parts[name], values, name);
  // Three at a time: of the two kinds of iterations now one, now the other comes first.
  const threes = await from(0, initialState(variants(0).state, 1), 9, 3);
  for (const [name, values] of Object.entries(whole)) expectSameBits(threes[name], values, name);
});
