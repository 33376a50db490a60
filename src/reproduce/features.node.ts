// What a discriminator's layers see in pictures: Radford, Metz & Chintala (2016), DCGAN, §5, as their code for SVHN has it. Its networks
// are the recipe's own, with another end: each module tells what it gives (`Scope.applied`).

import { type Dataset, formOf, sampleOrder } from "../data/index.ts";
import type { SafeTensor } from "../formats/index.ts";
import { concat, sizeOf, type Tensor } from "../graph/index.ts";
import type { AnyNetworkSpec, NetworkSpec } from "../networks/index.ts";
import { type AnyModule, type Scope, variablesOf } from "../nn/index.ts";
import { type AnyRecipe, completeOptions, findRecipe, type Network } from "../recipes/index.ts";
import { cpu } from "../runtime/index.node.ts";
import { arraysOf, compileSampler, initialState, openSampler } from "../train/index.ts";
import type { Training } from "./measured.node.ts";

/** Pixels that each map is pooled to, in height and width. */
const GRID = 4;
/** Pictures seen at once. */
const CHUNK = 100;

/** What is told while a network is applied. */
interface Ear {
  applied?(module: AnyModule, output: unknown): void;
  updated?(path: string, value: Tensor): void;
}

function heard(scope: Scope, ear: Ear): Scope {
  return {
    ...scope,
    update(name, value) {
      scope.update(name, value);
      ear.updated?.(`${scope.path}.${name}`, value);
    },
    child: (name) => heard(scope.child(name), ear),
    applied(module, inputs, output) {
      scope.applied?.(module, inputs, output);
      ear.applied?.(module, output);
    },
  };
}

/** Every map [n, C, s, s] after its LeakyReLU, pooled to the largest of each part of a grid of 4 × 4, side by side: [n, m]. */
function features({ module, inputShape }: NetworkSpec): NetworkSpec {
  const apply = (scope: Scope, x: Tensor) => {
    const maps: Tensor[] = [];
    const applied = ({ kind }: AnyModule, output: unknown) => kind === "LeakyReLU" && maps.push(output as Tensor);
    module.apply(heard(scope, { applied }), x);
    const pooled = maps.map((map) => {
      const [n, channels, size] = map.shape;
      const part = size / GRID;
      return map.reshape([n, channels, GRID, part, GRID, part]).max([3, 5]).flatten();
    });
    return concat(pooled, 1);
  };
  return { module: { ...module, apply }, inputShape };
}

/** What training on a batch would make of the network's running statistics, one after another as in the run's state. */
function statistics({ module, inputShape }: NetworkSpec): NetworkSpec {
  const apply = (scope: Scope, x: Tensor) => {
    const next = new Map<string, Tensor>();
    module.apply(heard(scope, { updated: (path, value) => next.set(path, value) }), x);
    const buffers = [...variablesOf(module as AnyModule)].filter(([, { role }]) => role === "buffer");
    return concat(
      buffers.map(([path, { shape }]) => next.get(`${scope.path}.${path}`)!.reshape([sizeOf(shape)])),
      0,
    );
  };
  return { module: { ...module, apply }, inputShape };
}

/** A recipe whose D ends otherwise, and that makes of a picture what this D gives. */
function ending(recipe: AnyRecipe, end: (D: NetworkSpec) => NetworkSpec): AnyRecipe {
  return {
    ...recipe,
    networks: (options, data) => ({ D: end(recipe.networks(options, data).D as NetworkSpec) as AnyNetworkSpec }),
    makes: { seen: ({ D }, given) => (D as Network)(given.image()) },
  };
}

export interface Features {
  /** How many there are of a picture. */
  readonly size: number;
  /** Of pictures [n, ...sample]: [n, size]. */
  of(pictures: Float32Array): Promise<Float32Array>;
  close(): Promise<void>;
}

/** What a network knows: tensors of a run, or what a run of this seed would begin with. */
export type Values = { readonly tensors: ReadonlyMap<string, SafeTensor> } | { readonly seed: number };

/** The features of a recipe's D, whose batch norm's statistics so many batches of real pictures move first, as in training. */
export async function openFeatures(
  { recipe: name, options: given }: Pick<Training, "recipe" | "options">,
  values: Values,
  dataset: Dataset,
  { settling, threads }: { readonly settling: number; readonly threads: number },
): Promise<Features> {
  const recipe = findRecipe(name);
  const options = completeOptions(recipe, given);
  const data = formOf(dataset);
  const lowering = await cpu.lowering();
  const moving = { recipe: { ...ending(recipe, statistics), samplesAsTrained: true }, options, data, lowering };
  const { program, arrays } = compileSampler(moving, CHUNK);
  const weights = "seed" in values ? initialState(arrays, values.seed) : arraysOf(arrays, values.tensors, name);
  const session = await cpu.load(program, { threads });
  try {
    const order = sampleOrder(dataset, { batch: CHUNK, seed: 1 });
    for (let k = 0; k < settling; k++) {
      const { values: a } = await dataset.read(order.indices(k));
      weights["D.buffers"] = (await session.run({ ...weights, a })).image;
    }
  } finally {
    await session.close();
  }
  const sampler = await openSampler(
    { recipe: ending(recipe, features), options, data },
    { backend: cpu, threads, chunk: CHUNK },
    async () => weights,
  );
  return { size: sizeOf(sampler.sample), of: (a) => sampler.generate({ a }), close: () => sampler.close() };
}
