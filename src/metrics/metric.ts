// What a metric is: named figures of a generator's samples, beside real ones, gathered batch by batch. One file for each metric; the
// registry lists them; `measure` runs any of them over any source of samples.

import type { OptionSpec, OptionSpecs, OptionsOf, OptionValue } from "../recipes/index.ts";

/** Which samples: of the data, or of the generator. */
export type Side = "real" | "made";

/** Samples of one side, n of them, with what the metric asked to be told of them. A metric may keep the arrays: they do not change afterwards. */
export interface Observed {
  readonly count: number;
  /** [n, ...shape]: images in [−1, 1], channels first, or points. */
  readonly values: Float32Array;
  /** [n]: the class that a sample has, or was made to be of; −1 for none. Where the metric needs "labels". */
  readonly labels?: Int32Array;
  /** [n, d]: what the extractor sees. Where the metric needs "features". */
  readonly features?: Float32Array;
  /** [n, K]: what the extractor takes its classes for, before softmax. Where the metric needs "logits". */
  readonly logits?: Float32Array;
  /** Of made ones, [n, ...input]: the pictures that they were made from. Where the metric needs "counterparts". */
  readonly inputs?: Float32Array;
  /** Of made ones, [n, ...shape]: the true counterparts of those pictures. Where the metric needs "counterparts". */
  readonly counterparts?: Float32Array;
  /** Of real ones, [n]: the class that the run's own D tells. Where the metric needs "discriminator". */
  readonly told?: Int32Array;
}

/** What a metric may need, beside the samples themselves. */
export type Need =
  | "features"
  | "logits"
  | "labels"
  | "modes"
  | "stacks"
  | "classifier"
  | "counterparts"
  | "discriminator";

/** What is measured. */
export interface MetricForm {
  readonly kind: "images" | "points";
  /** Of a sample: [C, H, W] or [2]. */
  readonly shape: readonly number[];
  /** How many samples of each side will come. */
  readonly counts: Readonly<Record<Side, number>>;
  /** Of the picture that a sample is made from, where the metric needs "counterparts": [C, H, W]. */
  readonly input?: readonly number[];
  /** d, where there is an extractor. */
  readonly features?: number;
  /** Names of the extractor's classes, where it has any. */
  readonly classes?: readonly string[];
  /** Names of the data's own classes. */
  readonly labels: readonly string[];
  /** Where the data's points gather: the truth of mode coverage. */
  readonly modes?: { readonly centres: readonly (readonly number[])[]; readonly sigma: number };
  /** Trains a small classifier on labelled images; for metrics that need "classifier". */
  readonly classifier?: TrainClassifier;
  /** Whether real samples stand in the place of made ones: a figure's interval, where it costs much, may then be left out. */
  readonly floor?: boolean;
  /** Decides every random choice of the metric: use stream(seed, "metric", name, …). */
  readonly seed: number;
}

/** Trains on n labelled images [n, ...shape] and gives back who tells the classes of others. */
export type TrainClassifier = (
  images: Float32Array,
  labels: Int32Array,
) => Promise<{ classes(images: Float32Array): Promise<Int32Array>; close(): Promise<void> }>;

/** One figure that a metric gives. */
export interface FigureSpec {
  /** As tables call it. */
  readonly title: string;
  /** Which way is better; "target" for a figure that is best at `ideal`, as 0.5 for two samples that cannot be told apart. */
  readonly better: "lower" | "higher" | "target";
  readonly ideal?: number;
  /** One sentence: what it says. */
  readonly about: string;
}

export interface Figure {
  readonly value: number;
  /** 95 % confidence, by the metric's own way of knowing it. */
  readonly interval?: readonly [number, number];
}

export interface Measurement {
  /** One for each of the metric's `figures`, but those that the data's form does not allow. */
  readonly figures: Readonly<Record<string, Figure>>;
  /** How they came about, in the words of the protocol: counts, splits, subsets, k. */
  readonly protocol: string;
  /** Whether they rest on what the metric looks at without labels. */
  readonly bySight?: boolean;
}

/** A metric at work on one pair of sides. */
export interface Measuring {
  /** Takes samples of one side, in order. InputError for features that are not finite. */
  add(side: Side, observed: Observed): void;
  /** The figures, once all samples have come. */
  finish(): Promise<Measurement> | Measurement;
}

export interface Metric {
  /** As --metrics names it: lower case, hyphens. */
  readonly name: string;
  readonly title: string;
  /** "arXiv:1706.08500" or a citation. */
  readonly paper: string;
  readonly about: string;
  readonly of: readonly ("images" | "points")[];
  readonly needs: readonly Need[];
  /** What it looks at, where it can be had, if made samples come without classes. */
  readonly withoutLabels?: readonly Need[];
  /** Whether it looks at real samples; without, only made ones are given to it. */
  readonly compares: boolean;
  /** By name; the first is the metric's main one. */
  readonly figures: Readonly<Record<string, FigureSpec>>;
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** Starts on a pair of sides. InputError, with the least number, where there are too few samples. */
  begin(form: MetricForm, options: Readonly<Record<string, OptionValue>>): Measuring;
}

/** A metric whose options' types `begin` knows. */
export function defineMetric<S extends OptionSpecs>(
  metric: Omit<Metric, "options" | "begin"> & {
    readonly options: S;
    begin(form: MetricForm, options: OptionsOf<S>): Measuring;
  },
): Metric {
  return metric as unknown as Metric;
}
