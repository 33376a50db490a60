import type { Optimizer } from "./optimizer.ts";

/** An update rule after which every parameter is clipped to [−c, c] (Arjovsky et al. 2017, Algorithm 1, line 7). Its state is the rule's. */
export function clipped<Slot extends string, Scalar extends string>(
  optimizer: Optimizer<Slot, Scalar>,
  c: number,
): Optimizer<Slot, Scalar> {
  return {
    ...optimizer,
    update(...now) {
      const { p, slots } = optimizer.update(...now);
      return { p: p.maximum(-c).minimum(c), slots };
    },
  };
}
