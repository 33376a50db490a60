import type { Shape } from "../graph/index.ts";
import type { Module } from "../nn/index.ts";

/** The distribution of a generator's latent vector: N(0, 1), or U(−1, 1). */
export type Prior = "normal" | "uniform";

/** A network before anything holds its values: a module and the shape of one sample of its input. */
export interface NetworkSpec {
  readonly module: Module;
  readonly inputShape: Shape;
  /** For generators: how z is drawn. */
  readonly prior?: Prior;
}
