// A run's steps as `train` makes them, for their time alone: nothing is logged, drawn or saved.

import type { Dataset } from "../data/index.ts";
import type { Backend } from "../runtime/index.ts";
import { type Checkpoint, checkpointPath } from "./checkpoint-file.ts";
import type { RunConfig } from "./config.ts";
import { initialState } from "./init.ts";
import { openStreams } from "./streams.ts";
import { arraysOf } from "./tensors.ts";
import { type Compile, Steps } from "./variants.ts";

export interface TimedStepsOptions {
  readonly backend: Backend;
  /** Of the configuration, for the backend's lowering. */
  readonly compile: Compile;
  readonly dataset: Dataset;
  /** Where to go on from (default: the beginning). */
  readonly from: Checkpoint | undefined;
  /** Steps to time. */
  readonly steps: number;
  /** Milliseconds, from any start. */
  readonly clock: () => number;
  /** Told how many of all steps are done, those before the timed ones included; what it throws ends the steps. */
  readonly progress?: (done: number, all: number) => void;
}

/** When a step began and ended, by the clock. */
export interface Interval {
  /** Counted from 0, from the run's beginning. */
  readonly iteration: number;
  readonly start: number;
  readonly end: number;
}

/** Steps that are not timed: the first allocate memory. */
const WARM_UP = 2;
/** Where updates rest and return, steps to look through for all that the timed ones do. */
const MOST_WARM_UP = 200;

/** Makes a few steps, and then those that are timed. Throws InputError for data that cannot be read. */
export async function timeSteps(config: RunConfig, options: TimedStepsOptions): Promise<Interval[]> {
  const { backend, compile, dataset, from, steps: timed, clock, progress = () => {} } = options;
  const { batch, seed, flip, threads } = config;
  const first = from?.step ?? 0;
  const warmUp = warmUpOf(compile, first, timed);
  const arrays = compile(0).state;
  const state = from ? arraysOf(arrays, from.tensors, checkpointPath(from.step)) : initialState(arrays, seed);
  const steps = new Steps(compile, backend, { threads, seed, iteration: first, state });
  try {
    const streams = await openStreams(dataset, { batch, seed, flip, positions: steps.positions });
    try {
      const intervals: Interval[] = [];
      progress(0, warmUp + timed);
      for (let i = 0; i < warmUp + timed; i++) {
        const start = clock();
        await steps.next(streams);
        if (i >= warmUp) intervals.push({ iteration: first + i, start, end: clock() });
        progress(i + 1, warmUp + timed);
      }
      return intervals;
    } finally {
      await streams.close();
    }
  } finally {
    await steps.close();
  }
}

/** As many steps as it takes for every program of the timed ones to have run before. */
function warmUpOf(compile: Compile, first: number, timed: number): number {
  const programs = (from: number, to: number) => {
    const { updatesAt } = compile(0);
    return new Set(Array.from({ length: to - from }, (_, i) => updatesAt(from + i).join()));
  };
  for (let warmUp = WARM_UP; warmUp < MOST_WARM_UP; warmUp++) {
    const before = programs(first, first + warmUp);
    const later = programs(first + warmUp, first + warmUp + timed);
    if ([...later].every((program) => before.has(program))) return warmUp;
  }
  return WARM_UP;
}
