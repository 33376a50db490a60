// Trains one run and records what a diagnosis sees of it: every step's metrics and, at intervals, samples with all that symptoms ask for.
// The loop is the trainer's in small, because it also trains recipes that are broken on purpose and in no registry.

import { type Dataset, formOf } from "../../src/data/index.ts";
import type { Scores } from "../../src/metrics/index.ts";
import { type AnyRecipe, completeOptions, type OptionValue } from "../../src/recipes/index.ts";
import { cpu } from "../../src/runtime/index.node.ts";
import {
  compileStep,
  compileVariants,
  initialState,
  openJudge,
  openSampler,
  openStreams,
  type Sampler,
  Steps,
} from "../../src/train/index.node.ts";

export interface TrainingRun {
  readonly recipe: AnyRecipe;
  readonly options?: Readonly<Record<string, OptionValue>>;
  readonly dataset: Dataset;
  /** Real samples that training never sees. */
  readonly heldOut: Dataset;
  /** Whose first samples are the real ones that made ones are held against: the dataset, unless the run is to miss some of it. */
  readonly compared: Dataset;
  readonly seed: number;
  readonly batch: number;
  readonly steps: number;
  readonly sampleEvery: number;
}

/** Samples at one step, and what was asked of them. */
export interface SampledAt {
  readonly step: number;
  /** [n, ...shape] */
  readonly made: Float32Array;
  /** By latent dimension: the first of `made` with that one drawn anew. */
  readonly redrawn: ReadonlyMap<number, Float32Array>;
  readonly scores: Scores;
}

/** All that was seen of a run. */
export interface Recording {
  readonly shape: readonly number[];
  readonly real: Float32Array;
  /** [n, zDim] */
  readonly latent: Float32Array;
  readonly steps: readonly { readonly step: number; readonly metrics: Readonly<Record<string, number>> }[];
  readonly samples: readonly SampledAt[];
  readonly seconds: number;
}

/** Samples seen at a time; of those, how many are made again with one dimension redrawn; the most dimensions tried. */
export const COUNT = 64;
const REDRAWN = { samples: 16, dimensions: 16 };

export async function record(run: TrainingRun): Promise<Recording> {
  const { recipe, dataset, heldOut, compared, seed, batch, steps: total, sampleEvery } = run;
  const begun = performance.now();
  const options = completeOptions(recipe, run.options);
  const data = formOf(dataset);
  const lowering = await cpu.lowering();
  const compile = compileVariants((iteration) =>
    compileStep({ recipe, options, data, batch, ema: 0, lowering, iteration }),
  );
  const state = initialState(compile(0).state, seed);
  const training = new Steps(compile, cpu, { threads: 1, seed, iteration: 0, state });
  const streams = await openStreams(dataset, { batch, seed, flip: false, positions: training.positions });

  const G = await openSampler({ recipe, options, data }, { backend: cpu, threads: 1, chunk: COUNT }, () =>
    training.readState(),
  );
  const D = (await openJudge({ recipe, options, data }, { backend: cpu, threads: 1, most: COUNT }, (names) =>
    training.readState(names),
  ))!;
  const { z: latent } = G.latent(COUNT, 0);
  const { z: other } = G.latent(COUNT, 1);
  const real = await firstOf(compared, COUNT);
  const learned = await firstOf(dataset, COUNT);
  const unseen = await firstOf(heldOut, COUNT);

  const seen: { step: number; metrics: Record<string, number> }[] = [];
  const samples: SampledAt[] = [];
  const look = async (step: number) => {
    const made = await G.generate({ z: latent });
    samples.push({
      step,
      made,
      redrawn: await redraw(G, latent, other),
      scores: { made: await D.score(made), real: await D.score(learned), heldOut: await D.score(unseen) },
    });
  };
  for (let step = 1; step <= total; step++) {
    const [{ compiled, numbers }] = await training.next(streams);
    if (!numbers.every(Number.isFinite)) break; // the trainer ends such a run by itself
    seen.push({ step, metrics: Object.fromEntries(compiled.metrics.map((name, i) => [name, numbers[i]])) });
    if (step % sampleEvery === 0) await look(step);
  }
  for (const each of [streams, training, G, D]) await each.close();
  const seconds = (performance.now() - begun) / 1000;
  return { shape: data.sample, real, latent, steps: seen, samples, seconds };
}

async function firstOf(dataset: Dataset, count: number): Promise<Float32Array> {
  return (await dataset.read(Array.from({ length: count }, (_, i) => i))).values;
}

/** Samples of `latent`, each time with another of its dimensions taken from `other`. */
async function redraw(G: Sampler, latent: Float32Array, other: Float32Array): Promise<Map<number, Float32Array>> {
  const zDim = latent.length / COUNT;
  const dimensions = Math.min(zDim, REDRAWN.dimensions);
  const redrawn = new Map<number, Float32Array>();
  for (let k = 0; k < dimensions; k++) {
    const dimension = Math.floor((k * zDim) / dimensions);
    const z = latent.slice(0, REDRAWN.samples * zDim);
    for (let i = dimension; i < z.length; i += zDim) z[i] = other[i];
    redrawn.set(dimension, await G.generate({ z }));
  }
  return redrawn;
}
