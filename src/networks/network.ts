import type { Shape, Tensor } from "../graph/index.ts";
import type { Module } from "../nn/index.ts";

/** The distribution of a generator's latent vector: N(0, 1), or U(−1, 1). */
export type Prior = "normal" | "uniform";

/** A network before anything holds its values: a module, and the shape of one sample of its first input. */
export interface NetworkSpec<In extends readonly Tensor[] = readonly [Tensor], Out = Tensor> {
  readonly module: Module<In, Out>;
  readonly inputShape: Shape;
  /** For generators: how z is drawn. */
  readonly prior?: Prior;
}

/** A network of any inputs and outputs. */
export type AnyNetworkSpec = NetworkSpec<readonly Tensor[], unknown>;
