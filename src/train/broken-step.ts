// What to say of a step whose numbers are not finite: it is found by the sums of squares that the step computes of its own
// state, so nothing of it can reach a checkpoint.

import { InputError } from "../errors/index.ts";
import type { Arrays } from "../runtime/index.ts";
import type { CompiledStep } from "./compile-step.ts";
import type { Store } from "./store.ts";
import { tensorsOf } from "./tensors.ts";

/** The error of such a step: data that was not finite, or else training that diverged, with a tensor of the state that shows it. */
export function brokenStep(
  step: number,
  compiled: CompiledStep,
  { feeds, numbers, state }: { readonly feeds: Arrays; readonly numbers: Float32Array; readonly state: Arrays },
  { dataset, store }: { readonly dataset: { readonly spec: string }; readonly store: Store },
): InputError {
  const isBroken = (value: number) => !Number.isFinite(value);
  const reals = compiled.feeds.filter(({ source }) => source.kind === "data");
  const spoilt = reals.map(({ name }) => feeds[name]).find((values) => values.some(isBroken));
  if (spoilt !== undefined) {
    return new InputError(
      `step ${step}: --data: ${dataset.spec} gave ${spoilt.find(isBroken)}. Nothing of the step was saved. Check the data, then: ganforge resume ${store.where}.`,
    );
  }
  const names = [...compiled.metrics, ...compiled.health];
  const bad = numbers.findIndex(isBroken);
  const tensor = [...tensorsOf(compiled.state, state)].find(([, { data }]) => (data as Float32Array).some(isBroken));
  const where = tensor === undefined ? "" : `, and "${tensor[0]}" holds values that are not finite`;
  return new InputError(
    `step ${step}: training diverged: ${names[bad]} is ${numbers[bad]}${where}. Nothing of it was saved; resume from the last checkpoint or start anew with a lower --lr.`,
  );
}
