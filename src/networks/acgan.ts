// ACGAN's players: Odena, Olah & Shlens (2017), table 2 (CIFAR-10). At 32 pixels and with the widths 96 and 16 they are the table's.

import { type Shape, sizeOf, type Tensor } from "../graph/index.ts";
import {
  applyModule,
  batchNorm,
  conv2d,
  convTranspose2d,
  dropout,
  firstValues,
  flatten,
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
  zeros,
} from "../nn/index.ts";
import { type ConditionalSpec, conditioned } from "./conditional.ts";
import type { NetworkSpec, Prior } from "./network.ts";
import { stagesOf } from "./stages.ts";

/** What D says of n samples: logits of their source [n], real or generated, and of their classes [n, K]. */
export interface SourceAndClass {
  readonly score: Tensor;
  readonly classes: Tensor;
}

/** "Isotropic gaussian (µ = 0, σ = 0.02), constant(0)": the table's first values of weights and biases. */
const begun = (layer: Module): Module => firstValues(layer, { weight: normal(0, 0.02), bias: zeros });

/** (z [n, zDim], y [n, K]) → base × base feature maps, without batch norm → doubled up to an image [n, C, size, size]. */
export function acganGenerator({
  zDim,
  labels,
  width,
  image,
  prior,
  eps,
}: {
  readonly zDim: number;
  readonly labels: number;
  /** Channels of the last hidden feature map; each earlier one has twice as many. */
  readonly width: number;
  readonly image: Shape;
  readonly prior: Prior;
  readonly eps: number;
}): ConditionalSpec {
  const { base, doublings } = stagesOf("acgan", image);
  const double = (from: number, to: number, bias: boolean) =>
    begun(convTranspose2d(from, to, { kernel: 5, stride: 2, padding: 2, outputPadding: 1, bias }));

  let channels = width * 2 ** (doublings - 1);
  const first = [channels, base, base];
  const layers = [begun(linear(zDim + labels, sizeOf(first))), relu(), unflatten(first)];
  for (; channels > width; channels /= 2) {
    layers.push(double(channels, channels / 2, false), batchNorm(channels / 2, { eps }), relu());
  }
  layers.push(double(width, image[0], true), tanh());
  const spec = { module: named("main", sequential(...layers)), inputShape: [zDim + labels], prior };
  return conditioned(spec, [zDim]);
}

/** An image [n, C, H, W] → six convolutions, every other one halving it, each but the first with batch norm → its source and class. */
export function acganDiscriminator({
  labels,
  width,
  image,
  dropout: p,
  eps,
}: {
  readonly labels: number;
  /** Channels of the first convolution; each next has twice as many. */
  readonly width: number;
  readonly image: Shape;
  /** Probability with which a feature is dropped after each convolution. */
  readonly dropout: number;
  readonly eps: number;
}): NetworkSpec<readonly [Tensor], SourceAndClass> {
  stagesOf("acgan", image);
  const layers: Module[] = [];
  let [channels, size] = image;
  for (let i = 0; i < 6; i++) {
    const stride = i % 2 === 0 ? 2 : 1;
    const next = width * 2 ** i;
    layers.push(begun(conv2d(channels, next, { kernel: 3, stride, padding: 1, bias: i === 0 })));
    layers.push(...(i === 0 ? [] : [batchNorm(next, { eps })]), leakyRelu(0.2), dropout(p));
    channels = next;
    size = Math.ceil(size / stride);
  }
  const features = channels * size * size;
  const main = sequential(...layers, flatten());
  const source = begun(linear(features, 1));
  const classes = begun(linear(features, labels));
  return {
    module: {
      kind: "Network",
      children: { main, source, classes },
      apply: (scope, x: Tensor) => {
        const h = applyModule(main, scope.child("main"), x);
        return {
          score: squeeze().apply(scope, applyModule(source, scope.child("source"), h)),
          classes: applyModule(classes, scope.child("classes"), h),
        };
      },
    },
    inputShape: image,
  };
}
