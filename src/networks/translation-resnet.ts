// The residual network that CycleGAN translates pictures with: Johnson et al. (2016), as Zhu et al. (2017), §7.2 have it, in
// the numbering of the authors' PyTorch code. Two halvings, residual blocks at a quarter of the size, two doublings;
// instance norm and reflection padding throughout.

import { InputError } from "../errors/index.ts";
import {
  applyModule,
  type ConvOptions,
  conv2d,
  convTranspose2d,
  firstValues,
  instanceNorm,
  type Module,
  named,
  normal,
  reflectionPad,
  relu,
  sequential,
  tanh,
  zeros,
} from "../nn/index.ts";
import type { NetworkSpec } from "./network.ts";
import { sharedSize, type Translation } from "./translation.ts";

const first = { weight: normal(0, 0.02), bias: zeros };
const conv = (from: number, to: number, options: ConvOptions) => firstValues(conv2d(from, to, options), first);
const double = (from: number, to: number) =>
  firstValues(convTranspose2d(from, to, { kernel: 3, stride: 2, padding: 1, outputPadding: 1 }), first);

/** x + what two convolutions make of it. */
function residualBlock(channels: number): Module {
  const half = () => [reflectionPad(1), conv(channels, channels, { kernel: 3 }), instanceNorm(channels)];
  const conv_block = sequential(...half(), relu(), ...half());
  return {
    kind: "ResnetBlock",
    children: { conv_block },
    apply: (scope, x) => x.add(applyModule(conv_block, scope.child("conv_block"), x)),
  };
}

export interface TranslationResnetOptions extends Translation {
  /** Channels at full size; twice and four times as many after the halvings. */
  readonly width: number;
  /** Residual blocks. */
  readonly blocks: number;
}

/** A picture [n, ...from] → a picture in [−1, 1], [n, ...to]. InputError where the sizes differ or are not multiples of 4 from 8 on. */
export function translationResnet({ width, blocks, from, to }: TranslationResnetOptions): NetworkSpec {
  const { height, width: across } = sharedSize({ from, to });
  if (height % 4 !== 0 || across % 4 !== 0 || Math.min(height, across) < 8) {
    const near = Math.max(Math.round(Math.min(height, across) / 4) * 4, 8);
    throw new InputError(
      `--size: this network halves pictures twice, so it takes multiples of 4 from 8 on, got ${height}×${across}. Pass --size ${near}.`,
    );
  }
  const settle = (channels: number) => [instanceNorm(channels), relu()];
  const halve = { kernel: 3, stride: 2, padding: 1 };
  const layers = [
    ...[reflectionPad(3), conv(from[0], width, { kernel: 7 }), ...settle(width)],
    ...[conv(width, 2 * width, halve), ...settle(2 * width)],
    ...[conv(2 * width, 4 * width, halve), ...settle(4 * width)],
    ...Array.from({ length: blocks }, () => residualBlock(4 * width)),
    ...[double(4 * width, 2 * width), ...settle(2 * width)],
    ...[double(2 * width, width), ...settle(width)],
    ...[reflectionPad(3), conv(width, to[0], { kernel: 7 }), tanh()],
  ];
  return { module: named("model", sequential(...layers)), inputShape: from };
}
