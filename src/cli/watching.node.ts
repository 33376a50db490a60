// Who looks at a training as it goes, as its settings ask.

import { type Dataset, formOf } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import { findFigure, measuringObserver, parsePatience } from "../metrics/index.ts";
import { findRecipe } from "../recipes/index.ts";
import type { Backend } from "../runtime/index.ts";
import { type Observer, openSampler, type RunConfig, type Sampler, type SeenStep } from "../train/index.ts";
import { dataOptionsOf } from "./data-options.ts";
import { type Evaluation, openEvaluation } from "./evaluation.node.ts";
import { openData } from "./opening.node.ts";

/** Samples of each side, where the user does not say: few enough to wait for. */
const COUNT = 2500;
const CHUNK = 64;
const TOLD_EVERY_MS = 5000;

export interface Watching {
  readonly observers: readonly Observer[];
  close(): Promise<void>;
}

/** Opens what measures during training, if the settings ask for it. InputError where they do not fit the data or each other. */
export async function openWatching(
  config: RunConfig,
  dataset: Dataset,
  { backend, tell }: { readonly backend: Backend; readonly tell: (line: string) => void },
): Promise<Watching> {
  const { evaluateEvery, metrics, keepBest, stopWhen, seed, threads } = config;
  if (evaluateEvery === undefined) {
    for (const [flag, value] of Object.entries({
      "--metrics": metrics,
      "--keep-best": keepBest,
      "--stop-when": stopWhen,
    })) {
      if (value !== undefined) {
        throw new InputError(`${flag}: nothing is measured during training. Pass --evaluate-every 500 too.`);
      }
    }
    return { observers: [], close: async () => {} };
  }
  const grey = config.stack
    ? await openData(config.data, { ...dataOptionsOf(config, findRecipe(config.recipe)), stack: false, channels: 1 })
    : undefined;
  const opened: { close(): Promise<void> }[] = grey ? [grey] : [];
  const close = async () => {
    for (const each of opened.toReversed()) await each.close();
  };
  try {
    const evaluation = await openEvaluation(
      {
        ...{ metrics, seed, floor: false, extractor: config.extractor, preprocess: config.preprocess },
        count: config.evaluateCount ?? Math.min(COUNT, dataset.count),
      },
      { dataset, grey, backend, threads, tell, progress: everyNowAndThen(tell) },
    );
    opened.push(evaluation);
    const patience = stopWhen === undefined ? undefined : parsePatience(stopWhen);
    const observer = measuringObserver({
      every: evaluateEvery,
      measure: measurer(config, dataset, evaluation, backend, opened),
      ...(keepBest !== undefined && {
        keepBest: { name: keepBest, figure: findFigure(keepBest, evaluation.metrics, "--keep-best") },
      }),
      ...(patience !== undefined && {
        stopWhen: { ...patience, spec: findFigure(patience.figure, evaluation.metrics, "--stop-when") },
      }),
    });
    return { observers: [observer], close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Measures the weights of a step by one sampler, opened when it is first wanted. */
function measurer(
  { recipe: name, options, threads }: RunConfig,
  dataset: Dataset,
  evaluation: Evaluation,
  backend: Backend,
  opened: { close(): Promise<void> }[],
) {
  let sampler: Sampler | undefined;
  let weightsNow: SeenStep["weights"];
  return async (weights: SeenStep["weights"]) => {
    weightsNow = weights;
    if (sampler === undefined) {
      const maker = { recipe: findRecipe(name), options, data: formOf(dataset) };
      sampler = await openSampler(maker, { backend, threads, chunk: CHUNK }, () => weightsNow());
      opened.push(sampler);
    }
    return evaluation.measure(sampler);
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
