// Samples from trained weights: the program of compileSampler on a backend, fed in batches of one fixed size. What follows from the
// weights alone, such as filters in a device's own layout, is computed when they change.

import { sizeOf } from "../graph/index.ts";
import { splitModel, writeOnnx } from "../onnx/index.ts";
import { stream } from "../random/index.ts";
import type { Backend, Session } from "../runtime/index.ts";
import { emaArrayOf } from "./compile-step.ts";
import { type CompiledSampler, compileSampler, type MakerOptions, type MakingInput } from "./making.ts";

/** What samples are made from, by input name: each [n, ...shape]. */
export type Givens = Readonly<Record<string, Float32Array>>;

/** A making ready to make samples. */
export interface Sampler {
  /** Shape of one sample. */
  readonly sample: readonly number[];
  /** All that a sample is made from: "z", "labels", "a", "text", … */
  readonly inputs: readonly MakingInput[];
  /** Samples [n, ...sample] from every input [n, …], any n. */
  generate(given: Givens): Promise<Float32Array>;
  /** The random ones of its inputs for the samples from number `start` on, keyed by the seed: the first m of n are those of m. */
  latent(count: number, seed: number, start?: number): Record<string, Float32Array>;
  close(): Promise<void>;
}

/**
 * A sampler over weights that `weights` gives by array name at each call, so that a running trainer can be sampled; the same object
 * twice means that nothing has changed.
 * `chunk` is how many samples one run makes; one, where a recipe's samples keep the batch's own statistics.
 */
export async function openSampler(
  options: MakerOptions,
  { backend, threads, chunk }: { readonly backend: Backend; readonly threads: number; readonly chunk: number },
  weights: () => Promise<Readonly<Record<string, Float32Array>>>,
): Promise<Sampler> {
  const together = options.recipe.samplesAsTrained ? 1 : chunk;
  const compiled = compileSampler({ ...options, lowering: await backend.lowering() }, together);
  const { session, take, close } = await openPrepared(compiled, backend, threads);
  return {
    sample: compiled.outputShape.slice(1),
    inputs: compiled.inputs,
    async generate(given) {
      await take(await weights());
      return generate(compiled, session, together, given);
    },
    latent: (count, seed, start = 0) => latent(compiled.inputs, count, seed, start),
    close,
  };
}

/** The compiled sampler as a session that holds what follows from the weights alone; `take` gives it new ones. */
async function openPrepared({ model, program, arrays }: CompiledSampler, backend: Backend, threads: number) {
  const names = new Set(arrays.map(({ name }) => name));
  const split = splitModel(model, names, model.shapes);
  const held = (array: { readonly name: string; readonly shape: readonly number[] }) => ({
    ...{ input: array.name, shape: array.shape },
  });
  const flat = arrays.map(({ name, size }) => ({ name, shape: [size] }));
  const direct = flat.filter(({ name }) => split?.direct.includes(name) ?? true);
  const between = (split?.between ?? []).map(({ name, dims }) => ({ name, shape: dims }));
  const session = await backend.load(
    {
      model: split === undefined ? program.model : writeOnnx(split.after),
      state: [...direct, ...between].map(held),
      feeds: program.feeds.filter(({ name }) => !names.has(name)),
      fetches: program.fetches,
    },
    { threads },
  );
  const first = split && {
    ...{ model: writeOnnx(split.before), state: [], fetches: between },
    feeds: flat.filter(({ name }) => split.before.graph.inputs.some((input) => input.name === name)),
  };
  const preparing = first && (await backend.load(first, { threads }));
  let taken: Readonly<Record<string, Float32Array>> | undefined;
  return {
    session,
    async take(weights: Readonly<Record<string, Float32Array>>) {
      if (weights === taken) return;
      const prepared = await preparing?.run(Object.fromEntries(first!.feeds.map(({ name }) => [name, weights[name]])));
      const kept = direct.map(({ name }) => [name, weights[name]] as const);
      await session.writeState({ ...Object.fromEntries(kept), ...prepared });
      taken = weights;
    },
    async close() {
      await session.close();
      await preparing?.close();
    },
  };
}

/** Names of the state arrays that a sampler's weights may come from; not every run keeps all of them. */
export function sampledArrays(networks: readonly string[]): string[] {
  return networks.flatMap((label) => [`${label}.parameters`, `${label}.buffers`, emaArrayOf(label)]);
}

/** The weights that samplers want, out of a state that may hold moving averages. */
export function samplerWeights(
  state: Readonly<Record<string, Float32Array>>,
  { ema }: { readonly ema: boolean },
): Record<string, Float32Array> {
  const averages = Object.entries(state).filter(([name]) => name.startsWith("ema."));
  const averaged = averages.map(([name, values]): [string, Float32Array] => [name.slice("ema.".length), values]);
  return { ...state, ...(ema && Object.fromEntries(averaged)) };
}

function latent(
  inputs: readonly MakingInput[],
  count: number,
  seed: number,
  start: number,
): Record<string, Float32Array> {
  const given: Record<string, Float32Array> = {};
  for (const { name, shape, source } of inputs) {
    if (source.kind !== "normal" && source.kind !== "uniform") continue;
    const size = sizeOf(shape);
    const values = new Float32Array(count * size);
    for (let i = 0; i < count; i++) {
      const random = name === "z" ? stream(seed, "sample", start + i) : stream(seed, "sample", name, start + i);
      const one = values.subarray(i * size, (i + 1) * size);
      if (source.kind === "uniform") random.fillUniform(one, source.low, source.high);
      else random.fillNormal(one);
    }
    given[name] = values;
  }
  return given;
}

async function generate(
  { program, inputs, outputShape }: CompiledSampler,
  session: Session,
  chunk: number,
  given: Givens,
): Promise<Float32Array> {
  const fed = new Set(program.feeds.map(({ name }) => name));
  const counts = inputs.map(({ name, shape }) => {
    if (given[name] === undefined) throw new Error(`sampler: "${name}" is not given`);
    return given[name].length / sizeOf(shape);
  });
  const [count] = counts;
  if (counts.some((other) => other !== count)) {
    throw new Error(`sampler: its inputs are of ${counts.join(", ")} samples, which differ`);
  }
  const sampleSize = sizeOf(outputShape) / chunk;
  const all = new Float32Array(count * sampleSize);
  for (let start = 0; start < count; start += chunk) {
    const parts: Record<string, Float32Array> = {};
    for (const { name, shape } of inputs.filter((each) => fed.has(each.name))) {
      const size = sizeOf(shape);
      // The last batch is filled up with zeros: inference treats each sample by itself.
      parts[name] = new Float32Array(chunk * size);
      parts[name].set(given[name].subarray(start * size, Math.min(start + chunk, count) * size));
    }
    const { image } = await session.run(parts);
    all.set(image.subarray(0, Math.min(chunk, count - start) * sampleSize), start * sampleSize);
  }
  return all;
}
