import type { Optimizer } from "./optimizer.ts";
import { type Schedule, toSchedule } from "./schedule.ts";

export interface AdamOptions {
  readonly lr: number | Schedule;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly eps?: number;
  /** L2 penalty, added to the gradient as weightDecay · p. */
  readonly weightDecay?: number;
}

/** Adam (Kingma & Ba 2015), Algorithm 1 in the order of its §2: p ← p − α_t · m / (√v + ε̂). */
export function adam({
  lr,
  beta1 = 0.9,
  beta2 = 0.999,
  eps = 1e-8,
  weightDecay = 0,
}: AdamOptions): Optimizer<"m" | "v", "stepSize" | "epsilon"> {
  const alpha = toSchedule(lr);
  const secondBias = (t: number) => Math.sqrt(1 - beta2 ** t);
  return {
    name: "adam",
    slots: ["m", "v"],
    silent: ["v"],
    scalars: {
      stepSize: (t) => (alpha(t) * secondBias(t)) / (1 - beta1 ** t), // α_t = α √(1 − β₂ᵗ) / (1 − β₁ᵗ)
      epsilon: (t) => eps * secondBias(t), //                            ε̂ = ε √(1 − β₂ᵗ)
    },
    update(p, g, { m, v }, { stepSize, epsilon }) {
      const gradient = weightDecay === 0 ? g : g.add(p.mul(weightDecay));
      const mNext = m.mul(beta1).add(gradient.mul(1 - beta1)); //          m ← β₁ m + (1 − β₁) g
      const vNext = v.mul(beta2).add(gradient.square().mul(1 - beta2)); // v ← β₂ v + (1 − β₂) g²
      const step = mNext.div(vNext.sqrt().add(epsilon)).mul(stepSize);
      return { p: p.sub(step), slots: { m: mNext, v: vNext } };
    },
  };
}
