// FusionGAN's players (Joo, Kim & Kim 2018, §4), laid out as taki0112/FusionGAN-Tensorflow has them: two encoders, one for the picture that
// lends its identity and one for the picture that lends its shape, whose features meet; and a judge of pairs that scores patches.

import { InputError } from "../errors/index.ts";
import { concat, type Shape, type Tensor } from "../graph/index.ts";
import {
  applyModule,
  batchNorm,
  type ConvOptions,
  conv2d,
  convTranspose2d,
  firstValues,
  glorotUniform,
  leakyRelu,
  type Module,
  reflectionPad,
  relu,
  type Scope,
  sequential,
  tanh,
  zeros,
} from "../nn/index.ts";
import type { NetworkSpec } from "./network.ts";

const first = { weight: glorotUniform(1), bias: zeros };
const conv = (from: number, to: number, options: ConvOptions) => firstValues(conv2d(from, to, options), first);
/** A convolution whose bias batch norm would take out again. */
const normed = (from: number, to: number, options: ConvOptions) => [
  conv(from, to, { ...options, bias: false }),
  batchNorm(to),
];
const sameSize = (from: number, to: number) => [reflectionPad(1), ...normed(from, to, { kernel: 3 })];
const double = (from: number, to: number) =>
  sequential(
    firstValues(convTranspose2d(from, to, { kernel: 3, stride: 2, padding: 1, outputPadding: 1, bias: false }), first),
    batchNorm(to),
    relu(),
  );

/** What two convolutions make of x, added to x, or to a convolution of x where the number of channels changes. */
function residualBlock(from: number, to: number): Module {
  const residual = sequential(...sameSize(from, to), relu(), ...sameSize(to, to));
  const shortcut = from === to ? undefined : sequential(...sameSize(from, to));
  return {
    kind: "ResidualBlock",
    children: { residual, ...(shortcut && { shortcut }) },
    apply: (scope, x: Tensor) =>
      applyModule(residual, scope.child("residual"), x).add(
        shortcut === undefined ? x : applyModule(shortcut, scope.child("shortcut"), x),
      ),
  };
}

/** Features of one picture at a half and at a quarter of its size, and what two residual blocks make of the latter. */
interface Encoding {
  readonly half: Tensor;
  readonly quarter: Tensor;
  readonly code: Tensor;
}

function encoder(channels: number, width: number): Module<readonly [Tensor], Encoding> {
  const halve = { kernel: 3, stride: 2, padding: 1 };
  const parts = {
    down1: sequential(
      ...[reflectionPad(3), ...normed(channels, width, { kernel: 7 }), relu()],
      ...[...normed(width, 2 * width, halve), relu()],
    ),
    down2: sequential(...normed(2 * width, 4 * width, halve), relu()),
    code: sequential(residualBlock(4 * width, 4 * width), residualBlock(4 * width, 4 * width)),
  };
  return {
    kind: "Encoder",
    children: parts,
    apply(scope, x) {
      const half = applyModule(parts.down1, scope.child("down1"), x);
      const quarter = applyModule(parts.down2, scope.child("down2"), half);
      return { half, quarter, code: applyModule(parts.code, scope.child("code"), quarter) };
    },
  };
}

function checkSize([, height, width]: Shape): void {
  if (height % 4 !== 0 || width % 4 !== 0 || Math.min(height, width) < 8) {
    const near = Math.max(Math.round(Math.min(height, width) / 4) * 4, 8);
    throw new InputError(
      `--size: fusiongan halves pictures twice, so it takes multiples of 4 from 8 on, got ${height}×${width}. Pass --size ${near}.`,
    );
  }
}

export interface FusionganOptions {
  /** Channels of the first convolution; each halving of the picture doubles them. */
  readonly width: number;
  readonly image: Shape;
}

/** (x, whose identity it has, y, whose shape it has), [n, C, H, W] each → a picture in [−1, 1] of the same shape. */
export function fusionganGenerator({ width, image }: FusionganOptions): NetworkSpec<readonly [Tensor, Tensor]> {
  checkSize(image);
  const identity = encoder(image[0], width);
  const shape = encoder(image[0], width);
  const parts = {
    fuse: sequential(residualBlock(8 * width, 4 * width), residualBlock(4 * width, 4 * width)),
    up1: double(12 * width, 2 * width),
    up2: double(6 * width, width),
    out: sequential(reflectionPad(3), conv(width, image[0], { kernel: 7 }), tanh()),
  };
  return {
    module: {
      kind: "Network",
      children: { identity, shape, ...parts },
      apply(scope, x: Tensor, y: Tensor) {
        const part = (name: keyof typeof parts, ...of: readonly Tensor[]) =>
          applyModule(parts[name], scope.child(name), concat(of, 1));
        const i = applyModule(identity, scope.child("identity"), x);
        const s = applyModule(shape, scope.child("shape"), y);
        const fused = part("fuse", i.code, s.code); //         at a quarter of the size
        const doubled = part("up1", i.quarter, s.quarter, fused); // at a half
        return part("out", part("up2", i.half, s.half, doubled));
      },
    },
    inputShape: image,
  };
}

/** How often D halves the picture: three times, and less where no map of 5 × 5 scores would be left. */
const halvingsOf = ([, height, width]: Shape): number =>
  Math.min(Math.max(Math.floor(Math.log2(Math.min(height, width) / 8)), 1), 3);

/** The height and width of D's map of scores: the three layers after the halvings take one off each. */
export function fusionganMap(image: Shape): readonly [height: number, width: number] {
  const left = (size: number) => Math.floor(size / 2 ** halvingsOf(image)) - 3;
  return [left(image[1]), left(image[2])];
}

/** (x, a picture said to have its identity), [n, C, H, W] each → a map of scores of patches, [n, 1, h, w] as `fusionganMap` says. */
export function fusionganDiscriminator({ width, image }: FusionganOptions): NetworkSpec<readonly [Tensor, Tensor]> {
  checkSize(image);
  const strides = [...Array<number>(halvingsOf(image)).fill(2), 1, 1];
  const layers: Module[] = [];
  let channels = 2 * image[0];
  strides.forEach((stride, i) => {
    const next = width * 2 ** i;
    const options = { kernel: 4, stride, padding: 1 };
    // no norm on what comes straight from the pictures
    layers.push(...(i === 0 ? [conv(channels, next, options)] : normed(channels, next, options)), leakyRelu(0.2));
    channels = next;
  });
  const main = sequential(...layers, conv(channels, 1, { kernel: 4, padding: 1 }));
  return {
    module: {
      kind: "Network",
      children: { main },
      apply: (scope: Scope, x: Tensor, other: Tensor) => applyModule(main, scope.child("main"), concat([x, other], 1)),
    },
    inputShape: image,
  };
}
