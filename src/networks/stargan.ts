// StarGAN's players: Choi et al. (2018), §7.3 (tables 4 and 5), in the numbering of the authors' PyTorch code and with PyTorch's first values.
// At 128 pixels, with the width 64 and 6 blocks, they are the tables'.

import { InputError } from "../errors/index.ts";
import { concat, type Shape, type Tensor } from "../graph/index.ts";
import {
  applyModule,
  conv2d,
  convTranspose2d,
  instanceNorm,
  leakyRelu,
  type Module,
  relu,
  sequential,
  tanh,
} from "../nn/index.ts";
import type { SourceAndClass } from "./acgan.ts";
import type { NetworkSpec } from "./network.ts";

/** Instance norm takes biases out again. */
const unbiased = { bias: false } as const;
const halve = { kernel: 4, stride: 2, padding: 1 } as const;
const settle = (channels: number): Module[] => [instanceNorm(channels, { affine: true }), relu()];

/** x + what two convolutions make of it. */
function residualBlock(channels: number): Module {
  const conv = () => conv2d(channels, channels, { kernel: 3, padding: 1, ...unbiased });
  const main = sequential(conv(), ...settle(channels), conv(), instanceNorm(channels, { affine: true }));
  return {
    kind: "ResidualBlock",
    children: { main },
    apply: (scope, x) => x.add(applyModule(main, scope.child("main"), x)),
  };
}

/** The picture's size; InputError unless it is a square that G can halve twice, and normalise there. */
function sizeOfSquare([, height, width]: Shape): number {
  if (height !== width || height % 4 !== 0 || height < 8) {
    const near = Math.max(Math.round(Math.min(height, width) / 4) * 4, 8);
    throw new InputError(
      `--size: stargan halves squares twice, so it takes multiples of 4 from 8 on, got ${height}×${width}. Pass --size ${near}.`,
    );
  }
  return height;
}

export interface StarganOptions {
  /** Classes or attributes. */
  readonly labels: number;
  /** Channels of the first convolution. */
  readonly width: number;
  readonly image: Shape;
}

/**
 * (A picture x [n, C, S, S], labels c [n, K]) → the picture as it is with those labels, in [−1, 1]. The labels enter as K constant maps, and
 * the first convolution pads with zeros: padded by reflection they would stay constant through it, and instance norm would wipe them out.
 */
export function starganGenerator({
  labels,
  width,
  image,
  blocks,
}: StarganOptions & {
  /** Residual blocks. */
  readonly blocks: number;
}): NetworkSpec<readonly [Tensor, Tensor]> {
  sizeOfSquare(image);
  const outer = { kernel: 7, padding: 3, ...unbiased };
  const resize = { ...halve, ...unbiased };
  const main = sequential(
    ...[conv2d(image[0] + labels, width, outer), ...settle(width)],
    ...[conv2d(width, 2 * width, resize), ...settle(2 * width)],
    ...[conv2d(2 * width, 4 * width, resize), ...settle(4 * width)],
    ...Array.from({ length: blocks }, () => residualBlock(4 * width)),
    ...[convTranspose2d(4 * width, 2 * width, resize), ...settle(2 * width)],
    ...[convTranspose2d(2 * width, width, resize), ...settle(width)],
    ...[conv2d(width, image[0], outer), tanh()],
  );
  return {
    module: {
      kind: "Network",
      children: { main },
      apply(scope, x: Tensor, c: Tensor) {
        const [n, , height, across] = x.shape;
        const maps = c.reshape([n, labels, 1, 1]).broadcast([n, labels, height, across]);
        return applyModule(main, scope.child("main"), concat([x, maps], 1));
      },
    },
    inputShape: image,
  };
}

/**
 * A picture [n, C, S, S] → halved, without norm, until 2 or 3 pixels are left (at most 6 times) → its score [n], the mean of a map of
 * scores of patches, and logits of its labels [n, K].
 */
export function starganDiscriminator({
  labels,
  width,
  image,
}: StarganOptions): NetworkSpec<readonly [Tensor], SourceAndClass> {
  const size = sizeOfSquare(image);
  const halvings = Math.min(Math.floor(Math.log2(size)) - 1, 6);
  const layers: Module[] = [];
  let channels = image[0];
  for (let i = 0; i < halvings; i++) {
    layers.push(conv2d(channels, width * 2 ** i, halve), leakyRelu(0.01));
    channels = width * 2 ** i;
  }
  const main = sequential(...layers);
  const conv1 = conv2d(channels, 1, { kernel: 3, padding: 1, ...unbiased });
  const conv2 = conv2d(channels, labels, { kernel: Math.floor(size / 2 ** halvings), ...unbiased });
  return {
    module: {
      kind: "Network",
      children: { main, conv1, conv2 },
      apply(scope, x: Tensor) {
        const h = applyModule(main, scope.child("main"), x);
        return {
          score: applyModule(conv1, scope.child("conv1"), h).mean([1, 2, 3]),
          classes: applyModule(conv2, scope.child("conv2"), h).reshape([x.shape[0], labels]),
        };
      },
    },
    inputShape: image,
  };
}
