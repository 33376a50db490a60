// DCGAN's convolutional players: Radford, Metz & Chintala (2016), §3, in the numbering of PyTorch's example.

import type { Shape } from "../graph/index.ts";
import {
  batchNorm,
  conv2d,
  convTranspose2d,
  flatten,
  globalAveragePool,
  leakyRelu,
  linear,
  type Module,
  named,
  normal,
  relu,
  sequential,
  squeeze,
  tanh,
  unflatten,
  upsampleNearest,
} from "../nn/index.ts";
import type { NetworkSpec, Prior } from "./network.ts";
import { type DiscriminatorNorm, normalisation } from "./normalisation.ts";
import { stagesOf } from "./stages.ts";

/** N(0, 0.02) for weights (§4). */
const weightInit = normal(0, 0.02);
/** N(1, 0.02) for batch norm's gain, as the authors' code has it. */
const gainInit = normal(1, 0.02);

const halve = { kernel: 4, stride: 2, padding: 1, bias: false, init: weightInit };

export interface DcganGeneratorOptions {
  readonly zDim: number;
  /** Channels of the last hidden feature map; each earlier one has twice as many. */
  readonly width: number;
  readonly image: Shape;
  readonly prior: Prior;
  readonly output: "tanh" | "linear";
  /** Doubling by a strided transposed convolution, or by nearest-neighbour resizing and a convolution (Odena et al. 2016). */
  readonly upsample: "deconv" | "resize";
  readonly eps: number;
}

/** z [n, zDim] → base × base feature maps → doubled up to an image [n, C, size, size]. */
export function dcganGenerator({
  zDim,
  width,
  image,
  prior,
  output,
  upsample,
  eps,
}: DcganGeneratorOptions): NetworkSpec {
  const { base, doublings } = stagesOf("dcgan", image);
  const double = (from: number, to: number): Module[] =>
    upsample === "deconv"
      ? [convTranspose2d(from, to, halve)]
      : [upsampleNearest(2), conv2d(from, to, { kernel: 3, padding: 1, bias: false, init: weightInit })];
  const norm = (channels: number) => [batchNorm(channels, { eps, init: gainInit }), relu()];

  let channels = width * 2 ** (doublings - 1);
  const layers: Module[] = [
    convTranspose2d(zDim, channels, { kernel: base, bias: false, init: weightInit }),
    ...norm(channels),
  ];
  for (; channels > width; channels /= 2) layers.push(...double(channels, channels / 2), ...norm(channels / 2));
  layers.push(...double(width, image[0])); // no batch norm at G's output (§3)
  if (output === "tanh") layers.push(tanh());
  return {
    module: named("main", sequential(...layers), { before: unflatten([zDim, 1, 1]) }),
    inputShape: [zDim],
    prior,
  };
}

export interface DcganDiscriminatorOptions {
  readonly width: number;
  readonly image: Shape;
  /** From the last feature map to a logit: one convolution over it, a linear layer, or its channels' averages and a linear layer. */
  readonly head: "conv" | "linear" | "gap";
  readonly eps: number;
  readonly norm?: DiscriminatorNorm;
}

/** An image [n, C, size, size] → halved down to base × base feature maps → a logit [n]. */
export function dcganDiscriminator({
  width,
  image,
  head,
  eps,
  norm = "batch",
}: DcganDiscriminatorOptions): NetworkSpec {
  const { size, base, doublings } = stagesOf("dcgan", image);
  const { weighted, after, shifts } = normalisation(norm, { eps, init: gainInit });
  const layers: Module[] = [];
  let channels = image[0];
  for (let i = 0; i < doublings; i++) {
    const next = width * 2 ** i;
    const map = size / 2 ** (i + 1);
    layers.push(
      weighted(conv2d(channels, next, { ...halve, bias: !shifts })),
      ...(i === 0 ? [] : after([next, map, map])), // none at D's input (§3)
      leakyRelu(0.2),
    );
    channels = next;
  }
  const heads: Record<typeof head, () => Module[]> = {
    conv: () => [weighted(conv2d(channels, 1, { kernel: base, bias: false, init: weightInit }))],
    linear: () => [flatten(), weighted(linear(channels * base * base, 1, { init: weightInit }))],
    gap: () => [globalAveragePool(), weighted(linear(channels, 1, { init: weightInit }))],
  };
  layers.push(...heads[head]());
  return { module: named("main", sequential(...layers), { after: squeeze() }), inputShape: image };
}
