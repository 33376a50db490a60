// A recipe's game between players that are not its own: trained and sampled in memory, where `trainInMemory` would build the recipe's.

import { type Dataset, formOf } from "../data/index.ts";
import type { AnyNetworkSpec } from "../networks/index.ts";
import { completeOptions, findRecipe } from "../recipes/index.ts";
import { cpu } from "../runtime/index.node.ts";
import {
  compileStep,
  compileVariants,
  initialState,
  type MakerOptions,
  openSampler,
  openStreams,
  type Sampler,
  Steps,
  samplerWeights,
} from "../train/index.ts";
import type { Training } from "./measured.node.ts";
import type { Trial } from "./table.ts";

/** Samples made at a time. */
const CHUNK = 100;

/**
 * Plays it and opens a sampler of what was learned, for the caller to close; "diverged" where a number of the training is no longer
 * finite, undefined when the trial was given up.
 */
export async function playGame(
  { recipe: name, options: given, steps, batch, ema }: Training,
  players: Readonly<Record<string, AnyNetworkSpec>>,
  dataset: Dataset,
  { seed, threads, progress, shouldStop }: Trial,
): Promise<Sampler | "diverged" | undefined> {
  const recipe = findRecipe(name);
  const options = completeOptions(recipe, given);
  const game: MakerOptions = { recipe: { ...recipe, networks: () => players }, options, data: formOf(dataset) };
  const lowering = await cpu.lowering();
  const compile = compileVariants((iteration) => compileStep({ ...game, batch, ema, lowering, iteration }));
  const state = initialState(compile(0).state, seed);
  const training = new Steps(compile, cpu, { threads, seed, iteration: 0, state });
  try {
    const streams = await openStreams(dataset, { batch, seed, flip: false, positions: training.positions });
    try {
      for (let step = 1; step <= steps; step++) {
        if (shouldStop()) return undefined;
        const [{ numbers }] = await training.next(streams);
        if (!numbers.every(Number.isFinite)) return "diverged";
        progress("steps", step, steps);
      }
    } finally {
      await streams.close();
    }
    const learned = samplerWeights(await training.readState(), { ema: ema > 0 });
    return await openSampler(game, { backend: cpu, threads, chunk: CHUNK }, async () => learned);
  } finally {
    await training.close();
  }
}
