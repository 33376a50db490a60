// Diagnosis during training: every step is heard, samples are seen now and then, and what appears or goes away is told.

import type { Observation, Observer, SeenStep } from "../train/index.ts";
import type { SamplesSeen } from "./symptom.ts";
import { type Diagnosis, describeChange, watchRun } from "./symptoms/doctor.ts";

export interface DiagnosingOptions {
  /** Steps between two looks at samples. */
  readonly every: number;
  /** Made and real samples, the same each time but for the weights. */
  look(seen: SeenStep): Promise<Omit<SamplesSeen, "step">>;
  /** Given every symptom as it stands, when one has changed and after each look. */
  keep(diagnoses: readonly Diagnosis[]): Promise<void>;
}

/** An observer that watches for every symptom; a resumed run goes on from what metrics.jsonl holds. */
export function diagnosingObserver({ every, look, keep }: DiagnosingOptions): Observer {
  const doctor = watchRun();
  return {
    begin(history) {
      doctor.replay(history);
    },
    async step(seen): Promise<Observation> {
      const { step, metrics } = seen;
      const heard = doctor.step({ step, metrics });
      const sampled = step % every === 0 ? doctor.samples({ step, ...(await look(seen)) }) : undefined;
      const changes = [...heard.changes, ...(sampled?.changes ?? [])];
      if (changes.length > 0 || sampled !== undefined) await keep(doctor.diagnoses());
      return {
        numbers: { ...heard.numbers, ...sampled?.numbers },
        remarks: changes.map(describeChange),
      };
    },
  };
}
