// What a symptom is: a figure of a training under way that says something is wrong, its threshold, what it means and what to try.
// One file for each; fed with every step's metrics and, now and then, with samples.

/** A step's metrics by name: "loss/D", "score/real", "gradient/G" (norms), …: whatever the recipe reports. */
export interface StepSeen {
  readonly step: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/** Samples seen at a step, with as many real ones. */
export interface SamplesSeen {
  readonly step: number;
  /** [n, ...shape]: made from the same latent vectors each time. */
  readonly made: Float32Array;
  /** [n, ...shape]: the same each time. */
  readonly real: Float32Array;
  /** Of a sample: [C, H, W] or [2]. */
  readonly shape: readonly number[];
  /** [n, zDim]: what `made` was made from, where it is one vector. */
  readonly latent?: Float32Array;
  /** More samples [n, ...shape]: those of `latent` with one of its dimensions (the same for all) drawn anew, by that dimension. */
  readonly redrawn?: ReadonlyMap<number, Float32Array>;
  /** What D takes of samples; or what it needs to tell, as the end of a sentence that begins "it needs". */
  readonly scores?: Scores | string;
  /** Who tells the classes of pictures; or what is needed to tell them, as the end of such a sentence. */
  readonly classes?: ClassJudge | string;
  /** [n]: the classes that G was told to make, by their places, where it is told. */
  readonly told?: Int32Array;
}

/** D's scores [n] of as many samples of each kind, in a batch as in training. */
export interface Scores {
  readonly made: Float32Array;
  /** Real ones that D learns from. */
  readonly real: Float32Array;
  /** Real ones that training never sees. */
  readonly heldOut: Float32Array;
}

/** Tells the classes of pictures. */
export interface ClassJudge {
  readonly names: readonly string[];
  /** The share of each class among real pictures, as it tells them. */
  readonly shares: readonly number[];
  tally(pictures: Float32Array): Tally;
}

/** Pictures counted by their class. */
export interface Tally {
  /** How many are of each class. One whose class is not clear counts half. */
  readonly counts: readonly number[];
  /** Of how many it is clear. */
  readonly clear: number;
}

/** What a symptom's watch says now. */
export interface Finding {
  readonly step: number;
  /** The figure that is held against the threshold. */
  readonly value: number;
  /** Whether it is on the wrong side of it, for long enough to count. */
  readonly present: boolean;
  /** What is so in this run, as a sentence: which classes are missing. */
  readonly detail?: string;
}

export interface Watch {
  /** Hears every step; a finding where it has one. */
  step?(seen: StepSeen): Finding | undefined;
  /** Sees samples. */
  samples?(seen: SamplesSeen): Finding | undefined;
  /** What it needs and the newest samples come without, where it cannot be looked for in all runs: the end of "it needs". */
  needs?(): string | undefined;
}

export interface Symptom {
  /** "mode-collapse": lower case, hyphens. */
  readonly name: string;
  readonly title: string;
  /** What the figure is, with its formula and unit. */
  readonly figure: string;
  /** The symptom is present above it, or below it. */
  readonly threshold: { readonly above: number } | { readonly below: number };
  /** One plain sentence for someone new: what it means that it is present. */
  readonly meaning: string;
  /** What to try, the first first. */
  readonly advice: readonly string[];
  /** Starts to watch a run; what it remembers is its own. */
  watch(): Watch;
}
