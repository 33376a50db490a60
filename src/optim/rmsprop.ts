import type { Optimizer } from "./optimizer.ts";
import { type Schedule, toSchedule } from "./schedule.ts";

/** RMSProp (Hinton's lecture 6e; PyTorch's form): s ← ρ s + (1 − ρ) g², p ← p − α g / (√s + ε). */
export function rmsprop({
  lr,
  rho = 0.99,
  eps = 1e-8,
}: {
  readonly lr: number | Schedule;
  readonly rho?: number;
  readonly eps?: number;
}): Optimizer<"square", "lr"> {
  return {
    name: "rmsprop",
    slots: ["square"],
    silent: ["square"],
    scalars: { lr: toSchedule(lr) },
    update(p, g, slots, scalars) {
      const square = slots.square.mul(rho).add(g.square().mul(1 - rho));
      return { p: p.sub(g.div(square.sqrt().add(eps)).mul(scalars.lr)), slots: { square } };
    },
  };
}
