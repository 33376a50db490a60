// The small players for stacked digits with which Metz et al. (2017), Unrolled GANs, let D be too weak for the game, as Lin et al. (2018),
// PacGAN, took them over for their Table 3: G's maps have 64, 32, 16 and 8 channels, D's a quarter or half as many as G's on the way back.

import type { Shape, Tensor } from "../graph/index.ts";
import type { NetworkSpec } from "../networks/index.ts";
import {
  batchNorm,
  conv2d,
  convTranspose2d,
  flatten,
  leakyRelu,
  linear,
  type Module,
  named,
  relu,
  sequential,
  squeeze,
  tanh,
  unflatten,
} from "../nn/index.ts";

/** What both players see. */
const PIXELS = 28;

/** Channels of G's maps of 4, 7, 14 and 28 pixels. */
const WIDTHS = [64, 32, 16, 8] as const;

/** z [n, zDim] → 4 → 7 → 14 → 28 pixels → stacks [n, 3, 28, 28]. */
export function tinyGenerator(zDim: number): NetworkSpec {
  const [first, ...others] = WIDTHS;
  const normed = (channels: number) => [batchNorm(channels), relu()];
  const layers: Module[] = [linear(zDim, first * 4 * 4), unflatten([first, 4, 4]), ...normed(first)];
  let [channels, size] = [first as number, 4];
  for (const next of others) {
    const outputPadding = size === 4 ? 0 : 1; // 4 → 7, and doubled from there on
    const double = { kernel: 3, stride: 2, padding: 1, outputPadding, bias: false };
    layers.push(convTranspose2d(channels, next, double), ...normed(next));
    [channels, size] = [next, size === 4 ? 7 : 2 * size];
  }
  layers.push(conv2d(channels, 3, { kernel: 3, padding: 1 }), tanh());
  return { module: named("main", sequential(...layers)), inputShape: [zDim], prior: "normal" };
}

/** Stacks [n, 3, 28, 28] → 14 → 7 → 4 pixels of width, 2·width and 4·width channels → a logit for each `pack` of them [n / pack]. */
export function tinyDiscriminator({
  width,
  pack,
  norm,
}: {
  /** 2 for a quarter of G, 4 for half. */
  readonly width: number;
  /** Stacks judged at once, side by side in the channels. */
  readonly pack: number;
  readonly norm: "batch" | "none";
}): NetworkSpec {
  const layers: Module[] = [];
  let channels = 3 * pack;
  for (const next of [width, 2 * width, 4 * width]) {
    layers.push(conv2d(channels, next, { kernel: 3, stride: 2, padding: 1, bias: norm === "none" }));
    layers.push(...(norm === "batch" ? [batchNorm(next)] : []), leakyRelu(0.3));
    channels = next;
  }
  layers.push(flatten(), linear(channels * 4 * 4, 1));
  const inputShape: Shape = [3, PIXELS, PIXELS];
  const side: Module = {
    kind: "Pack",
    apply: (_, x: Tensor) => x.reshape([x.shape[0] / pack, 3 * pack, PIXELS, PIXELS]),
  };
  return { module: named("main", sequential(...layers), { before: side, after: squeeze() }), inputShape };
}
