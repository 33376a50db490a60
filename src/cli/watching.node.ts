// Who looks at a training as it goes, as its settings ask.

import { type Dataset, formOf } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import { encodeUtf8 } from "../formats/index.ts";
import {
  diagnosingObserver,
  findFigure,
  madeSamples,
  measuringObserver,
  parsePatience,
  realSamples,
  type SamplesSeen,
} from "../metrics/index.ts";
import { findRecipe } from "../recipes/index.ts";
import type { Backend } from "../runtime/index.ts";
import {
  buildMaking,
  type Observer,
  openSampler,
  type RunConfig,
  type Sampler,
  type SeenStep,
  type Store,
} from "../train/index.ts";
import { learnedFrom } from "./data-options.ts";
import { MEASURES, openEvaluation } from "./evaluation.node.ts";
import { openData } from "./opening.node.ts";
import { type Scorer, scorer } from "./scoring.node.ts";
import { classifierOf } from "./truths.node.ts";

/** Samples of each side, where the user does not say: few enough to wait for. */
const COUNT = 2500;
const CHUNK = 64;
/** Samples that symptoms are looked for in. */
const SEEN = 64;
/** Of those, how many are made again, and with how many numbers of z drawn anew. */
const REDRAWN = { samples: 16, numbers: 16 };
/** Real samples that classes are told by. */
const LABELLED = 1000;
const TOLD_EVERY_MS = 5000;

export interface Watching {
  readonly observers: readonly Observer[];
  close(): Promise<void>;
}

/**
 * Opens who watches: for symptoms always, and to measure if the settings ask for it. `store` gives the run's store once there is one.
 * InputError for settings that do not fit the data or each other.
 */
export async function openWatching(
  config: RunConfig,
  dataset: Dataset,
  {
    backend,
    store,
    tell,
  }: { readonly backend: Backend; readonly store: () => Store; readonly tell: (line: string) => void },
): Promise<Watching> {
  const opened: { close(): Promise<void> }[] = [];
  const close = async () => {
    for (const each of opened.toReversed()) await each.close();
  };
  const sampler = lazySampler(config, dataset, backend, opened);
  try {
    const measuring = await measuringOf(config, dataset, { backend, sampler, opened, tell, store });
    const score = scorer(config, dataset, { backend, opened });
    return { observers: [diagnosing(config, dataset, { sampler, score, store }), ...measuring], close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A sampler of the weights given last, opened when it is first wanted. */
type LazySampler = (weights: SeenStep["weights"]) => Promise<Sampler>;

/** Watches for symptoms, on the same few samples each time; what it finds stands in the run's diagnosis.json. */
function diagnosing(
  config: RunConfig,
  dataset: Dataset,
  { sampler, score, store }: { readonly sampler: LazySampler; readonly score: Scorer; readonly store: () => Store },
): Observer {
  const count = Math.min(SEEN, (dataset.domains?.a ?? dataset).count, (dataset.domains?.b ?? dataset).count);
  const drawn = { seed: config.seed, count };
  let real: Float32Array | undefined;
  return diagnosingObserver({
    every: config.sampleEvery,
    async look({ weights, state }) {
      const open = await sampler(weights);
      real ??= (await realSamples(dataset, open, drawn).read(0, count)).values;
      const made = await madeSamples(open, dataset, drawn).read(0, count);
      const scores = await score(state, open, made);
      const labelled = labelledOf(dataset, open, config.seed);
      return {
        made: made.values,
        real,
        shape: open.sample,
        scores,
        labelled,
        ...(made.labels && { told: made.labels }),
        ...(await redrawn(open, drawn)),
      };
    },
    keep: (diagnoses) => store().write("diagnosis.json", encodeUtf8(`${JSON.stringify(diagnoses, null, 2)}\n`)),
  });
}

/** Pictures whose classes are known; else what it takes to have some. */
function labelledOf(dataset: Dataset, sampler: Sampler, seed: number) {
  const { kind, count, classes, empty, labelled } = dataset;
  if (kind !== "images" || classes.length === 0) return "pictures with classes";
  if (labelled !== undefined) return `the classes of all pictures, and ${labelled.count} keep theirs`;
  return { ...realSamples(dataset, sampler, { seed, count: Math.min(LABELLED, count) }), classes, empty };
}

/** The first samples again, each time with another number of z drawn anew; nothing where they are made from more than one vector. */
async function redrawn(
  sampler: Sampler,
  { seed, count }: { readonly seed: number; readonly count: number },
): Promise<Pick<SamplesSeen, "latent" | "redrawn">> {
  const [{ name, source }, ...more] = sampler.inputs;
  if (more.length > 0 || (source.kind !== "normal" && source.kind !== "uniform")) return {};
  const latent = sampler.latent(count, seed)[name];
  const other = sampler.latent(count, seed, count)[name];
  const size = latent.length / count;
  const tried = Math.min(size, REDRAWN.numbers);
  const all = new Map<number, Float32Array>();
  for (let k = 0; k < tried; k++) {
    const place = Math.floor((k * size) / tried);
    const z = latent.slice(0, Math.min(count, REDRAWN.samples) * size);
    for (let i = place; i < z.length; i += size) z[i] = other[i];
    all.set(place, await sampler.generate({ [name]: z }));
  }
  return { latent, redrawn: all };
}

/** What measures, where that is asked for. */
async function measuringOf(
  config: RunConfig,
  dataset: Dataset,
  {
    backend,
    sampler,
    opened,
    tell,
    store,
  }: {
    readonly backend: Backend;
    readonly store: () => Store;
    readonly sampler: LazySampler;
    readonly opened: { close(): Promise<void> }[];
    readonly tell: (line: string) => void;
  },
): Promise<Observer[]> {
  const { evaluateEvery, metrics, keepBest, stopWhen, seed, threads } = config;
  const { extractor, preprocess, extractorOutput, extractorLogits } = config;
  if (evaluateEvery === undefined) {
    for (const [flag, value] of Object.entries({
      "--metrics": metrics,
      "--keep-best": keepBest,
      "--stop-when": stopWhen,
    })) {
      if (value === undefined) continue;
      throw new InputError(`${flag}: nothing is measured during training. Pass --evaluate-every 500 too.`);
    }
    return [];
  }
  const { stack = false } = config;
  const learned = stack ? await openData(config.data, learnedFrom(config)) : undefined;
  if (learned) opened.push(learned);
  const count = config.evaluateCount ?? Math.min(COUNT, dataset.count);
  const evaluation = await openEvaluation(
    {
      ...{ metrics, seed, floor: false, extractor, preprocess, extractorOutput, extractorLogits, count },
      ...{ repeatedly: true, countFlag: "--evaluate-count" },
    },
    { dataset, learned, stacked: stack, backend, threads, config, tell, progress: everyNowAndThen(tell) },
  );
  opened.push(evaluation);
  const classifier = lazyClassifier(config, dataset, backend, opened);
  const figure = (name: string, flag: string) => findFigure(name, evaluation.metrics, flag);
  const patience = stopWhen === undefined ? undefined : parsePatience(stopWhen);
  const observer = measuringObserver({
    every: evaluateEvery,
    async measure({ step, weights, state }) {
      const measured = await evaluation.measure({
        sampler: await sampler(weights),
        classifier: () => classifier(state),
      });
      const lines = measured.map((each) => JSON.stringify({ step, ...each, seed }));
      for (const line of lines) await store().append(MEASURES, line);
      return measured;
    },
    ...(keepBest !== undefined && { keepBest: { name: keepBest, figure: figure(keepBest, "--keep-best") } }),
    ...(patience && { stopWhen: { ...patience, spec: figure(patience.figure, "--stop-when") } }),
  });
  return [observer];
}

function lazySampler(
  { recipe: name, options, threads }: RunConfig,
  dataset: Dataset,
  backend: Backend,
  opened: { close(): Promise<void> }[],
): LazySampler {
  let sampler: Sampler | undefined;
  let weightsNow: SeenStep["weights"];
  return async (weights) => {
    weightsNow = weights;
    if (sampler === undefined) {
      const maker = { recipe: findRecipe(name), options, data: formOf(dataset) };
      sampler = await openSampler(maker, { backend, threads, chunk: CHUNK }, () => weightsNow());
      opened.push(sampler);
    }
    return sampler;
  };
}

/** What the run's D takes the classes of pictures for, as its state is given last; opened when it is first wanted. */
function lazyClassifier(
  config: RunConfig,
  dataset: Dataset,
  backend: Backend,
  opened: { close(): Promise<void> }[],
): (state: SeenStep["state"]) => Promise<Sampler> {
  let classifier: Sampler | undefined;
  let stateNow: SeenStep["state"];
  return async (state) => {
    stateNow = state;
    if (classifier === undefined) {
      const maker = classifierOf(config, formOf(dataset))!;
      const names = buildMaking(maker, 1).arrays.map(({ name }) => name);
      const means = { backend, threads: config.threads, chunk: CHUNK };
      classifier = await openSampler(maker, means, () => stateNow(names));
      opened.push(classifier);
    }
    return classifier;
  };
}

/** Tells of long work in a line every five seconds. */
function everyNowAndThen(tell: (line: string) => void): (what: string, done: number, all: number) => void {
  let toldAt = performance.now();
  return (what, done, all) => {
    if (performance.now() - toldAt < TOLD_EVERY_MS) return;
    toldAt = performance.now();
    tell(`${Math.floor((100 * done) / all)}% ${what}, ${done} of ${all}`);
  };
}
