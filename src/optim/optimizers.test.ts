// Every update rule against numbers worked by hand and against the published algorithm in its other arrangement, in float64.

import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { evaluate, input } from "../graph/index.ts";
import { adam } from "./adam.ts";
import { clipped } from "./clipped.ts";
import type { Optimizer } from "./optimizer.ts";
import { rmsprop } from "./rmsprop.ts";
import { linearSchedule } from "./schedule.ts";
import { sgd } from "./sgd.ts";

/** p after each update of `optimizer`, from p₀ and a gradient for each update; slots start at zero. */
function run<Slot extends string, Scalar extends string>(
  optimizer: Optimizer<Slot, Scalar>,
  p0: number,
  gradients: readonly number[],
): number[] {
  const slotInputs = Object.fromEntries(optimizer.slots.map((slot) => [slot, input(slot, [1])]));
  const scalarInputs = Object.fromEntries(Object.keys(optimizer.scalars).map((name) => [name, input(name, [])]));
  const moved = (optimizer as unknown as Optimizer).update(input("p", [1]), input("g", [1]), slotInputs, scalarInputs);
  const values: Record<string, ArrayLike<number>> = { p: [p0] };
  for (const slot of optimizer.slots) values[slot] = [0];
  return gradients.map((g, i) => {
    for (const [name, schedule] of Object.entries((optimizer as unknown as Optimizer).scalars)) {
      values[name] = [schedule(i + 1)];
    }
    const next = evaluate([moved.p, ...optimizer.slots.map((slot) => moved.slots[slot])], { ...values, g: [g] });
    values.p = next[0];
    optimizer.slots.forEach((slot, k) => {
      values[slot] = next[k + 1];
    });
    return next[0][0];
  });
}

const gradients = [1, -2, 0.5, 0.25, 0, 3];
const exact = { rtol: 1e-12, atol: 1e-12 };

describe("sgd", () => {
  test("without momentum moves by lr times the gradient", () => {
    expectClose(run(sgd({ lr: 0.1 }), 1, [1, -2, 0]), [0.9, 1.1, 1.1], exact);
  });

  test("with momentum adds up the past: b = 1, 1.5, 1.75 for μ = ½ and a gradient of 1", () => {
    expectClose(run(sgd({ lr: 0.1, momentum: 0.5 }), 0, [1, 1, 1]), [-0.1, -0.25, -0.425], exact);
  });
});

describe("rmsprop", () => {
  test("divides by the root of the mean square, worked by hand", () => {
    // ρ = ¾: s = 1, ¾, 13⁄16 for the gradients 2, 0, 1
    const expected = [-2, -2, -2 - 1 / Math.sqrt(13 / 16)];
    expectClose(run(rmsprop({ lr: 1, rho: 0.75, eps: 0 }), 0, [2, 0, 1]), expected, exact);
  });

  test("adds ε to the root, as PyTorch does", () => {
    // √s = ½ for ρ = ¾ and a first gradient of 1, so the step is 1 / (½ + ½)
    expectClose(run(rmsprop({ lr: 0.3, rho: 0.75, eps: 0.5 }), 1, [1]), [0.7], exact);
  });
});

/** Adam as Algorithm 1 of the paper and PyTorch have it, with both moments corrected for their start at zero. */
function adamByAlgorithm1(
  p: number,
  {
    lr,
    beta1,
    beta2,
    eps,
    weightDecay = 0,
  }: Record<"lr" | "beta1" | "beta2" | "eps", number> & { weightDecay?: number },
): number[] {
  let [m, v] = [0, 0];
  return gradients.map((gradient, i) => {
    const g = gradient + weightDecay * p;
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g * g;
    p -= (lr * (m / (1 - beta1 ** (i + 1)))) / (Math.sqrt(v / (1 - beta2 ** (i + 1))) + eps);
    return p;
  });
}

describe("adam", () => {
  test("moves as worked by hand: 1, then 1/√3 on momentum alone", () => {
    // β₁ = β₂ = ½: m̂ = v̂ = 1, then m̂ = v̂ = ⅓
    const expected = [-1, -1 - 1 / Math.sqrt(3)];
    expectClose(run(adam({ lr: 1, beta1: 0.5, beta2: 0.5, eps: 0 }), 0, [1, 0]), expected, exact);
  });

  test("under a constant gradient every step is lr, whatever the gradient's size", () => {
    for (const size of [1e-3, 1, 1e6]) {
      const steps = run(adam({ lr: 0.01, eps: 0 }), 0, Array(5).fill(size));
      expectClose(steps, [-0.01, -0.02, -0.03, -0.04, -0.05], exact, `gradient ${size}`);
    }
  });

  test.each([
    { lr: 2e-4, beta1: 0.5, beta2: 0.999, eps: 1e-8 },
    { lr: 0.1, beta1: 0.9, beta2: 0.99, eps: 0.1 },
    { lr: 0.1, beta1: 0, beta2: 0.9, eps: 1e-3 },
    { lr: 0.1, beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0.3 },
  ])("equals Algorithm 1 over several updates: %o", (options) => {
    expectClose(run(adam(options), 0.7, gradients), adamByAlgorithm1(0.7, options), exact);
  });

  test("has PyTorch's defaults", () => {
    const options = { lr: 0.1, beta1: 0.9, beta2: 0.999, eps: 1e-8 };
    expectClose(run(adam({ lr: 0.1 }), 0.7, gradients), adamByAlgorithm1(0.7, options), exact);
  });
});

describe("clipped", () => {
  test("keeps parameters within ±c after every step, first values too large among them", () => {
    // unclipped: 4, then ±0.1 a step
    expectClose(run(clipped(sgd({ lr: 0.1 }), 0.25), 5, [10, 1, -1, -1, -1]), [0.25, 0.15, 0.25, 0.25, 0.25], exact);
    expectClose(run(clipped(sgd({ lr: 1 }), 0.25), 0, [0.1, 1, -0.05]), [-0.1, -0.25, -0.2], exact);
  });

  test("changes nothing of a rule whose parameters stay within", () => {
    expectClose(run(clipped(adam({ lr: 0.1 }), 100), 0.7, gradients), run(adam({ lr: 0.1 }), 0.7, gradients), exact);
  });

  test("leaves the gradient's history as the rule has it: it is the parameters that are clipped", () => {
    const slots = (optimizer: Optimizer) => {
      const moved = optimizer.update(
        input("p", [1]),
        input("g", [1]),
        { square: input("square", [1]) },
        { lr: input("lr", []) },
      );
      return [...evaluate([moved.slots.square], { p: [1], g: [3], square: [2], lr: [1] })[0]];
    };
    const rule = rmsprop({ lr: 1 }) as unknown as Optimizer;
    expect(clipped(rule, 0.01)).toMatchObject({ name: "rmsprop", slots: ["square"], silent: ["square"] });
    expect(slots(clipped(rule, 0.01))).toEqual(slots(rule));
  });
});

test("a learning rate that is a schedule is read at the update's number, from 1", () => {
  const lr = linearSchedule(0.4, 0.1, { from: 1, to: 4 });
  const steps = [0.4, 0.3, 0.2, 0.1, 0.1];
  const path = steps.map((_, i) => -steps.slice(0, i + 1).reduce((sum, step) => sum + step, 0));
  expectClose(run(sgd({ lr }), 0, Array(5).fill(1)), path, exact, "sgd");
  expectClose(run(adam({ lr, eps: 0 }), 0, Array(5).fill(1)), path, exact, "adam");
  expectClose(run(rmsprop({ lr, rho: 0, eps: 0 }), 0, Array(5).fill(1)), path, exact, "rmsprop");
});

test("each rule's scalars are numbers for float32 at the first and the millionth update", () => {
  for (const optimizer of [sgd({ lr: 0.1, momentum: 0.9 }), rmsprop({ lr: 0.1 }), adam({ lr: 0.1 })]) {
    for (const [name, schedule] of Object.entries(optimizer.scalars)) {
      for (const t of [1, 1e6]) {
        const value = Math.fround(schedule(t));
        expect(Number.isFinite(value) && value > 0, `${optimizer.name} ${name} at ${t}: ${value}`).toBe(true);
      }
    }
  }
});
