// Who looks at a run between its steps: measures, diagnoses, says which checkpoint to keep and when enough is enough.

import type { JsonObject } from "../formats/index.ts";

/** A step just made. */
export interface SeenStep {
  readonly step: number;
  /** Its metrics by name, those of observers before this one among them. */
  readonly metrics: Readonly<Record<string, number>>;
  /** What samplers of the recipe's makings take: parameters, or their moving averages, and statistics, as they are now. */
  readonly weights: () => Promise<Readonly<Record<string, Float32Array>>>;
  /** The arrays of these names, out of all of the run's state, as they are now. */
  readonly state: (names: readonly string[]) => Promise<Readonly<Record<string, Float32Array>>>;
}

export interface Observation {
  /** More metrics for the step's line. */
  readonly numbers?: Readonly<Record<string, number>>;
  /** Lines for whoever watches. */
  readonly remarks?: readonly string[];
  /** Asks for a checkpoint of this step. */
  readonly save?: boolean;
  /** Ends the run after this step, and says why. */
  readonly stop?: string;
}

export interface Observer {
  /** Steps between two looks at the weights or the state: it asks for them, for a checkpoint or for an end after multiples of these alone. */
  readonly every: number;
  /** Told once, before the first step of a session: the lines of metrics.jsonl so far, from which it finds what it knew. */
  begin?(history: readonly JsonObject[]): void | Promise<void>;
  step(seen: SeenStep): Observation | undefined | Promise<Observation | undefined>;
  /** Steps whose checkpoints outlive newer ones. */
  keep?(): readonly number[];
}
