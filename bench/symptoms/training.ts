// Trains one run and records what a diagnosis sees of it: every step's metrics and, at intervals, samples with all that symptoms ask for.
// The loop is the trainer's in small, because it also trains recipes that are broken on purpose and in no registry.

import { type Dataset, formOf } from "../../src/data/index.ts";
import type { Lowering } from "../../src/onnx/index.ts";
import {
  type AnyNetwork,
  type AnyRecipe,
  type Given,
  type Network,
  type OptionValue,
  parseOption,
} from "../../src/recipes/index.ts";
import { cpu } from "../../src/runtime/index.node.ts";
import {
  compileSampler,
  compileStep,
  compileVariants,
  initialState,
  type MakerOptions,
  METRICS,
  openSampler,
  openStreams,
  type Sampler,
  Steps,
} from "../../src/train/index.node.ts";

export interface TrainingRun {
  readonly recipe: AnyRecipe;
  readonly options?: Readonly<Record<string, OptionValue>>;
  readonly dataset: Dataset;
  /** Real samples that training never sees, where they are to be judged too. */
  readonly heldOut?: Dataset;
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
  /** D's scores [n]. */
  readonly scores: { readonly made: Float32Array; readonly real: Float32Array; readonly heldOut?: Float32Array };
}

/** All that was seen of a run. */
export interface Recording {
  readonly shape: readonly number[];
  readonly real: Float32Array;
  readonly heldOut?: Float32Array;
  /** [n, zDim] */
  readonly latent: Float32Array;
  readonly steps: readonly { readonly step: number; readonly metrics: Readonly<Record<string, number>> }[];
  readonly samples: readonly SampledAt[];
  readonly seconds: number;
}

/** Samples seen at a time; of those, how many are made again with one dimension redrawn; the most dimensions tried. */
const COUNT = 64;
const REDRAWN = { samples: 16, dimensions: 16 };

export async function record(run: TrainingRun): Promise<Recording> {
  const { recipe, dataset, heldOut, seed, batch, steps: total, sampleEvery } = run;
  const begun = performance.now();
  const options = Object.fromEntries(
    Object.entries(recipe.options).map(([key, spec]) => [
      key,
      parseOption(key, spec, run.options?.[key] ?? spec.default),
    ]),
  );
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
  const D = await openJudge({ recipe, options, data, lowering }, () => training.readState());
  const { z: latent } = G.latent(COUNT, 0);
  const { z: other } = G.latent(COUNT, 1);
  const real = await firstOf(dataset, COUNT);
  const unseen = heldOut && (await firstOf(heldOut, COUNT));

  const seen: { step: number; metrics: Record<string, number> }[] = [];
  const samples: SampledAt[] = [];
  const look = async (step: number) => {
    const made = await G.generate({ z: latent });
    samples.push({
      step,
      made,
      redrawn: await redraw(G, latent, other),
      scores: {
        made: await D.score(made),
        real: await D.score(real),
        ...(unseen && { heldOut: await D.score(unseen) }),
      },
    });
  };
  for (let step = 1; step <= total; step++) {
    const { compiled, fetches } = await training.next((stream) => streams.next(stream));
    if (!fetches[METRICS].every(Number.isFinite)) break; // the trainer ends such a run by itself
    seen.push({ step, metrics: Object.fromEntries(compiled.metrics.map((name, i) => [name, fetches[METRICS][i]])) });
    if (step % sampleEvery === 0) await look(step);
  }
  for (const each of [streams, training, G, D]) await each.close();
  const seconds = (performance.now() - begun) / 1000;
  return {
    ...{ shape: data.sample, real, latent, steps: seen, samples, seconds },
    ...(unseen && { heldOut: unseen }),
  };
}

/** D's scores [n] of samples [n, ...shape], n being COUNT: as in training, where batch norm takes its statistics from the batch. */
async function openJudge(
  options: Omit<MakerOptions, "make"> & { readonly lowering: Lowering },
  weights: () => Promise<Readonly<Record<string, Float32Array>>>,
) {
  const score = ({ D }: Readonly<Record<string, AnyNetwork>>, given: Given) => (D as Network)(given.image());
  const recipe: AnyRecipe = { ...options.recipe, makes: { score }, samplesAsTrained: true };
  const { program, arrays } = compileSampler({ ...options, recipe }, COUNT);
  const session = await cpu.load(program, { threads: 1 });
  return {
    async score(samples: Float32Array): Promise<Float32Array> {
      const state = await weights();
      const fixed = Object.fromEntries(arrays.map(({ name }) => [name, state[name]]));
      return (await session.run({ ...fixed, a: samples })).image.slice();
    },
    close: () => session.close(),
  };
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
