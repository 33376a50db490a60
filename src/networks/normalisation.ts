// How a discriminator is kept in bounds: batch norm (Radford et al. 2016), layer norm where samples must not be tied together
// (Gulrajani et al. 2017, §4), weights divided by their spectral norm (Miyato et al. 2018), or nothing.

import type { Shape } from "../graph/index.ts";
import { batchNorm, layerNorm, type Module, type NormOptions, spectralNorm } from "../nn/index.ts";

export type DiscriminatorNorm = "none" | "batch" | "layer" | "spectral";

export interface Normalisation {
  /** A convolution or linear layer as this normalisation has it. */
  weighted(layer: Module): Module;
  /** What follows such a layer, whose output is [n, ...shape]. */
  after(shape: Shape): readonly Module[];
  /** Whether `after` adds a bias, so that the layer before needs none. */
  readonly shifts: boolean;
}

/** Layers for a norm; ε and the gain's first values are those of batch and layer norm. */
export function normalisation(norm: DiscriminatorNorm, options: NormOptions = {}): Normalisation {
  const same = (layer: Module) => layer;
  switch (norm) {
    case "none":
      return { weighted: same, after: () => [], shifts: false };
    case "batch":
      return { weighted: same, after: ([channels]) => [batchNorm(channels, options)], shifts: true };
    case "layer":
      return { weighted: same, after: (shape) => [layerNorm(shape, options)], shifts: true };
    case "spectral":
      return { weighted: spectralNorm, after: () => [], shifts: false };
  }
}
