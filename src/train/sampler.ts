// Samples from a generator's weights: the program of compileSampler on a backend, fed in batches of one fixed size.

import { sizeOf } from "../graph/index.ts";
import { stream } from "../random/index.ts";
import type { AnyRecipe } from "../recipes/index.ts";
import type { Backend, Session } from "../runtime/index.ts";
import { type CompiledSampler, compileSampler, emaArrayOf, type StepOptions } from "./compile-step.ts";

/** A generator ready to make samples. */
export interface Sampler {
  /** Shape of one sample. */
  readonly sample: readonly number[];
  /** Samples [n, ...sample] from latent vectors z [n, ...inputShape], any n. */
  generate(z: Float32Array): Promise<Float32Array>;
  /** n latent vectors from the prior, keyed by the seed: the first m of n are those of m. */
  latent(count: number, seed: number): Float32Array;
  close(): Promise<void>;
}

export type SamplerOptions = Omit<StepOptions, "batch" | "ema">;

/**
 * A sampler over weights that `weights` gives by array name at each call, so that a running trainer can be sampled.
 * `chunk` is how many samples one run makes.
 */
export async function openSampler(
  options: SamplerOptions,
  { backend, threads, chunk }: { readonly backend: Backend; readonly threads: number; readonly chunk: number },
  weights: () => Promise<Readonly<Record<string, Float32Array>>>,
): Promise<Sampler> {
  const compiled = compileSampler({ ...options, lowering: await backend.lowering() }, chunk);
  const session = await backend.load(compiled.program, { threads });
  return {
    sample: compiled.outputShape.slice(1),
    generate: (z) => generate(compiled, session, chunk, weights, z),
    latent: (count, seed) => latent(compiled, count, seed),
    close: () => session.close(),
  };
}

/** Names of the state arrays that a sampler's weights may come from; not every run keeps all of them. */
export function sampledArrays({ generator }: Pick<AnyRecipe, "generator">): string[] {
  return [`${generator}.parameters`, `${generator}.buffers`, emaArrayOf(generator)];
}

/** The weights a sampler wants, out of a state that may hold a moving average. */
export function samplerWeights(
  { recipe }: SamplerOptions,
  state: Readonly<Record<string, Float32Array>>,
  { ema }: { readonly ema: boolean },
): Record<string, Float32Array> {
  const [parameters, buffers, average] = sampledArrays(recipe);
  return {
    [parameters]: (ema ? state[average] : undefined) ?? state[parameters],
    ...(state[buffers] && { [buffers]: state[buffers] }),
  };
}

function latent({ inputShape, prior }: CompiledSampler, count: number, seed: number): Float32Array {
  const size = sizeOf(inputShape);
  const z = new Float32Array(count * size);
  for (let i = 0; i < count; i++) {
    const random = stream(seed, "sample", i);
    const one = z.subarray(i * size, (i + 1) * size);
    if (prior === "uniform") random.fillUniform(one, -1, 1);
    else random.fillNormal(one);
  }
  return z;
}

async function generate(
  { program, inputShape, outputShape }: CompiledSampler,
  session: Session,
  chunk: number,
  weights: () => Promise<Readonly<Record<string, Float32Array>>>,
  z: Float32Array,
): Promise<Float32Array> {
  const held = await weights();
  const fixed = Object.fromEntries(
    program.feeds.filter(({ name }) => name !== "z").map(({ name }) => [name, held[name]]),
  );
  const zSize = sizeOf(inputShape);
  const sampleSize = sizeOf(outputShape) / chunk;
  const count = z.length / zSize;
  const all = new Float32Array(count * sampleSize);
  for (let start = 0; start < count; start += chunk) {
    // The last batch is filled up with zeros: inference treats each sample by itself.
    const part = new Float32Array(chunk * zSize);
    part.set(z.subarray(start * zSize, Math.min(start + chunk, count) * zSize));
    const { image } = await session.run({ ...fixed, z: part });
    all.set(image.subarray(0, Math.min(chunk, count - start) * sampleSize), start * sampleSize);
  }
  return all;
}
