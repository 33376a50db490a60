// How symptoms listen: to blocks of steps, whose metrics are averaged; and to samples, of which they measure some numbers and judge
// the last few sets together. What was measured goes into metrics.jsonl under "samples/…", and is heard from there when a run goes on.

import type { Finding, SamplesSeen, StepSeen, Symptom, Watch } from "../symptom.ts";
import { isDiscriminators, labelsOf } from "./players.ts";

/** A watch that measures samples. */
export interface RunWatch extends Watch {
  /** What it measured of the newest samples, by name in metrics.jsonl; told by `step`, it takes them as measured then. */
  noted?(): Readonly<Record<string, number>>;
}

export interface RunSymptom extends Symptom {
  watch(): RunWatch;
}

type Verdict = Omit<Finding, "step">;

/** Steps in a block. */
export const BLOCK = 10;

/** Hears the means of every metric over each block of steps, of those steps that reported it. */
export function blockWatch(judge: (means: Readonly<Record<string, number>>) => Verdict | undefined) {
  let sums: Record<string, number> = {};
  let counts: Record<string, number> = {};
  return {
    step({ step, metrics }: StepSeen): Finding | undefined {
      for (const [name, value] of Object.entries(metrics)) {
        sums[name] = (sums[name] ?? 0) + value;
        counts[name] = (counts[name] ?? 0) + 1;
      }
      if (step % BLOCK !== 0) return undefined;
      const means = Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum / counts[name]]));
      sums = {};
      counts = {};
      const verdict = judge(means);
      return verdict && { step, ...verdict };
    },
  };
}

/** Steps of G before which its samples are not judged: a G that has hardly begun makes blobs, all alike, with a grid over them. */
export const WARM_UP = 200;

/** Samples in a set: of fewer, figures are left to chance. Thresholds were measured with 64. */
export const LEAST = 16;

interface Sampled<T extends readonly number[]> {
  /** Names of what is measured of a set of samples, without "samples/". */
  readonly names: readonly string[];
  /** In the order of the names; what it needs to be had, as the end of "it needs"; or nothing where it has no sense. */
  readonly measure: (seen: SamplesSeen) => T | string | undefined;
  /** How many sets are judged together. */
  readonly sets: number;
  /** The oldest first. */
  readonly judge: (sets: readonly T[]) => Verdict;
}

/** Measures each set of samples, and judges the last few of those that G made after its first steps. */
export function sampledWatch<T extends readonly number[]>({
  names,
  measure,
  sets,
  judge,
}: Sampled<T>): Required<RunWatch> {
  const keys = names.map((name) => `samples/${name}`);
  const recent = lastOf<T>(sets);
  let movesOfG = 0;
  let newest: T | undefined;
  let lacking: string | undefined;
  const hear = (step: number, measured: T | undefined): Finding | undefined => {
    if (measured === undefined || movesOfG < WARM_UP) return undefined;
    const seen = recent(measured);
    return seen.length === sets ? { step, ...judge(seen) } : undefined;
  };
  return {
    step({ step, metrics }) {
      if (labelsOf(metrics, "gradient").some((label) => !isDiscriminators(label))) movesOfG++;
      const measured = keys.map((key) => metrics[key]).filter((value) => value !== undefined);
      return hear(step, measured.length === 0 ? undefined : (measured as readonly number[] as T));
    },
    samples(seen) {
      const size = seen.shape.reduce((product, side) => product * side, 1);
      const count = seen.made.length / size;
      const measured = count < LEAST ? `at least ${LEAST} samples, and there are ${count}` : measure(seen);
      [newest, lacking] = typeof measured === "string" ? [undefined, measured] : [measured, undefined];
      return hear(seen.step, newest);
    },
    needs: () => lacking,
    noted: () => Object.fromEntries((newest ?? []).map((value, i) => [keys[i], value])),
  };
}

/** Remembers the last `count` values: adds one and gives all, the oldest first. */
export function lastOf<T>(count: number): (value: T) => readonly T[] {
  const values: T[] = [];
  return (value) => {
    values.push(value);
    if (values.length > count) values.shift();
    return values;
  };
}

/** The value in the middle; of an even number, the upper of the two. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
