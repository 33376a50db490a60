// What it takes to measure a run: its data, the eyes that see pictures, and how many samples of each side.

import { type Dataset, findDataset, formOf, type LossyFiles } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import {
  asChosen,
  beginMetric,
  type ChosenMetric,
  canTeach,
  defaultExtractor,
  type Extractor,
  judgedSamples,
  type LatentDraw,
  LEAST_LABELLED,
  lacks,
  looks,
  type Measured,
  type MeasureOptions,
  madeSamples,
  measure,
  metrics,
  type Need,
  noSamples,
  openExtractor,
  parseMetrics,
  realSamples,
  trainClassifier,
  translatedSamples,
} from "../metrics/index.node.ts";
import { findRecipe, flagOf } from "../recipes/index.ts";
import type { Backend } from "../runtime/index.ts";
import { buildMaking, type RunConfig, type Sampler } from "../train/index.ts";
import { dataNameOf } from "./run-folder.node.ts";
import { openCounterparts, openHeldOut, type Truth } from "./truths.node.ts";

/** A run's file of figures, one a line. */
export const MEASURES = "measures.jsonl";

/** Samples of each side where the user does not say; of points, as many as the literature takes. */
const COUNT = { images: 10_000, points: 2500 } as const;
/** Translations that are set beside their counterparts: each is compared pixel by pixel. */
const TRANSLATIONS = 1000;

export interface EvaluationRequest {
  /** Metrics in words; without, all that the data allows and that train nothing. */
  readonly metrics: string | undefined;
  readonly count: number | undefined;
  readonly seed: number;
  /** A file: a network in ONNX, or a classifier of train-classifier (default: the data's own classifier). */
  readonly extractor: string | undefined;
  readonly preprocess: string | undefined;
  /** Of an ONNX file: the outputs that give features and logits. */
  readonly extractorOutput?: string | undefined;
  readonly extractorLogits?: string | undefined;
  /** How latent vectors are drawn (default: independently). */
  readonly latent?: LatentDraw | undefined;
  /** Whether real samples are measured against real ones too. */
  readonly floor: boolean;
  /** Whether more than one subject will be measured: what was seen of the real samples is then kept for the next. */
  readonly repeatedly: boolean;
  /** The flag that says how many samples. */
  readonly countFlag: "--count" | "--evaluate-count";
}

export interface EvaluationSetting {
  readonly dataset: Dataset;
  readonly backend: Backend;
  readonly threads: number;
  /** What the classifier that judges learns from (default: the data). */
  readonly learned?: Dataset | undefined;
  /** Whether the data are stacks of grey pictures, one in each channel, and `learned` the grey ones. */
  readonly stacked: boolean;
  /** The run's settings: whoever opens truths that the run was not told needs them. */
  readonly config?: RunConfig;
  /** Told what the user should know. */
  readonly tell: (line: string) => void;
  readonly progress?: (what: string, done: number, all: number) => void;
}

/** What is measured. */
export interface Subject {
  readonly sampler: Sampler;
  /** The makings to set beside true counterparts, by their names (default: the sampler, which then has none). */
  ways?(): Promise<Readonly<Record<string, Sampler>>>;
  /** Makes, of pictures, the logits of their classes by the run's D; asked for where `classifierOf` gives one. */
  classifier(): Promise<Sampler>;
}

/** A figure with the samples of each side that it is of. */
export interface Evaluated extends Measured {
  readonly count: number;
  /** Of a recipe's several makings, which was measured; where each has figures of its own. */
  readonly make?: string;
}

/** Measures what runs on one data set have learned. */
export interface Evaluation {
  readonly metrics: readonly ChosenMetric[];
  readonly count: number;
  measure(subject: Subject): Promise<Evaluated[]>;
  close(): Promise<void>;
}

/** Opens the extractor, if any metric wants one. InputError for metrics that cannot be had of this data. */
export async function openEvaluation(request: EvaluationRequest, setting: EvaluationSetting): Promise<Evaluation> {
  const { dataset, stacked, backend, threads, progress = () => {} } = setting;
  const { seed } = request;
  const kind = dataset.kind === "points" ? "points" : "images";
  for (const key of ["extractor", "preprocess", "extractorOutput", "extractorLogits"] as const) {
    if (kind === "images" || request[key] === undefined) continue;
    throw new InputError(`--${flagOf(key)}: is for pictures, and ${dataset.spec} holds points. Leave it out.`);
  }
  const asked = request.metrics === undefined ? undefined : parseMetrics(request.metrics);
  const conditional = setting.config && isConditional(setting.config, dataset);
  const labelled = conditional !== false && dataset.classes.length > 0;
  const looking = (labelled: boolean, chosen: readonly ChosenMetric[]) =>
    chosen.some(({ metric }) => metric.of.includes(kind) && looks(metric, labelled));
  const wantsEyes = looking(labelled, asked ?? metrics.map(asChosen));
  const needsEyes = asked !== undefined && looking(true, asked);
  const wants = (need: Need) => asked === undefined || asked.some(({ metric: { needs } }) => needs.includes(need));
  const opened: { close(): Promise<void> }[] = [];
  const close = async () => {
    for (const each of opened) await each.close();
  };
  const known = async (need: Need, open: (config: RunConfig, dataset: Dataset) => Promise<Truth | string>) => {
    const truth = setting.config && kind === "images" && wants(need) ? await open(setting.config, dataset) : undefined;
    if (typeof truth === "object") opened.push(truth.dataset);
    return truth;
  };
  try {
    const extractor = kind === "images" && wantsEyes ? await eyes(request, setting, needsEyes) : undefined;
    if (extractor) opened.push(extractor);
    const pairs = await known("counterparts", openCounterparts);
    const heldOut = await known("discriminator", openHeldOut);
    const means = {
      ...{ kind, extractor, stacked, labels: dataset.classes, seed },
      conditional,
      modes: findDataset(dataset.spec)?.mixture,
      classifier: trainClassifier(backend, { threads, seed, shape: dataset.shape, classes: dataset.classes }),
      counterparts: typeof pairs === "object" || pairs,
      discriminator: typeof heldOut === "object" || heldOut,
    } satisfies Omit<MeasureOptions, "metrics" | "real" | "made">;
    const count = request.count ?? Math.min(COUNT[kind], dataset.count);
    const counts = { pairs: countOf(pairs, TRANSLATIONS, request), heldOut: countOf(heldOut, COUNT.images, request) };
    const chosen = choose(asked, means, count, request, setting);
    const needing = (need: Need) => chosen.filter(({ metric }) => metric.needs.includes(need));
    const [translated, judged] = [needing("counterparts"), needing("discriminator")];
    const usual = chosen.filter((each) => !translated.includes(each) && !judged.includes(each));
    const memory = request.repeatedly ? { memory: { seen: new Map() } } : {};
    const beside = besideData(request, setting, { ...means, metrics: usual, count, ...memory });
    return {
      metrics: chosen,
      count: usual.length > 0 ? count : translated.length > 0 ? counts.pairs : counts.heldOut,
      async measure({ sampler, ways = async () => ({ "": sampler }), classifier }) {
        const found: Evaluated[] = usual.length > 0 ? await beside(sampler) : [];
        if (judged.length > 0) {
          const [truth, by] = [heldOut as Truth, await classifier()];
          found.push(
            ...(await besideClasses(truth, by, { ...means, metrics: judged, count: counts.heldOut, progress })),
          );
        }
        for (const [make, way] of translated.length > 0 ? Object.entries(await ways()) : []) {
          const options = { ...means, metrics: translated, count: counts.pairs, progress };
          const measured = await besideCounterparts(pairs as Truth, way, options);
          found.push(...(make === "" ? measured : measured.map((each) => ofMake(make, each))));
        }
        return found;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * The metrics asked for, each tried on so many samples before any is made; or all that the data and the number of samples allow and that
 * train nothing. InputError for one that was asked for and cannot be had.
 */
function choose(
  asked: readonly ChosenMetric[] | undefined,
  means: Omit<MeasureOptions, "metrics" | "real" | "made">,
  count: number,
  { countFlag }: EvaluationRequest,
  { dataset, tell }: EvaluationSetting,
): readonly ChosenMetric[] {
  const besideTruths = ({ metric: { needs } }: ChosenMetric) =>
    needs.includes("counterparts") || needs.includes("discriminator");
  const tried = (each: ChosenMetric) => {
    const real = besideTruths(each) ? Number.POSITIVE_INFINITY : count;
    beginMetric(each, means, { shape: dataset.shape, real, made: real, input: dataset.shape });
  };
  if (asked !== undefined) {
    for (const each of asked) {
      try {
        tried(each);
      } catch (error) {
        if (!(error instanceof InputError) || !error.message.startsWith("--count:")) throw error;
        const all = `--metrics: ${each.metric.name} takes more samples than ${dataset.spec} has, ${count}. Leave it out, or give more data.`;
        throw new InputError(count === dataset.count ? all : error.message.replaceAll("--count", countFlag));
      }
    }
    return asked;
  }
  const possible = metrics
    .map(asChosen)
    .filter(({ metric }) => !metric.needs.includes("classifier") && lacks(metric, means) === undefined);
  const enough = possible.filter((each) => {
    try {
      tried(each);
      return true;
    } catch (error) {
      if (error instanceof InputError) return false;
      throw error;
    }
  });
  const left = possible.filter((each) => !enough.includes(each)).map(({ metric }) => metric.name);
  if (left.length > 0) tell(`Left out, as ${count} samples are too few for them: ${left.join(", ")}.`);
  return enough;
}

/** Whether the run's generator is told classes. */
function isConditional({ recipe, options }: RunConfig, dataset: Dataset): boolean {
  const { inputs } = buildMaking({ recipe: findRecipe(recipe), options, data: formOf(dataset) }, 1);
  return inputs.some(({ source }) => source.kind === "labels");
}

type Common = Omit<MeasureOptions, "real" | "made" | "floor" | "progress"> & {
  readonly count: number;
  readonly progress?: NonNullable<EvaluationSetting["progress"]>;
};

/** How many of a truth's samples are taken. */
const countOf = (truth: Truth | string | undefined, most: number, { count = most }: EvaluationRequest): number =>
  typeof truth === "object" ? Math.min(count, truth.dataset.count) : 0;

/** Made samples beside the data's, and real ones beside real ones. Of lossy pictures it tells once. */
function besideData(
  { floor, latent }: EvaluationRequest,
  { dataset, tell, progress = () => {} }: EvaluationSetting,
  { count, ...options }: Common,
): (sampler: Sampler) => Promise<Evaluated[]> {
  const { seed } = options;
  const left = Math.min(count, dataset.count - count);
  let warned = !options.metrics.some(({ metric }) => metric.compares);
  return async (sampler) => {
    const real = realSamples(dataset, sampler, { seed, count });
    if (!warned && real.lossy && real.lossy.count > 0) tell(lossyWarning(real.lossy, dataset));
    warned = true;
    const measured = await measure({
      ...{ ...options, real, made: madeSamples(sampler, dataset, { seed, count }, latent) },
      floor: floor && left > 0 ? realSamples(dataset, sampler, { seed, count: left, skip: count }) : undefined,
      progress: (done, of) => progress("samples", done, of),
    });
    return measured.map((each) => ({ ...each, count }));
  };
}

/** Held-out samples beside what the run's D takes them for. */
async function besideClasses(
  { dataset, which }: Truth,
  classifier: Sampler,
  { count, progress = () => {}, ...options }: Common,
): Promise<Evaluated[]> {
  const measured = await measure({
    ...{ ...options, made: noSamples(dataset.shape) },
    real: judgedSamples(dataset, classifier, { seed: options.seed, count }),
    progress: (done, of) => progress("held-out samples", done, of),
  });
  return measured.map((each) => ({ ...each, protocol: `${each.protocol}, ${which}`, count }));
}

/** Translations beside the true counterparts. */
async function besideCounterparts(
  { dataset, which }: Truth,
  sampler: Sampler,
  { count, progress = () => {}, ...options }: Common,
): Promise<Evaluated[]> {
  const measured = await measure({
    ...{ ...options, real: noSamples(sampler.sample) },
    made: translatedSamples(dataset, sampler, { seed: options.seed, count }),
    progress: (done, of) => progress("translations", done, of),
  });
  return measured.map((each) => ({ ...each, protocol: `${each.protocol}; ${which}`, count }));
}

/** A figure that stands beside the same of other makings. */
const ofMake = (make: string, { title, protocol, ...figure }: Evaluated): Evaluated => ({
  ...{ ...figure, make, title: `${title}, ${make}`, protocol: `${make}, ${protocol}` },
});

/** What figures are worth beside lossy pictures: Parmar, Zhang and Zhu (2022, "On aliased resizing") measured FFHQ against itself. */
function lossyWarning({ count, looked }: LossyFiles, { spec }: Dataset): string {
  return `Careful: of ${looked} picture files looked at in ${spec}, ${count} are lossy (JPEG, lossy WebP). Figures such as FID then tell of compression too: photographs of faces (FFHQ) saved at JPEG quality 90 have an FID of 6 from themselves, at 75 of 21, and less where they are made smaller. Give lossless files, or compare with runs measured on these alone.`;
}

/** The extractor asked for, else the data's own classifier; nothing for data without labels, unless a metric was named that needs one. */
async function eyes(
  { extractor: path, preprocess, extractorOutput: output, extractorLogits: logits }: EvaluationRequest,
  { dataset: all, learned, backend, threads, tell, progress = () => {} }: EvaluationSetting,
  needed: boolean,
): Promise<Extractor | undefined> {
  if (path !== undefined) return openExtractor(path, { preprocess, output, logits, backend, threads, tell });
  for (const [flag, value] of Object.entries({ preprocess, "extractor-output": output, "extractor-logits": logits })) {
    if (value === undefined) continue;
    throw new InputError(`--${flag}: says how an ONNX file sees pictures. Pass --extractor FILE.onnx too.`);
  }
  const dataset = learned ?? all;
  if (!canTeach(dataset) && !needed) {
    const takes = `that takes labels, two classes and ${LEAST_LABELLED} pictures`;
    tell(
      `Left out is what needs something that sees pictures, as no classifier can be trained on ${dataset.spec}: ${takes}. --extractor FILE.onnx sees too.`,
    );
    return undefined;
  }
  if (dataset.classes.length === 0 && (dataset.attributes ?? []).length === 0) {
    throw new InputError(
      `--metrics: these need something that sees pictures, and no classifier can be trained on ${dataset.spec}: it has no labels. Pass --extractor FILE.onnx, or a classifier of other data.`,
    );
  }
  return defaultExtractor(dataset, {
    ...{ name: `${dataNameOf(dataset.spec)}-classifier`, backend, threads, tell },
    progress: ({ step, steps }) => progress("training the classifier that judges", step, steps),
  });
}
