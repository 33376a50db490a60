// Convolution, its transpose, and nearest-neighbour resizing followed by a convolution.

import type { ConvGeometry, Tensor } from "../graph/index.ts";
import { fanInUniform, type Initializer } from "./init.ts";
import type { Module } from "./module.ts";

export interface ConvOptions {
  readonly kernel: number;
  readonly stride?: number;
  readonly padding?: number;
  readonly dilation?: number;
  readonly groups?: number;
  readonly bias?: boolean;
  readonly init?: Initializer;
}

function geometryOf({ stride = 1, padding = 0, dilation = 1, groups = 1 }: ConvOptions): ConvGeometry {
  return {
    strides: [stride, stride],
    pads: [padding, padding, padding, padding],
    dilations: [dilation, dilation],
    groups,
  };
}

function convVariables(
  shape: readonly number[],
  biases: number,
  { bias = true, init }: ConvOptions,
): Module["variables"] {
  const fanIn = shape[1] * shape[2] * shape[3];
  return {
    weight: { shape, init: init ?? fanInUniform(fanIn), role: "parameter" },
    ...(bias && { bias: { shape: [biases], init: fanInUniform(fanIn), role: "parameter" } }),
  };
}

/** x [N, inputs, H, W] → [N, outputs, H', W'], with weight [outputs, inputs/groups, k, k]. */
export function conv2d(inputs: number, outputs: number, options: ConvOptions): Module {
  const { kernel, groups = 1, bias = true } = options;
  return {
    kind: "Conv2d",
    variables: convVariables([outputs, inputs / groups, kernel, kernel], outputs, options) ?? {},
    apply: (scope, x: Tensor) => {
      const y = x.conv(scope.variable("weight"), geometryOf(options));
      return bias ? y.add(scope.variable("bias").reshape([1, outputs, 1, 1])) : y;
    },
  };
}

/**
 * Transposed convolution: x [N, inputs, H, W] → [N, outputs, (H − 1)·stride − 2·padding + dilation·(k − 1) + outputPadding + 1, …],
 * with weight [inputs, outputs/groups, k, k].
 */
export function convTranspose2d(
  inputs: number,
  outputs: number,
  { outputPadding = 0, ...options }: ConvOptions & { readonly outputPadding?: number },
): Module {
  const { kernel, stride = 1, padding = 0, dilation = 1, groups = 1, bias = true } = options;
  const grow = (size: number) => (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + outputPadding + 1;
  return {
    kind: "ConvTranspose2d",
    variables: convVariables([inputs, outputs / groups, kernel, kernel], outputs, options) ?? {},
    apply: (scope, x: Tensor) => {
      const size: [number, number] = [grow(x.shape[2]), grow(x.shape[3])];
      const y = x.convInputGrad(scope.variable("weight"), geometryOf(options), size);
      return bias ? y.add(scope.variable("bias").reshape([1, outputs, 1, 1])) : y;
    },
  };
}

/** Repeats every pixel `factor` times in each direction: [N, C, H, W] → [N, C, factor·H, factor·W]. */
export function upsampleNearest(factor: number): Module {
  return {
    kind: "Upsample",
    apply: (_, x: Tensor) => {
      const [n, c, h, w] = x.shape;
      return x
        .reshape([n * c, h, 1, w, 1])
        .broadcast([n * c, h, factor, w, factor])
        .reshape([n, c, h * factor, w * factor]);
    },
  };
}
