import type { Tensor } from "../graph/index.ts";
import type { Schedule } from "./schedule.ts";

/**
 * An update rule as graph: how parameters p and the rule's own slots move, given the gradient g. All have one shape.
 * Numbers that depend on time are scalars, which the trainer works out in float64 from the update's number t.
 */
export interface Optimizer<Slot extends string = string, Scalar extends string = string> {
  readonly name: string;
  /** State beside each parameter, zero at first. */
  readonly slots: readonly Slot[];
  /** Slots in which an infinity would leave the parameters finite, and so go unnoticed. */
  readonly silent: readonly Slot[];
  readonly scalars: Readonly<Record<Scalar, Schedule>>;
  update(
    p: Tensor,
    g: Tensor,
    slots: Readonly<Record<Slot, Tensor>>,
    scalars: Readonly<Record<Scalar, Tensor>>,
  ): { p: Tensor; slots: Readonly<Record<Slot, Tensor>> };
}
