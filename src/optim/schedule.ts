// Quantities that change over training, as pure functions of the update's number, so that resuming needs no state for them.

/** The value at the t-th update, t = 1, 2, … */
export type Schedule = (t: number) => number;

/** A number is the schedule that never changes. */
export function toSchedule(value: number | Schedule): Schedule {
  return typeof value === "number" ? () => value : value;
}

/** `start` until update `from`, then on a straight line to `end` at update `to`, and `end` from there on. */
export function linearSchedule(start: number, end: number, { from, to }: { from: number; to: number }): Schedule {
  return (t) => start + (end - start) * Math.min(Math.max((t - from) / (to - from), 0), 1);
}

/** From `start` to `end` along half a cosine over the first `updates` updates. */
export function cosineSchedule(start: number, end: number, updates: number): Schedule {
  return (t) => end + (start - end) * 0.5 * (1 + Math.cos(Math.PI * Math.min(t / updates, 1)));
}
