// All watches of a run at once: fed with its steps and samples, or with the lines of metrics.jsonl that they left, it says which
// symptoms appeared or went away. Everything a watch remembers follows from those lines, so that a resumed run finds the same.

import type { Finding, SamplesSeen, StepSeen, Symptom } from "../symptom.ts";
import { symptoms } from "./registry.ts";
import type { RunSymptom, RunWatch } from "./watching.ts";

/** A symptom that appeared at this finding, or went away. */
export interface Change {
  readonly symptom: Symptom;
  readonly finding: Finding;
}

export interface Heard {
  readonly changes: readonly Change[];
  /**
   * Numbers for the step's line of metrics.jsonl: "symptom/NAME", the figure where there is a new one, and "samples/…", what was
   * measured of the samples.
   */
  readonly numbers: Readonly<Record<string, number>>;
}

/** What is known of one symptom now. */
export interface Diagnosis {
  readonly name: string;
  readonly title: string;
  readonly present: boolean;
  /** The step at which it appeared, where it is present. */
  readonly since?: number;
  /** What the value is. */
  readonly figure: string;
  /** The newest; absent as long as there is none. */
  readonly value?: number;
  /** What it needs to be looked for and this run does not have: the end of a sentence that begins "it needs". */
  readonly needs?: string;
  readonly threshold: Symptom["threshold"];
  /** With what is so in this run, where it is present and more can be said. */
  readonly meaning: string;
  readonly advice: readonly string[];
}

export interface Doctor {
  /** Hears a step, every one and in order. */
  step(seen: StepSeen): Heard;
  /** Sees samples made after the step just heard. */
  samples(seen: SamplesSeen): Heard;
  /** Hears lines of metrics.jsonl in the place of the steps and samples that they tell of, and says how it went. */
  replay(lines: Iterable<Readonly<Record<string, unknown>>>): readonly Change[];
  /** Every symptom as it stands, in the registry's order. */
  diagnoses(): readonly Diagnosis[];
}

interface Watched {
  readonly symptom: RunSymptom;
  readonly watch: RunWatch;
  newest?: Finding;
  since?: number;
}

/**
 * Watches a run for every symptom.
 *
 * @example
 * const doctor = watchRun();
 * doctor.replay(linesOfMetrics); //                       what was before, where the run is resumed
 * const { changes, numbers } = doctor.step({ step, metrics });
 * const seen = doctor.samples({ step, made, real, shape });
 * for (const change of [...changes, ...seen.changes]) say(describeChange(change));
 * log({ step, ...metrics, ...numbers, ...seen.numbers });
 */
export function watchRun(watchedFor: readonly RunSymptom[] = symptoms): Doctor {
  const all: Watched[] = watchedFor.map((symptom) => ({ symptom, watch: symptom.watch() }));

  /** Takes note of findings; those that change something. */
  const take = (findings: readonly (readonly [Watched, Finding | undefined])[]): Change[] => {
    const changes: Change[] = [];
    for (const [watched, finding] of findings) {
      if (finding === undefined) continue;
      if (finding.present !== (watched.newest?.present ?? false)) {
        changes.push({ symptom: watched.symptom, finding });
        watched.since = finding.step;
      }
      watched.newest = finding;
    }
    return changes;
  };
  const figuresOf = (findings: readonly (readonly [Watched, Finding | undefined])[]) =>
    Object.fromEntries(
      findings.flatMap(([{ symptom }, finding]) => (finding ? [[`symptom/${symptom.name}`, finding.value]] : [])),
    );
  const step = (seen: StepSeen): Heard => {
    const findings = all.map((watched) => [watched, watched.watch.step?.(seen)] as const);
    return { changes: take(findings), numbers: figuresOf(findings) };
  };

  return {
    step,
    samples(seen) {
      const findings = all.map((watched) => [watched, watched.watch.samples?.(seen)] as const);
      const noted = Object.assign({}, ...all.map(({ watch }) => watch.noted?.() ?? {}));
      return { changes: take(findings), numbers: { ...noted, ...figuresOf(findings) } };
    },
    replay(lines) {
      const changes: Change[] = [];
      for (const line of lines) {
        const numbers = Object.entries(line).filter((entry): entry is [string, number] => typeof entry[1] === "number");
        const { step: at, ...metrics } = Object.fromEntries(numbers);
        if (at !== undefined) changes.push(...step({ step: at, metrics }).changes);
      }
      return changes;
    },
    diagnoses: () =>
      all.map(({ symptom, watch, newest, since }) => {
        const { name, title, figure, threshold, advice } = symptom;
        const needs = watch.needs?.();
        return {
          ...{ name, title, figure, threshold, meaning: meaningOf(symptom, newest), advice },
          present: newest?.present ?? false,
          ...(newest && { value: newest.value }),
          ...(needs !== undefined && { needs }),
          ...(newest?.present && since !== undefined && { since }),
        };
      }),
  };
}

/** A change as a line for a terminal, which says the step itself. */
export function describeChange({ symptom, finding }: Change): string {
  const { title, threshold, advice } = symptom;
  const short = (value: number) => `${Number(value.toPrecision(3))}`;
  const limit = "above" in threshold ? `above ${threshold.above}` : `below ${threshold.below}`;
  return finding.present
    ? `${title} (${short(finding.value)}, ${limit}). ${meaningOf(symptom, finding)} Try: ${advice[0]}.`
    : `${title} has gone (${short(finding.value)}).`;
}

const meaningOf = ({ meaning }: Symptom, finding: Finding | undefined): string =>
  finding?.present && finding.detail !== undefined ? `${meaning} ${finding.detail}` : meaning;
