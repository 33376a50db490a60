// The trainer: runs a compiled iteration over and over, and keeps the run folder so that a kill at any instant costs at most
// what came after the last checkpoint. It asks the recipe what it declares, never what it is called.

import { type Dataset, formOf } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import { type Lowering, plainLowering } from "../onnx/index.ts";
import { findRecipe } from "../recipes/index.ts";
import type { Backend } from "../runtime/index.ts";
import { arraysOfNetworks } from "./bind.ts";
import { brokenStep } from "./broken-step.ts";
import { type Checkpoint, Checkpoints, checkpointPath, type Sha256 } from "./checkpoint-file.ts";
import { type CompiledStep, compileStep } from "./compile-step.ts";
import { checkData, checkRecipeData, type RunConfig } from "./config.ts";
import type { TrainEvent, TrainResult, TrainSummary } from "./events.ts";
import { beginDrawing, type DrawArrays, drawHere } from "./init.ts";
import { networksMade } from "./making.ts";
import { readJsonLines, truncateJsonLines } from "./metrics-file.ts";
import type { Observer } from "./observer.ts";
import { sampledArrays, samplerWeights } from "./sampler.ts";
import { openShowcase } from "./showcase.ts";
import type { StateArray } from "./state.ts";
import { type Store, StoreError } from "./store.ts";
import { openStreams } from "./streams.ts";
import { arraysOf, tensorsOf } from "./tensors.ts";
import { type Compile, compileVariants, type MadeStep, Steps, stepsFor } from "./variants.ts";

/** What a trainer works with. */
export interface TrainEnvironment {
  readonly store: Store;
  readonly backend: Backend;
  readonly dataset: Dataset;
  readonly sha256: Sha256;
  /** Draws the first values, perhaps while the rest gets ready (default: in this thread). */
  readonly draw?: DrawArrays;
  /** Seconds, from any start. */
  readonly clock: () => number;
  readonly emit?: (event: TrainEvent) => void;
  /** Asked after every step; true ends the run after a checkpoint. */
  readonly shouldStop?: () => boolean;
  readonly observers?: readonly Observer[];
}

const METRICS_FILE = "metrics.jsonl";
const PROBLEMS_FILE = "problems.jsonl";

/** The compiled iterations of a configuration, for a device's lowering: what --dry-run shows (the first) and train runs. */
export function compileRun(
  { recipe, options, batch, ema }: RunConfig,
  dataset: Dataset,
  lowering: Lowering = plainLowering,
): Compile {
  const step = { recipe: findRecipe(recipe), options, data: formOf(dataset), batch, ema, lowering };
  return compileVariants((iteration) => compileStep({ ...step, iteration }));
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
  const { store, backend, dataset, draw = drawHere, clock, observers = [] } = environment;
  const { emit = () => {}, shouldStop = () => false } = environment;
  const recipe = findRecipe(config.recipe);

  // Check the data, and go on from the newest sound checkpoint, or else draw first values, while the rest gets ready.
  checkRecipeData(recipe, dataset);
  await checkData(store, dataset);
  const { options, seed, threads, batch, flip, stepsPerRun: perRun } = config;
  const maker = { recipe, options, data: formOf(dataset) };
  const last = await checkpoints.latest((step, reason) => emit({ type: "skipped-checkpoint", step, reason }));
  let step = last?.step ?? 0;
  const stateOf = last
    ? (state: readonly StateArray[]) => arraysOf(state, last.tensors, checkpointPath(last.step))
    : beginDrawing(draw, arraysOfNetworks(recipe.networks(options, maker.data)), seed);

  // Compile the iteration; the data's position follows from the step.
  const compile = compileRun(config, dataset, await backend.lowering());
  const first = compile(0);
  const totalSteps = totalStepsOf(config, dataset, compile);
  const state = stateOf(first.state);
  const steps = new Steps(compile, backend, { threads, seed, iteration: step, state, perRun });
  opened.push(steps);
  const streams = await openStreams(dataset, { batch, seed, flip, positions: steps.positions });
  opened.push(streams);
  if (last) await checkpoints.removeAfter(step);
  await truncateJsonLines(store, METRICS_FILE, step);

  const sampled = sampledArrays(networksMade(maker));
  const weights = async () => samplerWeights(await steps.readState(sampled), { ema: config.ema > 0 });
  const showcase = await openShowcase(maker, dataset, { backend, threads }, weights);
  opened.push(showcase);
  const show = async (at: number) => {
    const path = `samples/step-${String(at).padStart(8, "0")}.png`;
    await store.write(path, await showcase.made({ Software: "ganforge", recipe: config.recipe, step: String(at) }));
    emit({ type: "sample", path, step: at });
  };

  const before = secondsOf(last);
  const started = clock();
  const seconds = () => before + clock() - started;
  const spent = () => Math.max(fraction(step, totalSteps), fraction(seconds(), config.minutes && config.minutes * 60));
  const bounded = totalSteps !== undefined || config.minutes !== undefined;

  let saved = last?.step;
  const save = async () => {
    if (saved === step) return;
    const state = { seconds: seconds(), images: step * config.batch };
    const keep = observers.flatMap((observer) => observer.keep?.() ?? []);
    await checkpoints.save({ step, tensors: tensorsOf(first.state, await steps.readState()), state }, keep);
    saved = step;
    emit({ type: "checkpoint", path: checkpointPath(step), step });
  };

  emit({ type: "ready", summary: summarise(recipe.name, first), step, totalSteps });
  if (last === undefined) {
    await store.remove(PROBLEMS_FILE);
    await store.write("samples/real.png", await showcase.real());
  }
  const reportProblems = await problemReporter(environment);
  await reportProblems();
  const history = await readJsonLines(store, METRICS_FILE);
  for (const observer of observers) await observer.begin?.(history);

  let metrics: Record<string, number> = {};
  let worthKeeping = false;
  let ending: string | undefined;
  /** Tells of a step made: observers, the log, and whoever listens. */
  const tell = async ({ compiled, feeds, numbers, epoch }: MadeStep, stepSeconds: number) => {
    step++;
    if (!numbers.every((value) => Number.isFinite(value))) {
      throw brokenStep(step, compiled, { feeds, numbers, state: await steps.readState() }, environment);
    }
    metrics = Object.fromEntries(compiled.metrics.map((name, i) => [name, numbers[i]]));
    for (const observer of observers) {
      const seen = await observer.step({ step, metrics, weights, state: (names) => steps.readState(names) });
      metrics = { ...metrics, ...seen?.numbers };
      worthKeeping ||= seen?.save === true;
      ending ??= seen?.stop;
      for (const text of seen?.remarks ?? []) emit({ type: "remark", step, text });
    }
    const images = step * config.batch;
    const imagesPerSecond = stepSeconds > 0 ? round(config.batch / stepSeconds) : 0;
    const line = { step, images, epoch, seconds: round(seconds()), imagesPerSecond, ...metrics };
    await store.append(METRICS_FILE, JSON.stringify(line));
    const progress = bounded ? Math.min(spent(), 1) : undefined;
    emit({ type: "step", step, totalSteps, images, epoch, seconds: seconds(), progress, metrics });
  };

  // Whoever looks at the state does so after multiples of these: steps that share a run of the session end there.
  const looks = [config.sampleEvery, config.checkpointEvery, ...observers.map(({ every }) => every)];
  const ends = () => [...looks.map((every) => every - (step % every)), (totalSteps ?? Number.POSITIVE_INFINITY) - step];

  let stopped = false;
  while (!stopped && ending === undefined && spent() < 1) {
    const begun = clock();
    const made = await steps.next(streams, Math.min(...ends()));
    const stepSeconds = (clock() - begun) / made.length;
    for (const each of made) await tell(each, stepSeconds);
    await reportProblems();
    if (step % config.sampleEvery === 0) await show(step);
    if (worthKeeping || step % config.checkpointEvery === 0) await save();
    worthKeeping = false;
    stopped = shouldStop();
  }
  if (!stopped && step % config.sampleEvery !== 0) await show(step);
  await save();
  return {
    ...{ reason: stopped ? "stopped" : "finished", step, images: step * config.batch, seconds: seconds(), metrics },
    ...(ending !== undefined && { ending }),
  };
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

/** Steps to make in all, from --steps or --epochs; undefined when only time bounds the run. Throws InputError for epochs of an endless set. */
export function totalStepsOf(config: RunConfig, dataset: Dataset, compile: Compile): number | undefined {
  const { steps, epochs, batch } = config;
  if (epochs === undefined) return steps;
  if (!Number.isFinite(dataset.count)) {
    throw new InputError(
      `--epochs: ${dataset.spec} is drawn on demand and has no epochs, got ${epochs}. Pass --steps or --minutes.`,
    );
  }
  const batches = epochs * Math.floor(dataset.count / batch);
  const fromEpochs = stepsFor(compile, batches);
  return steps === undefined ? fromEpochs : Math.min(steps, fromEpochs);
}

const fraction = (done: number, all: number | undefined): number => (all === undefined ? 0 : done / all);

const round = (value: number): number => Math.round(value * 1000) / 1000;

function secondsOf(checkpoint: Checkpoint | undefined): number {
  const seconds = checkpoint?.state.seconds;
  return typeof seconds === "number" ? seconds : 0;
}
