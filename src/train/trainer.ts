// The trainer: runs a compiled iteration over and over, and keeps the run folder so that a kill at any instant costs at most
// what came after the last checkpoint. It asks the recipe what it declares, never what it is called.

import { createLoader, type Dataset } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import { type Lowering, plainLowering } from "../onnx/index.ts";
import { findRecipe } from "../recipes/index.ts";
import type { Backend } from "../runtime/index.ts";
import { brokenStep } from "./broken-step.ts";
import { type Checkpoint, Checkpoints, checkpointPath, type Sha256 } from "./checkpoint-file.ts";
import { type CompiledStep, compileStep, METRICS } from "./compile-step.ts";
import { checkData, type RunConfig } from "./config.ts";
import type { TrainEvent, TrainResult, TrainSummary } from "./events.ts";
import { fillFeeds } from "./feeds.ts";
import { initialState } from "./init.ts";
import { readJsonLines, truncateJsonLines } from "./metrics-file.ts";
import { picture, pictureCount } from "./pictures.ts";
import { openSampler, type Sampler, sampledArrays, samplerWeights } from "./sampler.ts";
import { type Store, StoreError } from "./store.ts";
import { arraysOf, tensorsOf } from "./tensors.ts";

/** What a trainer works with. */
export interface TrainEnvironment {
  readonly store: Store;
  readonly backend: Backend;
  readonly dataset: Dataset;
  readonly sha256: Sha256;
  /** Seconds, from any start. */
  readonly clock: () => number;
  readonly emit?: (event: TrainEvent) => void;
  /** Asked after every step; true ends the run after a checkpoint. */
  readonly shouldStop?: () => boolean;
}

const METRICS_FILE = "metrics.jsonl";
const PROBLEMS_FILE = "problems.jsonl";
/** Keys the pictures' latent vectors, apart from the training's. */
const SAMPLE_SEED = 0;

/** The compiled iteration of a configuration, for a device's lowering: what --dry-run shows and train runs. */
export function compileRun(
  config: RunConfig,
  dataset: Pick<Dataset, "kind" | "shape">,
  lowering: Lowering = plainLowering,
): CompiledStep {
  const { options, batch, ema } = config;
  return compileStep({
    recipe: findRecipe(config.recipe),
    options,
    data: { kind: dataset.kind, sample: dataset.shape },
    batch,
    ema,
    lowering,
  });
}

export function summarise(recipe: string, { networks, nodes, program, state }: CompiledStep): TrainSummary {
  const stateSize = state.reduce((total, { size }) => total + size, 0);
  return { recipe, networks, graph: { nodes, bytes: program.model.length }, stateSize };
}

/**
 * Trains from the run's newest checkpoint, or from the start, until its budget is spent or `shouldStop` says so.
 * Throws InputError when training diverges, the disk is full or the data cannot be read; the last checkpoint is intact then.
 */
export async function train(config: RunConfig, environment: TrainEnvironment): Promise<TrainResult> {
  const { store, sha256 } = environment;
  const checkpoints = new Checkpoints(store, sha256, { newest: config.keepCheckpoints });
  const opened: { close(): Promise<void> }[] = [];
  try {
    return await trainWith(checkpoints, opened, config, environment);
  } catch (error) {
    throw error instanceof StoreError ? await checkpoints.explain(error) : error;
  } finally {
    for (const resource of opened.reverse()) await resource.close();
  }
}

/** Trains; what it opens it adds to `opened`, for the caller to close. */
async function trainWith(
  checkpoints: Checkpoints,
  opened: { close(): Promise<void> }[],
  config: RunConfig,
  environment: TrainEnvironment,
): Promise<TrainResult> {
  const { store, backend, dataset, clock, emit = () => {}, shouldStop = () => false } = environment;
  const recipe = findRecipe(config.recipe);

  // Check the data and compile the iteration.
  await checkData(store, dataset);
  const compiled = compileRun(config, dataset, await backend.lowering());
  const realsPerStep = realsPerStepOf(compiled);
  const totalSteps = totalStepsOf(config, dataset, compiled);

  // Go on from the newest sound checkpoint, if there is one. The data's position follows from the step.
  const last = await checkpoints.latest((step, reason) => emit({ type: "skipped-checkpoint", step, reason }));
  let step = last?.step ?? 0;
  const position = step * realsPerStep;
  const loader = createLoader(dataset, { batch: config.batch, seed: config.seed, position, flip: config.flip });
  opened.push(loader);
  const session = await backend.load(compiled.program, { threads: config.threads });
  opened.push(session);
  await session.writeState(
    last ? arraysOf(compiled.state, last.tensors, checkpointPath(step)) : initialState(compiled.state, config.seed),
  );
  if (last) await checkpoints.removeAfter(step);
  await truncateJsonLines(store, METRICS_FILE, step);

  const samplerOptions = {
    recipe,
    options: config.options,
    data: { kind: dataset.kind, sample: dataset.shape },
  };
  const sampled = sampledArrays(recipe).filter((name) => compiled.state.some((array) => array.name === name));
  const sampler = await openSampler(
    samplerOptions,
    { backend, threads: config.threads, chunk: pictureCount[dataset.kind] },
    async () => samplerWeights(samplerOptions, await session.readState(sampled), { ema: config.ema > 0 }),
  );
  opened.push(sampler);
  const pictures = new Pictures(config, environment, sampler);

  const before = secondsOf(last);
  const started = clock();
  const seconds = () => before + clock() - started;
  const spent = () => Math.max(fraction(step, totalSteps), fraction(seconds(), config.minutes && config.minutes * 60));
  const bounded = totalSteps !== undefined || config.minutes !== undefined;

  let saved = last?.step;
  const save = async () => {
    if (saved === step) return;
    const state = { seconds: seconds(), images: step * config.batch };
    await checkpoints.save({ step, tensors: tensorsOf(compiled.state, await session.readState()), state });
    saved = step;
    emit({ type: "checkpoint", path: checkpointPath(step), step });
  };

  emit({ type: "ready", summary: summarise(recipe.name, compiled), step, totalSteps });
  if (last === undefined) {
    await store.remove(PROBLEMS_FILE);
    await pictures.real();
  }
  const reportProblems = await problemReporter(environment);

  let metrics: Record<string, number> = {};
  let stopped = false;
  while (!stopped && spent() < 1) {
    const { epoch } = loader;
    const nextReal = async () => (await loader.next()).values;
    const begun = clock();
    const feeds = await fillFeeds(compiled.feeds, { seed: config.seed, iteration: step }, nextReal);
    const numbers = (await session.run(feeds))[METRICS];
    step++;
    if (!numbers.every((value) => Number.isFinite(value))) {
      throw brokenStep(step, compiled, { feeds, numbers, state: await session.readState() }, environment);
    }
    metrics = Object.fromEntries(compiled.metrics.map((name, i) => [name, numbers[i]]));
    const images = step * config.batch;
    const stepSeconds = clock() - begun;
    const imagesPerSecond = stepSeconds > 0 ? round(config.batch / stepSeconds) : 0;
    const line = { step, images, epoch, seconds: round(seconds()), imagesPerSecond, ...metrics };
    await store.append(METRICS_FILE, JSON.stringify(line));
    const progress = bounded ? Math.min(spent(), 1) : undefined;
    emit({ type: "step", step, totalSteps, images, epoch, seconds: seconds(), progress, metrics });
    await reportProblems();

    if (step % config.sampleEvery === 0) await pictures.fake(step);
    if (step % config.checkpointEvery === 0) await save();
    stopped = shouldStop();
  }
  if (!stopped && step % config.sampleEvery !== 0) await pictures.fake(step);
  await save();
  return { reason: stopped ? "stopped" : "finished", step, images: step * config.batch, seconds: seconds(), metrics };
}

/** Tells of the data's problems as they are met; each is listed once in the run, however often the run is resumed. */
async function problemReporter({ store, dataset, emit }: TrainEnvironment): Promise<() => Promise<void>> {
  const listed = new Set((await readJsonLines(store, PROBLEMS_FILE)).map((problem) => JSON.stringify(problem)));
  const told = new Set<string>(); // not a count: the set lists its problems in its own order, not in that of their discovery
  return async () => {
    if (dataset.problems.length === told.size) return;
    for (const { item, reason } of dataset.problems) {
      const line = JSON.stringify({ item, reason });
      if (told.has(line)) continue;
      told.add(line);
      if (!listed.has(line)) await store.append(PROBLEMS_FILE, line);
      emit?.({ type: "problem", item, reason });
    }
  };
}

/** The pictures of a run: the data at its start, and samples from the same latent vectors at each interval. */
class Pictures {
  readonly #config: RunConfig;
  readonly #environment: TrainEnvironment;
  readonly #sampler: Sampler;
  readonly #latent: Float32Array;

  constructor(config: RunConfig, environment: TrainEnvironment, sampler: Sampler) {
    this.#config = config;
    this.#environment = environment;
    this.#sampler = sampler;
    this.#latent = sampler.latent(pictureCount[environment.dataset.kind], SAMPLE_SEED);
  }

  async real(): Promise<void> {
    const { dataset, store } = this.#environment;
    await store.write("samples/real.png", picture(dataset.kind, await this.#realSamples(), dataset.shape));
  }

  async fake(step: number): Promise<void> {
    const { dataset, store, emit } = this.#environment;
    const path = `samples/step-${String(step).padStart(8, "0")}.png`;
    const samples = await this.#sampler.generate(this.#latent);
    const reference = dataset.kind === "points" ? { reference: await this.#realSamples() } : {};
    const text = { Software: "ganforge", recipe: this.#config.recipe, step: String(step) };
    await store.write(path, picture(dataset.kind, samples, dataset.shape, { ...reference, text }));
    emit?.({ type: "sample", path, step });
  }

  async #realSamples(): Promise<Float32Array> {
    const { dataset } = this.#environment;
    const count = Math.min(pictureCount[dataset.kind], dataset.count);
    // Spread over the whole set, whose files may lie class by class.
    const stride = Number.isFinite(dataset.count) ? dataset.count / count : 1;
    return (await dataset.read(Array.from({ length: count }, (_, i) => Math.floor(i * stride)))).values;
  }
}

/** Steps to make in all, from --steps or --epochs; undefined when only time bounds the run. Throws InputError for epochs of an endless set. */
export function totalStepsOf(config: RunConfig, dataset: Dataset, compiled: CompiledStep): number | undefined {
  const { steps, epochs, batch } = config;
  if (epochs === undefined) return steps;
  if (!Number.isFinite(dataset.count)) {
    throw new InputError(
      `--epochs: ${dataset.spec} is drawn on demand and has no epochs, got ${epochs}. Pass --steps or --minutes.`,
    );
  }
  const batches = epochs * Math.floor(dataset.count / batch);
  const fromEpochs = Math.ceil(batches / Math.max(realsPerStepOf(compiled), 1));
  return steps === undefined ? fromEpochs : Math.min(steps, fromEpochs);
}

/** Batches of data that an iteration takes. */
function realsPerStepOf({ feeds }: CompiledStep): number {
  return feeds.filter(({ source }) => source.kind === "real").length;
}

const fraction = (done: number, all: number | undefined): number => (all === undefined ? 0 : done / all);

const round = (value: number): number => Math.round(value * 1000) / 1000;

function secondsOf(checkpoint: Checkpoint | undefined): number {
  const seconds = checkpoint?.state.seconds;
  return typeof seconds === "number" ? seconds : 0;
}
