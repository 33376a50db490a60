// A recording as the doctor sees it: the lines of metrics.jsonl that it would leave, and what was said when.

import { type Change, watchRun } from "../../src/metrics/index.ts";
import type { ClassJudge } from "../../src/metrics/symptom.ts";
import type { Recording } from "./training.ts";

export interface Examination {
  /** As in metrics.jsonl: the step, its metrics, and the doctor's numbers. */
  readonly lines: readonly Readonly<Record<string, number>>[];
  readonly changes: readonly Change[];
  /** The longest that the doctor took over one set of samples, in milliseconds. */
  readonly slowest: number;
}

/** `classes` tells those of samples. */
export function examine(recording: Recording, classes: ClassJudge | string): Examination {
  const { shape, real, latent, steps, samples } = recording;
  const doctor = watchRun();
  const lines: Record<string, number>[] = [];
  const changes: Change[] = [];
  const bySteps = new Map(samples.map((sampled) => [sampled.step, sampled]));
  let slowest = 0;
  for (const { step, metrics } of steps) {
    const heard = [doctor.step({ step, metrics })];
    const sampled = bySteps.get(step);
    if (sampled !== undefined) {
      const begun = performance.now();
      heard.push(doctor.samples({ ...sampled, real, shape, latent, classes }));
      slowest = Math.max(slowest, performance.now() - begun);
    }
    changes.push(...heard.flatMap((each) => each.changes));
    lines.push(Object.assign({ step, ...metrics }, ...heard.map(({ numbers }) => numbers)));
  }
  return { lines, changes, slowest };
}

/** A symptom's figures by step. */
export function figuresOf({ lines }: Examination, name: string): { readonly step: number; readonly value: number }[] {
  const key = `symptom/${name}`;
  return lines.filter((line) => line[key] !== undefined).map((line) => ({ step: line.step, value: line[key] }));
}
