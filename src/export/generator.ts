// A run's trained generator: its networks' description with the tensors of one checkpoint.

import type { SafeTensor } from "../formats/index.ts";
import { type AnyRecipe, type DataKind, findRecipe, type OptionValue } from "../recipes/index.ts";
import type { Backend } from "../runtime/index.ts";
import {
  arraysOf,
  buildGenerator,
  type Checkpoint,
  openSampler,
  type RunRecord,
  type Sampler,
} from "../train/index.ts";

export interface TrainedGenerator {
  readonly recipe: AnyRecipe;
  readonly options: Readonly<Record<string, OptionValue>>;
  readonly data: { readonly kind: DataKind; readonly sample: readonly number[] };
  /** Iterations it was trained for. */
  readonly step: number;
  /** Whether the parameters are their moving average. */
  readonly ema: boolean;
  /** Parameters and running statistics, as the run names them: "G.main.0.weight". */
  readonly tensors: ReadonlyMap<string, SafeTensor>;
}

/** The generator in a checkpoint; with `ema`, by its moving average where the run keeps one. Throws InputError when the two do not belong together. */
export function trainedGenerator(
  { config, data }: RunRecord,
  checkpoint: Checkpoint,
  { ema = true }: { readonly ema?: boolean } = {},
): TrainedGenerator {
  const recipe = findRecipe(config.recipe);
  const description = { recipe, options: config.options, data: { kind: data.kind, sample: data.sample } };
  const averaged = ema && config.ema > 0;
  const tensors = new Map<string, SafeTensor>();
  const { arrays } = buildGenerator(description, 1);
  for (const { name } of arrays.flatMap(({ entries }) => entries)) {
    const tensor = (averaged ? checkpoint.tensors.get(`ema.${name}`) : undefined) ?? checkpoint.tensors.get(name);
    if (tensor !== undefined) tensors.set(name, tensor);
  }
  arraysOf(arrays, tensors, `checkpoint of step ${checkpoint.step}`); // throws where one is missing or of another shape
  return { ...description, step: checkpoint.step, ema: averaged, tensors };
}

/** A sampler of the generator, which makes `chunk` samples in a run. */
export async function openGenerator(
  generator: TrainedGenerator,
  { backend, threads = 0, chunk }: { readonly backend: Backend; readonly threads?: number; readonly chunk: number },
): Promise<Sampler> {
  const { recipe, options, data, tensors, step } = generator;
  const description = { recipe, options, data };
  const weights = arraysOf(buildGenerator(description, 1).arrays, tensors, `checkpoint of step ${step}`);
  return openSampler(description, { backend, threads, chunk }, async () => weights);
}

/** A tensor's path inside the generator: "G.main.0.weight" → "main.0.weight", as PyTorch's state_dict has it. */
export function pathInGenerator({ recipe }: TrainedGenerator, name: string): string {
  return name.slice(recipe.generator.length + 1);
}
