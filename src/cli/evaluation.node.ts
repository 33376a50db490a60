// What it takes to measure a run: its data, the eyes that see pictures, and how many samples of each side.

import { type Dataset, findDataset, type LossyFiles } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import {
  asChosen,
  type ChosenMetric,
  defaultExtractor,
  type Extractor,
  type FeatureMemory,
  type LatentDraw,
  lacks,
  type Measured,
  type MeasureOptions,
  madeSamples,
  measure,
  metrics,
  openExtractor,
  parseMetrics,
  realSamples,
  trainClassifier,
} from "../metrics/index.node.ts";
import type { Backend } from "../runtime/index.ts";
import type { Sampler } from "../train/index.ts";
import { dataNameOf } from "./run-folder.node.ts";

/** Samples of each side where the user does not say; of points, as many as the literature takes. */
const COUNT = { images: 10_000, points: 2500 } as const;

export interface EvaluationRequest {
  /** Metrics in words; without, all that the data allows and that train nothing. */
  readonly metrics: string | undefined;
  readonly count: number | undefined;
  readonly seed: number;
  /** A file: a network in ONNX, or a classifier of train-classifier (default: the data's own classifier). */
  readonly extractor: string | undefined;
  readonly preprocess: string | undefined;
  /** How latent vectors are drawn (default: independently). */
  readonly latent?: LatentDraw | undefined;
  /** Whether real samples are measured against real ones too. */
  readonly floor: boolean;
}

export interface EvaluationSetting {
  readonly dataset: Dataset;
  readonly backend: Backend;
  readonly threads: number;
  /** What the classifier that judges learns from (default: the data). */
  readonly learned?: Dataset | undefined;
  /** Whether the data are stacks of grey pictures, one in each channel, and `learned` the grey ones. */
  readonly stacked: boolean;
  /** Told what the user should know. */
  readonly tell: (line: string) => void;
  readonly progress?: (what: string, done: number, all: number) => void;
}

/** Measures samplers of one data set. */
export interface Evaluation {
  readonly metrics: readonly ChosenMetric[];
  readonly count: number;
  measure(sampler: Sampler): Promise<Measured[]>;
  close(): Promise<void>;
}

/** Opens the extractor, if any metric wants one. InputError for metrics that cannot be had of this data. */
export async function openEvaluation(request: EvaluationRequest, setting: EvaluationSetting): Promise<Evaluation> {
  const { dataset, stacked, backend, threads, progress = () => {} } = setting;
  const { seed } = request;
  const kind = dataset.kind === "points" ? "points" : "images";
  for (const flag of ["extractor", "preprocess"] as const) {
    if (kind === "images" || request[flag] === undefined) continue;
    throw new InputError(`--${flag}: is for pictures, and ${dataset.spec} holds points. Leave it out.`);
  }
  const asked = request.metrics === undefined ? undefined : parseMetrics(request.metrics);
  const wantsEyes = (asked ?? metrics.map(asChosen)).some(
    ({ metric: { needs, of } }) => of.includes(kind) && (needs.includes("features") || needs.includes("logits")),
  );
  const extractor = kind === "images" && wantsEyes ? await eyes(request, setting, asked !== undefined) : undefined;
  const means = {
    ...{ kind, extractor, stacked, labels: dataset.classes, seed },
    modes: findDataset(dataset.spec)?.mixture,
    classifier: trainClassifier(backend, { threads, seed, shape: dataset.shape, classes: dataset.classes }),
  } satisfies Omit<MeasureOptions, "metrics" | "real" | "made">;
  const chosen =
    asked ??
    metrics
      .map(asChosen)
      .filter(({ metric }) => !metric.needs.includes("classifier") && lacks(metric, means) === undefined);
  for (const { metric } of chosen) {
    const lacking = lacks(metric, means);
    if (lacking !== undefined) throw new InputError(`--metrics: ${metric.name} cannot be had here: ${lacking}.`);
  }
  const memory: FeatureMemory = new Map();
  const all = dataset.count;
  const count = request.count ?? Math.min(COUNT[kind], all);
  const left = Math.min(count, all - count);
  let warned = !chosen.some(({ metric }) => metric.compares);
  return {
    metrics: chosen,
    count,
    async measure(sampler) {
      const real = realSamples(dataset, sampler, { seed, count });
      if (!warned && real.lossy && real.lossy.count > 0) setting.tell(lossyWarning(real.lossy, dataset));
      warned = true;
      return measure({
        ...means,
        metrics: chosen,
        memory,
        real,
        made: madeSamples(sampler, dataset, { seed, count }, request.latent),
        floor:
          request.floor && left > 0 ? realSamples(dataset, sampler, { seed, count: left, skip: count }) : undefined,
        progress: (done, of) => progress("samples", done, of),
      });
    },
    close: async () => extractor?.close(),
  };
}

/** What figures are worth beside lossy pictures: Parmar, Zhang and Zhu (2022, "On aliased resizing") measured FFHQ against itself. */
function lossyWarning({ count, looked }: LossyFiles, { spec }: Dataset): string {
  return `Careful: of ${looked} picture files looked at in ${spec}, ${count} are lossy (JPEG, lossy WebP). Figures such as FID then tell of compression too: photographs of faces (FFHQ) saved at JPEG quality 90 have an FID of 6 from themselves, at 75 of 21, and less where they are made smaller. Give lossless files, or compare with runs measured on these alone.`;
}

/** The extractor asked for, else the data's own classifier; nothing for data without labels, unless a metric was named that needs one. */
async function eyes(
  { extractor: path, preprocess }: EvaluationRequest,
  { dataset: all, learned, backend, threads, tell, progress = () => {} }: EvaluationSetting,
  needed: boolean,
): Promise<Extractor | undefined> {
  if (path !== undefined) return openExtractor(path, { preprocess, backend, threads });
  if (preprocess !== undefined) {
    throw new InputError("--preprocess: says how an ONNX file takes pictures. Pass --extractor FILE.onnx too.");
  }
  const dataset = learned ?? all;
  if (!isLabelled(dataset)) {
    if (!needed) return undefined;
    throw new InputError(
      `--metrics: these need something that sees pictures, and no classifier can be trained on ${dataset.spec}: it has no labels. Pass --extractor FILE.onnx, or a classifier of other data.`,
    );
  }
  return defaultExtractor(dataset, {
    ...{ name: `${dataNameOf(dataset.spec)}-classifier`, backend, threads, tell },
    progress: ({ step, steps }) => progress("training the classifier that judges", step, steps),
  });
}

const isLabelled = ({ kind, classes, attributes = [] }: Dataset): boolean =>
  kind === "images" && (classes.length > 1 || attributes.length > 0);
