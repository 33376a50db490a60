// From what the user asked for to a run's settings, each resolved to a value, with the data opened and the networks built:
// all that can be refused is refused here, before a folder is made.

import { availableParallelism, totalmem } from "node:os";
import { resolve } from "node:path";
import { type Dataset, findDataset, listDatasets } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import { type AnyRecipe, findRecipe, type OptionValue } from "../recipes/index.ts";
import { checkDevice } from "../runtime/index.node.ts";
import {
  checkData,
  checkRecipeData,
  compileRun,
  openStreams,
  type RunConfig,
  type Store,
  summarise,
  type TrainSummary,
  totalStepsOf,
} from "../train/index.ts";
import { dataExtras, dataOptionsOf, dataPaths } from "./data-options.ts";
import { openData } from "./opening.node.ts";
import { evaluationSettings, type Settings } from "./settings.ts";
import { formatBytes } from "./text.ts";

/** What `ganforge train` was asked for. */
export interface TrainRequest {
  readonly recipe: string;
  /** All the recipe's options. */
  readonly options: Readonly<Record<string, OptionValue>>;
  readonly batch: number;
  readonly settings: Settings;
}

/** A run about to start, or to go on. The dataset is open. */
export interface Plan {
  readonly config: RunConfig;
  readonly dataset: Dataset;
  readonly summary: TrainSummary;
  readonly totalSteps: number | undefined;
  /** What was chosen for the user, and why. */
  readonly notes: readonly string[];
}

const DEFAULT_STEPS = 2000;
/** Weights, gradients and activations beside the two copies of the state. */
const WORKING_COPIES = 3;

/** Resolves a request. Throws InputError for data that cannot be read or does not fit, and for networks too large for this machine. */
export async function planTraining({ recipe: name, options, batch, settings }: TrainRequest): Promise<Plan> {
  const recipe = findRecipe(name);
  const { data, seed = 1, steps, epochs, minutes, device = "auto", threads = 0 } = settings;
  if (data === undefined) {
    const example = listDatasets().find(({ kind }) => recipe.data.kinds.includes(kind));
    throw new InputError(
      `--data: nothing to learn from. Pass an embedded set (ganforge list data), a folder or a file: --data ${example?.name}`,
    );
  }
  checkDevice(device);
  const { dataset, note } = await openSized(recipe, data, { ...settings, seed });
  try {
    checkRecipeData(recipe, dataset);
    const budgetGiven = [steps, epochs, minutes].some((budget) => budget !== undefined);
    const [channels, size] = dataset.shape;
    const config: RunConfig = {
      recipe: name,
      options,
      data: findDataset(data) ? data : resolve(data), // the run may be resumed from another folder
      ...(dataset.kind !== "points" && { size }),
      // Where the two sides differ in channels, each has its own.
      ...(dataset.kind !== "points" &&
        (dataset.target ?? dataset.shape)[0] === channels && { channels: channels as 1 | 3 | 4 }),
      ...resolved(dataExtras(settings)),
      crop: settings.crop ?? "center",
      flip: settings.flip ?? false,
      batch,
      seed,
      ...(budgetGiven ? given({ steps, epochs, minutes }) : { steps: DEFAULT_STEPS }),
      device,
      threads: threads || availableParallelism(),
      ...given({ lowering: settings.lowering, stepsPerRun: settings.stepsPerRun }),
      sampleEvery: settings.sampleEvery ?? 100,
      checkpointEvery: settings.checkpointEvery ?? 500,
      keepCheckpoints: settings.keepCheckpoints ?? 5,
      ema: settings.ema ?? 0,
      ...evaluationOf(settings),
    };
    return { config, dataset, ...(await checkFit(config, dataset)), notes: note === undefined ? [] : [note] };
  } catch (error) {
    await dataset.close();
    throw error;
  }
}

/** Opens the data of a run that exists; throws InputError when it is no longer what the run began with. */
export async function planResuming(config: RunConfig, store: Store): Promise<Plan> {
  const dataset = await openData(config.data, dataOptionsOf(config, findRecipe(config.recipe)));
  try {
    await checkData(store, dataset);
    return { config, dataset, ...(await checkFit(config, dataset)), notes: [] };
  } catch (error) {
    await dataset.close();
    throw error;
  }
}

/** Opens the data at the size asked for; else at its own, or the nearest that the recipe's networks are built for. */
async function openSized(
  recipe: AnyRecipe,
  spec: string,
  settings: Settings & { readonly seed: number },
): Promise<{ dataset: Dataset; note?: string }> {
  const { name, data } = recipe;
  const { sizes } = data;
  const { size } = settings;
  const options = dataOptionsOf(settings, recipe);
  if (size !== undefined && sizes !== undefined && !sizes.includes(size)) {
    const nearby = sizes.toSorted((a, b) => Math.abs(a - size) - Math.abs(b - size))[0];
    throw new InputError(
      `--size: ${name} makes images of ${sizes.join(", ")} pixels, got ${size}. Pass --size ${nearby}.`,
    );
  }
  const dataset = await openData(spec, options);
  if (size !== undefined || dataset.kind === "points") return { dataset };
  const own = dataset.shape[1];
  if (sizes === undefined || sizes.includes(own))
    return { dataset, note: `size ${own}: what the data suggests; another: --size` };
  await dataset.close();
  const chosen = sizes.filter((candidate) => candidate < own).at(-1) ?? sizes[0];
  return {
    dataset: await openData(spec, { ...options, size: chosen }),
    note: `size ${chosen}: the data suggests ${own}, and ${name} makes ${sizes.join(", ")}; another: --size`,
  };
}

/** Builds the networks and tries the data's order, so that what does not fit is told now. */
async function checkFit(config: RunConfig, dataset: Dataset): Promise<Pick<Plan, "summary" | "totalSteps">> {
  checkStepsPerRun(config);
  const { batch, seed, flip } = config;
  const compile = compileRun(config, dataset);
  const { streams } = compile(0);
  const positions = new Map([...streams.keys()].map((stream) => [stream, 0]));
  await (await openStreams(dataset, { batch, seed, flip, positions, ahead: 0 })).close();
  const summary = summarise(config.recipe, compile(0));
  const bytes = summary.stateSize * Float32Array.BYTES_PER_ELEMENT * WORKING_COPIES;
  if (bytes > totalmem()) {
    throw new InputError(
      `${config.recipe}: the networks' weights and their optimizers need about ${formatBytes(bytes)} of memory, this machine has ${formatBytes(totalmem())}. Pass smaller widths.`,
    );
  }
  return { summary, totalSteps: totalStepsOf(config, dataset, compile) };
}

/** Throws InputError where steps in one go would never go on for as long as asked: somebody looks at the state before. */
function checkStepsPerRun({ stepsPerRun = 1, sampleEvery, checkpointEvery, evaluateEvery }: RunConfig): void {
  const looks = Object.entries({ "--sample-every": sampleEvery, "--checkpoint-every": checkpointEvery });
  if (evaluateEvery !== undefined) looks.push(["--evaluate-every", evaluateEvery]);
  const [flag, every] = looks.sort(([, a], [, b]) => a - b)[0];
  if (stepsPerRun <= every) return;
  throw new InputError(
    `--steps-per-run: ${stepsPerRun} steps in one go, and ${flag} ${every} ends them sooner. Pass --steps-per-run ${every}, or a larger ${flag}.`,
  );
}

/** What is measured during training. */
function evaluationOf(settings: Settings): Partial<RunConfig> {
  const entries = Object.keys(evaluationSettings).map((key) => [key, settings[key as keyof Settings]]);
  const { extractor, ...words } = Object.fromEntries(
    entries.filter(([, value]) => value !== undefined),
  ) as Partial<RunConfig>;
  return { ...words, ...(extractor !== undefined && { extractor: resolve(extractor) }) };
}

/** The same object without its undefined values. */
function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** Paths made absolute, since the run may be resumed from another folder. */
function resolved<T extends Partial<Record<(typeof dataPaths)[number], string>>>(extras: T): T {
  const paths = dataPaths.flatMap((key) => (extras[key] === undefined ? [] : [[key, resolve(extras[key])]]));
  return { ...extras, ...Object.fromEntries(paths) };
}
