import type { Optimizer } from "./optimizer.ts";
import { type Schedule, toSchedule } from "./schedule.ts";

/** Stochastic gradient descent with momentum: b ← μ b + g, p ← p − α b. */
export function sgd({
  lr,
  momentum = 0,
}: {
  readonly lr: number | Schedule;
  readonly momentum?: number | Schedule;
}): Optimizer<"momentum", "lr" | "mu"> {
  return {
    name: "sgd",
    slots: ["momentum"],
    silent: [],
    scalars: { lr: toSchedule(lr), mu: toSchedule(momentum) },
    update(p, g, slots, scalars) {
      const b = slots.momentum.mul(scalars.mu).add(g);
      return { p: p.sub(b.mul(scalars.lr)), slots: { momentum: b } };
    },
  };
}
