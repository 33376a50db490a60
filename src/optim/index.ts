export { type AdamOptions, adam } from "./adam.ts";
export { clipped } from "./clipped.ts";
export { movingAverage } from "./ema.ts";
export type { Optimizer } from "./optimizer.ts";
export { rmsprop } from "./rmsprop.ts";
export { cosineSchedule, linearSchedule, type Schedule, toSchedule } from "./schedule.ts";
export { sgd } from "./sgd.ts";
