// Measuring: samples of both sides go past the extractor once, batch by batch, and to every metric that wants them.

import { InputError } from "../errors/index.ts";
import { sizeOf } from "../graph/index.ts";
import type { OptionValue } from "../recipes/index.ts";
import type { Extractor } from "./extractor.ts";
import type { Figure, Measuring, Metric, MetricForm, Observed, Side, TrainClassifier } from "./metric.ts";
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
  /** Keeps what the extractor saw in the real samples, for the next measuring with the same ones. */
  readonly memory?: FeatureMemory;
  /** Told how many of all samples have been seen; throwing ends the measuring. */
  readonly progress?: (done: number, all: number) => void;
}

/** Told of every figure where it is so. */
const SOBOL = "latent vectors of a scrambled Sobol sequence, intervals as of independent ones";

/** What an extractor saw, by the place of a batch. */
export type FeatureMemory = Map<string, Seen>;

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

/** A metric at work, on made samples and perhaps on the floor's. */
interface AtWork extends ChosenMetric {
  readonly made: Measuring;
  readonly floor: Measuring | undefined;
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
  const { metrics, real, made, floor, extractor, batch = 250, progress = () => {} } = options;
  if (real.shape.join() !== made.shape.join()) {
    throw new InputError(
      `measure: real samples are ${real.shape.join("×")}, made ones ${made.shape.join("×")}. Give data of the size that the run makes.`,
    );
  }
  const atWork: AtWork[] = [];
  for (const chosen of metrics) atWork.push(await begin(chosen, options));
  const passes = [
    { samples: real, tell: (seen: Observed) => hear(atWork, seen, "real") },
    { samples: made, tell: (seen: Observed) => hear(atWork, seen, "made") },
    ...(floor === undefined ? [] : [{ samples: floor, tell: (seen: Observed) => hearFloor(atWork, seen) }]),
  ];
  const seen = async (place: string, values: Float32Array, samples: Samples) => {
    const known = options.memory?.get(place) ?? (await seenBy(values, options));
    if (samples !== made) options.memory?.set(place, known);
    return known;
  };
  const all = passes.reduce((sum, { samples }) => sum + samples.count, 0);
  let done = 0;
  for (const [pass, { samples, tell }] of passes.entries()) {
    for (let start = 0; start < samples.count; start += batch) {
      const count = Math.min(batch, samples.count - start);
      const { attributes: _, ...read } = await samples.read(start, count);
      tell({ count, ...read, ...(await seen(`${pass} ${start}`, read.values, samples)) });
      done += count;
      progress(done, all);
    }
  }
  const measured: Measured[] = [];
  for (const { metric, made: working, floor: beneath } of atWork) {
    const { figures, protocol } = await working.finish();
    const floors = await orNone(async () => beneath?.finish());
    const eyes = metric.needs.some((need) => need === "features" || need === "logits") ? extractor : undefined;
    for (const [figure, { title, better, ideal }] of Object.entries(metric.figures)) {
      const known: Figure | undefined = figures[figure];
      if (known === undefined) continue;
      const { value, interval } = known;
      const lowest = floors?.figures[figure]?.value;
      measured.push({
        ...{ metric: metric.name, figure, title, better, value },
        ...(ideal !== undefined && { ideal }),
        ...(interval && { interval }),
        ...(lowest !== undefined && { floor: lowest }),
        protocol: made.latent === "sobol" ? `${protocol}; ${SOBOL}` : protocol,
        ...(eyes && { extractor: `${eyes.name} ${eyes.fingerprint} (${eyes.protocol})` }),
      });
    }
  }
  return measured;
}

/** How many samples of which shape will come. */
interface Coming {
  readonly shape: readonly number[];
  readonly real: number;
  readonly made: number;
  readonly input?: readonly number[] | undefined;
}

/**
 * Starts the metric on so many samples, which tells whether they are enough before any is made. InputError where they are not, or it
 * cannot be had of this data.
 */
export function beginMetric(
  { metric, options: chosen }: ChosenMetric,
  means: Omit<MeasureOptions, "metrics" | "real" | "made">,
  { shape, real, made, input }: Coming,
): Measuring {
  const lacking = lacks(metric, means);
  if (lacking !== undefined) throw new InputError(`--metrics: ${metric.name} cannot be had here: ${lacking}.`);
  const { kind, extractor, stacked, classifier, modes, labels, seed } = means;
  const channels = stacked ? shape[0] : 1;
  const features = kind === "points" ? sizeOf(shape) : extractor && extractor.features * channels;
  return metric.begin(
    {
      ...{ kind, shape, counts: { real: metric.compares ? real : 0, made }, labels, seed },
      ...(input && { input }),
      ...(features !== undefined && { features }),
      ...(extractor?.classes && { classes: extractor.classes }),
      ...(classifier && { classifier }),
      ...(modes && { modes }),
    },
    chosen,
  );
}

async function begin(chosen: ChosenMetric, options: MeasureOptions): Promise<AtWork> {
  const { real, made, floor } = options;
  const coming = { shape: real.shape, real: real.count, input: made.input };
  const working = beginMetric(chosen, options, { ...coming, made: made.count });
  const beneath =
    floor === undefined
      ? undefined
      : await orNone(async () => beginMetric(chosen, options, { ...coming, made: floor.count }));
  return { ...chosen, made: working, floor: beneath };
}

/** Nothing where the samples do not allow it: a floor is not asked for by the user. */
async function orNone<T>(attempt: () => Promise<T>): Promise<T | undefined> {
  try {
    return await attempt();
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

function hear(atWork: readonly AtWork[], seen: Observed, side: Side): void {
  for (const { metric, made, floor } of atWork) {
    if (side === "made") made.add("made", seen);
    else if (metric.compares) for (const each of [made, floor]) each?.add("real", seen);
  }
}

function hearFloor(atWork: readonly AtWork[], seen: Observed): void {
  for (const { floor } of atWork) floor?.add("made", seen);
}

/** What the extractor sees in images; of points, the points themselves. */
async function seenBy(
  values: Float32Array,
  { metrics, real, kind, extractor, stacked }: MeasureOptions,
): Promise<Seen> {
  if (kind === "points") return { features: values };
  const wanted = metrics.some(({ metric: { needs } }) => needs.includes("features") || needs.includes("logits"));
  if (extractor === undefined || !wanted) return {};
  // Each channel by itself: [n, C, H, W] read as [n C, 1, H, W] gives [n C, d], which is [n, C d].
  return extractor.extract(values, stacked ? [1, ...real.shape.slice(1)] : real.shape);
}
