// A learning rate that is held and then falls on a straight line to 0, as papers of image translation and ResNets train.

import { InputError } from "../errors/index.ts";
import { linearSchedule, type Schedule } from "../optim/index.ts";
import { integer } from "./options.ts";

export const decayOptions = {
  decayFrom: integer(0, "the last iteration at the full learning rate", { min: 0 }),
  decayTo: integer(0, "the iteration at which it has fallen to 0; 0 is never", { min: 0 }),
};

/** The learning rate of an update made once in an iteration. InputError where it would fall before it is held. */
export function decaying(
  lr: number,
  { decayFrom, decayTo }: { readonly decayFrom: number; readonly decayTo: number },
): number | Schedule {
  if (decayTo === 0) return lr;
  if (decayTo <= decayFrom) {
    throw new InputError(
      `--decay-to: must come after --decay-from, got ${decayTo} and ${decayFrom}. Pass --decay-to ${2 * decayFrom}, or 0 for a rate that stays.`,
    );
  }
  return linearSchedule(lr, 0, { from: decayFrom, to: decayTo });
}
