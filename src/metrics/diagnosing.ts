// Diagnosis during training: every step is heard, samples are seen now and then, and what appears or goes away is told. Who tells the
// classes of samples learns them when these are first judged, so that a short run does without.

import { sizeOf } from "../graph/index.ts";
import type { Observation, Observer, SeenStep } from "../train/index.ts";
import type { SamplesSeen } from "./symptom.ts";
import { type Labelled, openClassJudge } from "./symptoms/class-judge.ts";
import { type Diagnosis, describeChange, watchRun } from "./symptoms/doctor.ts";
import { WARM_UP } from "./symptoms/watching.ts";

/** Made and real samples, and whence their classes are learnt, or what it needs to be. */
interface Look extends Omit<SamplesSeen, "step" | "classes"> {
  readonly labelled: Labelled | string;
}

export interface DiagnosingOptions {
  /** Steps between two looks at samples. */
  readonly every: number;
  /** Made and real samples, the same each time but for the weights. */
  look(seen: SeenStep): Promise<Look>;
  /** Given every symptom as it stands, when one has changed and after each look. */
  keep(diagnoses: readonly Diagnosis[]): Promise<void>;
}

/** An observer that watches for every symptom; a resumed run goes on from what metrics.jsonl holds. */
export function diagnosingObserver({ every, look, keep }: DiagnosingOptions): Observer {
  const doctor = watchRun();
  let classes: SamplesSeen["classes"];
  const seenAt = async (seen: SeenStep): Promise<SamplesSeen> => {
    const { labelled, ...samples } = await look(seen);
    if (typeof labelled === "string") classes = labelled;
    else if (seen.step >= WARM_UP) {
      classes ??= await openClassJudge(labelled, samples.made.length / sizeOf(samples.shape));
    }
    return { step: seen.step, ...samples, ...(classes !== undefined && { classes }) };
  };
  return {
    every,
    begin(history) {
      doctor.replay(history);
    },
    async step(seen): Promise<Observation> {
      const { step, metrics } = seen;
      const heard = doctor.step({ step, metrics });
      const sampled = step % every === 0 ? doctor.samples(await seenAt(seen)) : undefined;
      const changes = [...heard.changes, ...(sampled?.changes ?? [])];
      if (changes.length > 0 || sampled !== undefined) await keep(doctor.diagnoses());
      return {
        numbers: { ...heard.numbers, ...sampled?.numbers },
        remarks: changes.map(describeChange),
      };
    },
  };
}
