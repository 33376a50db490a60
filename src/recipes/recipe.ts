// The contract of a recipe: what a paper says, and nothing else. Devices, logs, checkpoints, epochs and flags are the trainer's.

import type { DataKind, SampleForm } from "../data/index.ts";
import type { Shape, Tensor } from "../graph/index.ts";
import type { AnyNetworkSpec, NetworkSpec } from "../networks/index.ts";
import type { Optimizer, Schedule } from "../optim/index.ts";
import type { OptionSpecs, OptionsOf, OptionValue } from "./options.ts";

/** A network with values: apply it to batches [n, …]. Each application in training moves its running statistics. */
export interface Network<In extends readonly Tensor[] = readonly [Tensor], Out = Tensor> {
  (...inputs: In): Out;
  readonly label: string;
  /** Shape of one sample of its first input. */
  readonly inputShape: Shape;
}

/** Any network, its inputs and outputs forgotten. */
export type AnyNetwork = Pick<Network, "label" | "inputShape">;

/** The networks that a recipe's specifications become. */
export type NetworksOf<T extends Readonly<Record<string, AnyNetworkSpec>>> = {
  readonly [K in keyof T]: T[K] extends NetworkSpec<infer In, infer Out> ? Network<In, Out> : never;
};

/**
 * Declares randomness and data: each call is a fresh input of the graph, which the trainer fills at each iteration.
 * Shapes are of one sample; the batch's dimension is put in front.
 */
export interface Draw {
  /** x ~ p_data, [n, ...sample], whatever else is known of it. */
  real(): Tensor;
  /** (x, y) ~ p_data, of what is labelled: y [n, K] one-hot, or [n, m] of 0 and 1 where the set has attributes instead of classes. */
  labelled(): { readonly x: Tensor; readonly y: Tensor };
  /** (a, b), a picture with its counterpart. */
  pair(): { readonly a: Tensor; readonly b: Tensor };
  /** a ~ p_A or b ~ p_B. */
  domain(name: "a" | "b"): Tensor;
  /** (x, t), a picture with its caption as numbers (`TextForm`). */
  captioned(): { readonly x: Tensor; readonly t: Tensor };
  /** x, two others of the same class, and one of another class, of what has classes. */
  identities(): { readonly x: Tensor; readonly xHat: Tensor; readonly same: Tensor; readonly other: Tensor };
  /** c ~ U{1 … K}, one-hot [n, K]. */
  classes(): Tensor;
  /** A random permutation of the batch as a matrix P [n, n]: P·y shuffles the rows of y [n, k]. */
  permutation(): Tensor;
  /** z ~ p_z, the prior of a generator. */
  prior(generator: AnyNetwork): Tensor;
  normal(shape: Shape): Tensor;
  uniform(shape: Shape, low?: number, high?: number): Tensor;
}

/** What an iteration may use besides its networks. */
export interface IterationContext {
  readonly draw: Draw;
  /** Samples in a batch. */
  readonly batch: number;
  readonly data: SampleForm;
  /** Logs a scalar under a path such as "score/real", at no further cost. */
  report(name: string, value: Tensor): void;
  /** A number that depends on the iteration, counted from 1, as a scalar of the graph. */
  at(schedule: Schedule): Tensor;
  /**
   * A history of pictures x [n, …] (Shrivastava et al. 2017, §2.3): until `size` are held, keeps and gives each new one; from then on
   * with probability ½ gives a random one held and keeps the new one in its place, else gives the new one.
   */
  pool(x: Tensor, size: number): Tensor;
  /**
   * The value of `then` after `steps` further steps of `move`, which are undone: what it would be once that player has answered.
   * Gradients pass through the steps.
   */
  unrolled(move: Update, steps: number, then: () => Tensor): Tensor;
}

/** One player's move: the loss, built anew for each of `times` repeats, and who moves to make it smaller. */
export interface Update {
  readonly loss: () => Tensor;
  readonly over: readonly AnyNetwork[];
  readonly with: Optimizer;
  readonly times: number;
  /** Whether it is made in an iteration, counted from 0; always, where absent. */
  readonly when?: (iteration: number) => boolean;
}

/** One or more steps of gradient descent on `loss` over the parameters of these networks; every other network stays as it is. */
export function minimize(
  loss: () => Tensor,
  {
    over,
    with: optimizer,
    times = 1,
    when,
  }: {
    over: AnyNetwork | readonly AnyNetwork[];
    with: Optimizer;
    times?: number;
    when?: (iteration: number) => boolean;
  },
): Update {
  const networks = Array.isArray(over) ? (over as readonly AnyNetwork[]) : [over as AnyNetwork];
  return { loss, over: networks, with: optimizer, times, ...(when && { when }) };
}

/** Declares what a sample is made from; each becomes an input of the sampler. */
export interface Given {
  /** z ~ p_z, the prior of a generator. */
  prior(generator: AnyNetwork): Tensor;
  /** Noise ~ N(0, 1) of this shape. */
  normal(shape: Shape): Tensor;
  /** Classes, one-hot [n, K], or attributes [n, m] of 0 and 1. */
  labels(): Tensor;
  /** A picture like those of the data; of pairs and domains, like a or b. The second of one side is another picture. */
  image(side?: "a" | "b"): Tensor;
  /** A caption as numbers. */
  text(): Tensor;
}

/** How something is made from what is given. */
export type Making<T extends Readonly<Record<string, AnyNetworkSpec>>, O> = (
  networks: NetworksOf<T>,
  given: Given,
  options: O,
) => Tensor;

export interface Recipe<
  S extends OptionSpecs = OptionSpecs,
  T extends Readonly<Record<string, AnyNetworkSpec>> = Readonly<Record<string, AnyNetworkSpec>>,
> {
  readonly name: string;
  readonly title: string;
  /** Where it was published. */
  readonly paper: string;
  /** What it is for, in one line. */
  readonly about: string;
  readonly data: {
    readonly kinds: readonly DataKind[];
    /** The labels it cannot do without. */
    readonly labels?: "classes" | "classes or attributes";
    /** Image sizes the networks are built for; any when absent. */
    readonly sizes?: readonly number[];
  };
  /** Images in a batch unless told otherwise. */
  readonly batch: number;
  /** The paper's names and defaults; each key is also a flag. */
  readonly options: S;
  /** Named sets of other defaults, for published variants: --preset NAME. */
  readonly presets?: Readonly<
    Record<string, { readonly about: string; readonly options: Partial<OptionsOf<S>>; readonly batch?: number }>
  >;
  networks(options: OptionsOf<S>, data: SampleForm): T;
  /** One training iteration, as the updates in their order. Runs once, to build the graph. */
  iteration(networks: NetworksOf<NoInfer<T>>, context: IterationContext, options: OptionsOf<S>): readonly Update[];
  /** What it makes, by name, the usual one first. Their networks are what --ema averages and `ganforge export` writes. */
  readonly makes: Readonly<Record<string, Making<NoInfer<T>, OptionsOf<S>>>>;
  /**
   * What D takes of samples like those that it makes first, [n, …], the mean of more than one number being a sample's score; for
   * recipes whose D judges a sample by itself or with its labels.
   */
  readonly scores?: Making<NoInfer<T>, OptionsOf<S>>;
  /** Whether samples keep dropout and the batch's own statistics, each sample a batch by itself; else inference statistics. */
  readonly samplesAsTrained?: boolean;
}

type Options = Readonly<Record<string, OptionValue>>;
type Specs = Readonly<Record<string, AnyNetworkSpec>>;

/** Any recipe, with its option and network types forgotten: what shared code handles. */
export interface AnyRecipe extends Omit<Recipe, "networks" | "iteration" | "makes" | "scores" | "presets"> {
  readonly presets?: Readonly<
    Record<string, { readonly about: string; readonly options: Options; readonly batch?: number }>
  >;
  networks(options: Options, data: SampleForm): Specs;
  iteration(
    networks: Readonly<Record<string, AnyNetwork>>,
    context: IterationContext,
    options: Options,
  ): readonly Update[];
  readonly makes: Readonly<Record<string, AnyMaking>>;
  readonly scores?: AnyMaking;
}

type AnyMaking = (networks: Readonly<Record<string, AnyNetwork>>, given: Given, options: Options) => Tensor;

/** Types a recipe by its own table of options and its own networks. */
export function defineRecipe<const S extends OptionSpecs, T extends Specs>(recipe: Recipe<S, T>): AnyRecipe {
  return recipe as unknown as AnyRecipe;
}
