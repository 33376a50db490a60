// Batch, layer and instance normalisation: (x − mean) / √(var + ε) · weight + bias, each over other axes.

import { formatShape, type Shape, ShapeError, sameShape, type Tensor } from "../graph/index.ts";
import { type Initializer, ones, zeros } from "./init.ts";
import type { Module } from "./module.ts";

export interface NormOptions {
  /** ε, added to the variance. */
  readonly eps?: number;
  /** Whether it has a weight (gain) and a bias. */
  readonly affine?: boolean;
  readonly init?: Initializer;
}

/** A per-channel vector as it stretches over x [N, C, …]. */
const perChannel = (v: Tensor, x: Tensor): Tensor => v.reshape(x.shape.map((size, axis) => (axis === 1 ? size : 1)));

function checkChannels(x: Tensor, channels: number): void {
  if (x.shape[1] !== channels) {
    throw new ShapeError(`needs ${channels} channels, got ${x.shape[1]} (input ${formatShape(x.shape)})`);
  }
}

function affineVariables(shape: Shape, { affine = true, init = ones }: NormOptions): Module["variables"] & object {
  if (!affine) return {};
  return { weight: { shape, init, role: "parameter" }, bias: { shape, init: zeros, role: "parameter" } };
}

/** Subtracts the mean over `axes` and returns with it the biased variance, both keeping dimensions. */
function centre(x: Tensor, axes: readonly number[]): { centred: Tensor; mean: Tensor; variance: Tensor } {
  const mean = x.mean(axes, true);
  const centred = x.sub(mean);
  return { centred, mean, variance: centred.square().mean(axes, true) };
}

/**
 * Batch normalisation (Ioffe & Szegedy 2015) over all axes but the channel's: [N, C] or [N, C, H, W].
 * Training uses the batch's statistics and moves the running ones by `momentum` (the variance unbiased, as PyTorch keeps it);
 * inference uses the running ones.
 */
export function batchNorm(
  channels: number,
  { momentum = 0.1, eps = 1e-5, ...options }: NormOptions & { readonly momentum?: number } = {},
): Module {
  const affine = options.affine ?? true;
  return {
    kind: "BatchNorm",
    variables: {
      ...affineVariables([channels], options),
      running_mean: { shape: [channels], init: zeros, role: "buffer" },
      running_var: { shape: [channels], init: ones, role: "buffer" },
    },
    apply: (scope, x: Tensor) => {
      checkChannels(x, channels);
      const axes = x.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]));
      const runningMean = scope.variable("running_mean");
      const runningVar = scope.variable("running_var");
      const weight = affine ? perChannel(scope.variable("weight"), x) : undefined;
      const bias = affine ? perChannel(scope.variable("bias"), x) : undefined;
      const scaleFor = (variance: Tensor) => weight?.div(variance.add(eps).sqrt()) ?? inverseRoot(variance, eps);
      if (scope.training) {
        const { centred, variance, mean } = centre(x, axes);
        const count = x.size / channels;
        const unbiased = variance.mul(count / Math.max(count - 1, 1));
        scope.update("running_mean", runningMean.lerp(mean.reshape([channels]), momentum).stopGradient());
        scope.update("running_var", runningVar.lerp(unbiased.reshape([channels]), momentum).stopGradient());
        const y = centred.mul(scaleFor(variance));
        return bias ? y.add(bias) : y;
      }
      // x · scale + (bias − mean · scale): two numbers a channel, which a convolution before it can take along
      const scale = scaleFor(perChannel(runningVar, x));
      const shift = perChannel(runningMean, x).mul(scale).neg();
      return x.mul(scale).add(bias ? bias.add(shift) : shift);
    },
  };
}

const inverseRoot = (variance: Tensor, eps: number): Tensor => variance.add(eps).sqrt().reciprocal();

/** Instance normalisation (Ulyanov et al. 2016): each channel of each image by itself, [N, C, H, W]. Not affine by default. */
export function instanceNorm(channels: number, { eps = 1e-5, affine = false, ...options }: NormOptions = {}): Module {
  return {
    kind: "InstanceNorm2d",
    variables: affineVariables([channels], { ...options, affine }),
    apply: (scope, x: Tensor) => {
      checkChannels(x, channels);
      const { centred, variance } = centre(x, [2, 3]);
      const y = centred.mul(inverseRoot(variance, eps));
      return affine ? y.mul(perChannel(scope.variable("weight"), x)).add(perChannel(scope.variable("bias"), x)) : y;
    },
  };
}

/** Layer normalisation (Ba et al. 2016) of each sample over `shape`, its last dimensions; weight and bias have that shape. */
export function layerNorm(shape: Shape, { eps = 1e-5, affine = true, ...options }: NormOptions = {}): Module {
  return {
    kind: "LayerNorm",
    variables: affineVariables(shape, { ...options, affine }),
    apply: (scope, x: Tensor) => {
      const first = x.shape.length - shape.length;
      if (first < 0 || !sameShape(x.shape.slice(first), shape)) {
        throw new ShapeError(`needs ${formatShape(shape)} as last dimensions, got ${formatShape(x.shape)}`);
      }
      const { centred, variance } = centre(
        x,
        shape.map((_, i) => first + i),
      );
      const y = centred.mul(inverseRoot(variance, eps));
      const stretched = [...x.shape.slice(0, first).map(() => 1), ...shape];
      return affine
        ? y.mul(scope.variable("weight").reshape(stretched)).add(scope.variable("bias").reshape(stretched))
        : y;
    },
  };
}
