// The contract of a recipe: what a paper says, and nothing else. Devices, logs, checkpoints, epochs and flags are the trainer's.

import type { Shape, Tensor } from "../graph/index.ts";
import type { NetworkSpec } from "../networks/index.ts";
import type { Optimizer } from "../optim/index.ts";
import type { OptionSpecs, OptionsOf, OptionValue } from "./options.ts";

/** What a recipe can learn from. */
export type DataKind = "images" | "points";

/** A network with values: apply it to a batch [n, …]. Each application in training moves its running statistics. */
export interface Network {
  (x: Tensor): Tensor;
  readonly label: string;
  /** Shape of one sample of its input. */
  readonly inputShape: Shape;
}

/**
 * Declares randomness and data: each call is a fresh input of the graph, which the trainer fills at each iteration.
 * Shapes are of one sample; the batch's dimension is put in front.
 */
export interface Draw {
  /** x ~ p_data, [n, ...data.shape] */
  real(): Tensor;
  /** z ~ p_z, the prior of a generator. */
  prior(generator: Network): Tensor;
  normal(shape: Shape): Tensor;
  uniform(shape: Shape, low?: number, high?: number): Tensor;
}

/** What an iteration may use besides its networks. */
export interface IterationContext {
  readonly draw: Draw;
  /** Logs a scalar under a path such as "score/real", at no further cost. */
  report(name: string, value: Tensor): void;
}

/** One player's move: the loss, built anew for each of `times` repeats, and who moves to make it smaller. */
export interface Update {
  readonly loss: () => Tensor;
  readonly over: Network;
  readonly with: Optimizer;
  readonly times: number;
}

/** One or more steps of gradient descent on `loss` over the parameters of one network; every other network stays as it is. */
export function minimize(
  loss: () => Tensor,
  { over, with: optimizer, times = 1 }: { over: Network; with: Optimizer; times?: number },
): Update {
  return { loss, over, with: optimizer, times };
}

export interface Recipe<S extends OptionSpecs = OptionSpecs, N extends string = string> {
  readonly name: string;
  readonly title: string;
  /** Where it was published. */
  readonly paper: string;
  /** What it is for, in one line. */
  readonly about: string;
  readonly data: {
    readonly kinds: readonly DataKind[];
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
  /** The network that makes samples. */
  readonly generator: NoInfer<N>;
  networks(
    options: OptionsOf<S>,
    data: { readonly kind: DataKind; readonly sample: Shape },
  ): Readonly<Record<N, NetworkSpec>>;
  /** One training iteration, as the updates in their order. Runs once, to build the graph. */
  iteration(
    networks: Readonly<Record<N, Network>>,
    context: IterationContext,
    options: OptionsOf<S>,
  ): readonly Update[];
}

/** Any recipe, with its option types forgotten: what shared code handles. */
export interface AnyRecipe extends Omit<Recipe, "networks" | "iteration" | "presets"> {
  readonly presets?: Readonly<
    Record<
      string,
      { readonly about: string; readonly options: Readonly<Record<string, OptionValue>>; readonly batch?: number }
    >
  >;
  networks(
    options: Readonly<Record<string, OptionValue>>,
    data: { readonly kind: DataKind; readonly sample: Shape },
  ): Readonly<Record<string, NetworkSpec>>;
  iteration(
    networks: Readonly<Record<string, Network>>,
    context: IterationContext,
    options: Readonly<Record<string, OptionValue>>,
  ): readonly Update[];
}

/** Types a recipe by its own table of options and its own networks. */
export function defineRecipe<const S extends OptionSpecs, N extends string>(recipe: Recipe<S, N>): AnyRecipe {
  return recipe as unknown as AnyRecipe;
}
