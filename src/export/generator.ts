// A run's trained generator: its networks' description with the tensors of one checkpoint.

import type { SampleForm } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import type { SafeTensor } from "../formats/index.ts";
import { type AnyRecipe, findRecipe, type OptionValue } from "../recipes/index.ts";
import type { Backend } from "../runtime/index.ts";
import {
  arraysOf,
  buildMaking,
  type Checkpoint,
  openSampler,
  type RunRecord,
  type Sampler,
  type StateArray,
} from "../train/index.ts";

export interface TrainedGenerator {
  readonly recipe: AnyRecipe;
  readonly options: Readonly<Record<string, OptionValue>>;
  readonly data: SampleForm;
  /** Which of the recipe's makings. */
  readonly make: string;
  /** Iterations it was trained for. */
  readonly step: number;
  /** Whether the parameters are their moving average. */
  readonly ema: boolean;
  /** Parameters and running statistics of the networks that take part, as the run names them: "G.main.0.weight". */
  readonly tensors: ReadonlyMap<string, SafeTensor>;
  /** The arrays of the run's state that hold them. */
  readonly arrays: readonly StateArray[];
}

/**
 * What makes samples in a checkpoint; with `ema`, by its moving average where the run keeps one. Throws InputError for a making the
 * recipe does not have, and when run and checkpoint do not belong together.
 */
export function trainedGenerator(
  { config, data }: RunRecord,
  checkpoint: Checkpoint,
  { ema = true, make: chosen }: { readonly ema?: boolean; readonly make?: string | undefined } = {},
): TrainedGenerator {
  const recipe = findRecipe(config.recipe);
  const known = Object.keys(recipe.makes);
  const make = chosen ?? known[0];
  if (!known.includes(make)) {
    throw new InputError(`--make: ${recipe.name} makes ${known.join(", ")}, got ${make}. Pass --make ${known[0]}.`);
  }
  const description = { recipe, options: config.options, data, make };
  const averaged = ema && config.ema > 0;
  const tensors = new Map<string, SafeTensor>();
  const { arrays } = buildMaking(description, 1);
  for (const { name } of arrays.flatMap(({ entries }) => entries)) {
    const tensor = (averaged ? checkpoint.tensors.get(`ema.${name}`) : undefined) ?? checkpoint.tensors.get(name);
    if (tensor !== undefined) tensors.set(name, tensor);
  }
  arraysOf(arrays, tensors, `checkpoint of step ${checkpoint.step}`); // throws where one is missing or of another shape
  return { ...description, step: checkpoint.step, ema: averaged, tensors, arrays };
}

/** A sampler of the generator, which makes `chunk` samples in a run. */
export async function openGenerator(
  { tensors, arrays, step, ...generator }: TrainedGenerator,
  { backend, threads = 0, chunk }: { readonly backend: Backend; readonly threads?: number; readonly chunk: number },
): Promise<Sampler> {
  const weights = arraysOf(arrays, tensors, `checkpoint of step ${step}`);
  return openSampler(generator, { backend, threads, chunk }, async () => weights);
}

/** A tensor's path in an export: of a lone network without its label, "G.main.0.weight" → "main.0.weight", as PyTorch's state_dict has it. */
export function exportedPath({ arrays }: TrainedGenerator, name: string): string {
  const labels = new Set(arrays.map((array) => array.name.split(".")[0]));
  return labels.size > 1 ? name : name.slice(name.indexOf(".") + 1);
}
