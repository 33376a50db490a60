// A run that leaves nothing on disk: for programs that train a generator and use it themselves.

import type { Dataset } from "../data/index.ts";
import { completeOptions, findRecipe, type OptionValue } from "../recipes/index.ts";
import { cpu } from "../runtime/index.node.ts";
import type { Backend } from "../runtime/index.ts";
import { type Checkpoint, Checkpoints } from "./checkpoint-file.ts";
import { describeData, type RunConfig, type RunRecord } from "./config.ts";
import type { TrainEvent, TrainResult } from "./events.ts";
import { sha256 } from "./store.node.ts";
import { MemoryStore } from "./store-memory.ts";
import { train } from "./trainer.ts";

/** How to train in memory; whatever is left out has the command line's default. */
export interface InMemoryOptions
  extends Partial<Pick<RunConfig, "steps" | "epochs" | "minutes" | "batch" | "seed" | "ema" | "flip" | "threads">> {
  /** The recipe's own options that are to differ from its defaults. */
  readonly options?: Readonly<Record<string, OptionValue>>;
  /** The device (default: the CPU). */
  readonly backend?: Backend;
  readonly emit?: (event: TrainEvent) => void;
  /** Asked after every step; true ends the run. */
  readonly shouldStop?: () => boolean;
}

/** A run as its folder would hold it: what it was made from, and its last checkpoint. */
export interface InMemoryRun extends RunRecord {
  readonly checkpoint: Checkpoint;
  readonly result: TrainResult;
}

/** Pictures and checkpoints between start and end, which nobody could look at. */
const NEVER = Number.MAX_SAFE_INTEGER;

/**
 * Trains a recipe on a data set and keeps the run in memory. Throws InputError for unknown names, for data that does not fit, and
 * when training diverges.
 *
 * @example
 * const run = await trainInMemory("dcgan", arrayDataset(images, [1, 28, 28]), { steps: 500 });
 * const generator = await openGenerator(trainedGenerator(run, run.checkpoint), { backend: cpu, chunk: 16 });
 * const samples = await generator.generate(generator.latent(16, 1)); // 16 images [1, 28, 28] in [−1, 1], one after another
 */
export async function trainInMemory(
  recipeName: string,
  dataset: Dataset,
  { options = {}, backend = cpu, emit, shouldStop, steps, epochs, minutes, ...settings }: InMemoryOptions = {},
): Promise<InMemoryRun> {
  const recipe = findRecipe(recipeName);
  const hasBudget = [steps, epochs, minutes].some((budget) => budget !== undefined);
  const config: RunConfig = {
    recipe: recipe.name,
    options: completeOptions(recipe, options),
    data: dataset.spec,
    crop: "center",
    flip: false,
    batch: recipe.batch,
    seed: 1,
    ema: 0,
    threads: 0,
    ...settings,
    ...(hasBudget ? defined({ steps, epochs, minutes }) : { steps: 2000 }),
    device: backend.device,
    sampleEvery: NEVER,
    checkpointEvery: NEVER,
    keepCheckpoints: 2,
  };
  const store = new MemoryStore();
  const clock = () => performance.now() / 1000;
  const environment = { store, backend, dataset, sha256, clock, ...defined({ emit, shouldStop }) };
  const result = await train(config, environment);
  const checkpoint = await new Checkpoints(store, sha256).load(result.step);
  return { config, data: describeData(dataset), versions: { node: process.versions.node }, checkpoint, result };
}

/** The same object without its undefined values. */
function defined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
