// Measuring: samples of both sides go past the extractor once, batch by batch, and to every metric that wants them.

import { InputError } from "../errors/index.ts";
import { sizeOf } from "../graph/index.ts";
import type { OptionValue } from "../recipes/index.ts";
import type { Extractor } from "./extractor.ts";
import type { Figure, Measurement, Measuring, Metric, MetricForm, Observed, TrainClassifier } from "./metric.ts";
import type { Samples } from "./samples.ts";

/** A metric with its options. */
export interface ChosenMetric {
  readonly metric: Metric;
  readonly options: Readonly<Record<string, OptionValue>>;
}

export interface MeasureOptions {
  readonly metrics: readonly ChosenMetric[];
  readonly real: Samples;
  readonly made: Samples;
  /** More real samples, none of them in `real`: measured in the place of made ones, they tell how good a figure can get. */
  readonly floor?: Samples | undefined;
  readonly kind: "images" | "points";
  readonly extractor?: Extractor | undefined;
  /** Whether each channel of an image is a picture of its own, to be extracted by itself. */
  readonly stacked?: boolean;
  readonly classifier?: TrainClassifier | undefined;
  readonly modes?: MetricForm["modes"];
  /** Whether the generator is told classes, which its samples are then of (default: where the data have any). */
  readonly conditional?: boolean | undefined;
  /** Whether made samples come with their true counterparts; why not, as a clause that says what is needed. */
  readonly counterparts?: true | string | undefined;
  /** Whether real samples come with the classes that the run's own D tells; why not, as a clause that says what is needed. */
  readonly discriminator?: true | string | undefined;
  /** Names of the data's classes. */
  readonly labels: readonly string[];
  readonly seed: number;
  /** Samples seen together. */
  readonly batch?: number;
  /** Keeps what is known of the real samples, for the next measuring with the same ones, metrics and extractor. */
  readonly memory?: RealMemory;
  /** Told how many of all samples have been seen; throwing ends the measuring. */
  readonly progress?: (done: number, all: number) => void;
}

/** Told of every figure where it is so. */
const SOBOL = "latent vectors of a scrambled Sobol sequence, intervals as of independent ones";

/** What is known of real samples after a measuring; empty before. */
export interface RealMemory {
  /** What the extractor saw in those that are compared with, by the place where a batch starts. */
  readonly seen: Map<number, Seen>;
  /** The floor's figures, of each metric in turn: nothing of them depends on what is made. */
  floors?: readonly (Measurement | undefined)[];
}

type Seen = Pick<Observed, "features" | "logits">;

/** One figure, with all that must be known to compare it. */
export interface Measured {
  readonly metric: string;
  readonly figure: string;
  readonly title: string;
  readonly better: "lower" | "higher" | "target";
  /** Where `better` is "target": the value to reach. */
  readonly ideal?: number;
  readonly value: number;
  readonly interval?: readonly [number, number];
  /** The same figure of real samples in the place of made ones. */
  readonly floor?: number;
  readonly protocol: string;
  /** "name fingerprint (how it takes pictures)", where the figure rests on one. */
  readonly extractor?: string;
}

/** Whether a metric looks through an extractor: at samples that come with classes, or at others. */
export function looks({ needs, withoutLabels = [] }: Metric, labelled: boolean): boolean {
  return [...needs, ...(labelled ? [] : withoutLabels)].some((need) => need === "features" || need === "logits");
}

/** Whether a metric can be had of this data with these means; else why not, in a few words. */
export function lacks(
  { of, needs }: Metric,
  means: Omit<MeasureOptions, "metrics" | "real" | "made" | "seed">,
): string | undefined {
  const { kind, extractor, stacked, classifier, modes, labels } = means;
  if (!of.includes(kind)) return `it is of ${of.join(" and ")}, and these are ${kind}`;
  if (needs.includes("logits") && extractor?.classes === undefined) return "it needs an extractor that tells classes";
  if (needs.includes("features") && kind === "images" && extractor === undefined) return "it needs an extractor";
  const ofMade = !needs.includes("discriminator"); // whose labels are those of real samples
  if (needs.includes("labels") && (labels.length < 2 || (ofMade && means.conditional === false))) {
    return ofMade ? "it needs a generator that is told classes" : "it needs data of classes";
  }
  if (needs.includes("modes") && modes === undefined) return "it needs data whose modes are known";
  if (needs.includes("stacks") && !stacked) return "it needs stacks of grey pictures (--stack)";
  if (needs.includes("classifier") && classifier === undefined) return "it needs to train a classifier";
  const {
    counterparts = "it needs the true counterparts of pictures",
    discriminator = "it needs a D that says classes",
  } = means;
  if (needs.includes("counterparts") && counterparts !== true) return counterparts;
  if (needs.includes("discriminator") && discriminator !== true) return discriminator;
  return undefined;
}

/**
 * Every figure of these metrics. InputError where a metric cannot be had of this data, samples are too few for it, or the extractor sees
 * what is no number.
 */
export async function measure(options: MeasureOptions): Promise<Measured[]> {
  const { metrics, real, made, extractor, memory } = options;
  if (real.shape.join() !== made.shape.join()) {
    throw new InputError(
      `measure: real samples are ${real.shape.join("×")}, made ones ${made.shape.join("×")}. Give data of the size that the run makes.`,
    );
  }
  const coming = { shape: real.shape, real: real.count, input: made.input };
  const floor = memory?.floors ? undefined : options.floor;
  const ofMade = metrics.map((each) => beginMetric(each, options, { ...coming, made: made.count }));
  const ofFloor = await Promise.all(
    metrics.map(
      (each) => floor && orNone(() => beginMetric(each, options, { ...coming, made: floor.count, floor: true })),
    ),
  );
  const show = showing(options, real.count + made.count + (floor?.count ?? 0));
  await show(real, memory?.seen, (seen) => {
    for (const [m, { metric }] of metrics.entries()) {
      if (metric.compares) for (const each of [ofMade[m], ofFloor[m]]) each?.add("real", seen);
    }
  });
  let told = true;
  await show(made, undefined, (seen) => {
    told &&= seen.labels !== undefined;
    for (const each of ofMade) each.add("made", seen);
  });
  const found = await finishAll(ofMade, (each) => each.finish());
  // Only now, so that what metrics keep of made samples and of the floor's is not in memory at once.
  if (floor) {
    await show(floor, undefined, ({ labels, ...seen }) => {
      const inPlace = { ...seen, ...(labels && told && { labels }) };
      for (const each of ofFloor) each?.add("made", inPlace);
    });
  }
  const floors = memory?.floors ?? (await finishAll(ofFloor, (each) => each && orNone(() => each.finish())));
  if (memory) memory.floors = floors;
  return metrics.flatMap(({ metric }, m) => {
    const { figures, protocol, bySight = false } = found[m];
    const eyes = bySight || looks(metric, true) ? extractor : undefined;
    return Object.entries(metric.figures).flatMap(([figure, { title, better, ideal }]) => {
      const known: Figure | undefined = figures[figure];
      if (known === undefined) return [];
      const { value, interval } = known;
      const lowest = floors[m]?.figures[figure]?.value;
      return {
        ...{ metric: metric.name, figure, title, better, value },
        ...(ideal !== undefined && { ideal }),
        ...(interval && { interval }),
        ...(lowest !== undefined && { floor: lowest }),
        protocol: made.latent === "sobol" ? `${protocol}; ${SOBOL}` : protocol,
        ...(eyes && { extractor: `${eyes.name} ${eyes.fingerprint} (${eyes.protocol})` }),
      };
    });
  });
}

/** Shows samples to the extractor and to who listens, batch by batch; what the extractor saw is taken from `known`, or kept there. */
function showing(options: MeasureOptions, all: number) {
  const { batch = 250, progress = () => {} } = options;
  let done = 0;
  return async (samples: Samples, known: Map<number, Seen> | undefined, listen: (observed: Observed) => void) => {
    for (let start = 0; start < samples.count; start += batch) {
      const count = Math.min(batch, samples.count - start);
      const { attributes: _, ...read } = await samples.read(start, count);
      const seen = known?.get(start) ?? (await seenBy(read.values, options));
      known?.set(start, seen);
      listen({ count, ...read, ...seen });
      done += count;
      progress(done, all);
    }
  };
}

/** What each of them finds; one that has finished is let go, with all that it keeps. */
async function finishAll<T, R>(working: T[], finish: (each: T) => R | Promise<R>): Promise<R[]> {
  const found: R[] = [];
  while (working.length > 0) found.push(await finish(working.shift() as T));
  return found;
}

/** How many samples of which shape will come. */
interface Coming {
  readonly shape: readonly number[];
  readonly real: number;
  readonly made: number;
  readonly input?: readonly number[] | undefined;
  /** Whether it is for the floor. */
  readonly floor?: boolean;
}

/**
 * Starts the metric on so many samples, which tells whether they are enough before any is made. InputError where they are not, or it
 * cannot be had of this data.
 */
export function beginMetric(
  { metric, options: chosen }: ChosenMetric,
  means: Omit<MeasureOptions, "metrics" | "real" | "made">,
  { shape, real, made, input, floor = false }: Coming,
): Measuring {
  const lacking = lacks(metric, means);
  if (lacking !== undefined) throw new InputError(`--metrics: ${metric.name} cannot be had here: ${lacking}.`);
  const { kind, extractor, stacked, classifier, modes, labels, seed } = means;
  const channels = stacked ? shape[0] : 1;
  const features = kind === "points" ? sizeOf(shape) : extractor && extractor.features * channels;
  return metric.begin(
    {
      ...{ kind, shape, counts: { real: metric.compares ? real : 0, made }, labels, floor, seed },
      ...(input && { input }),
      ...(features !== undefined && { features }),
      ...(extractor?.classes && { classes: extractor.classes }),
      ...(classifier && { classifier }),
      ...(modes && { modes }),
    },
    chosen,
  );
}

/** Nothing where the samples do not allow it: a floor is not asked for by the user. */
async function orNone<T>(attempt: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await attempt();
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** What the extractor sees in images; of points, the points themselves. */
async function seenBy(
  values: Float32Array,
  { metrics, real, kind, extractor, stacked, labels, conditional = true }: MeasureOptions,
): Promise<Seen> {
  if (kind === "points") return { features: values };
  const wanted = metrics.some(({ metric }) => looks(metric, conditional && labels.length > 0));
  if (extractor === undefined || !wanted) return {};
  // Each channel by itself: [n, C, H, W] read as [n C, 1, H, W] gives [n C, d], which is [n, C d].
  return extractor.extract(values, stacked ? [1, ...real.shape.slice(1)] : real.shape);
}
