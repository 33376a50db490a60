// DiscoGAN's players: an encoder and decoder without skips, which is free to change shapes, and a discriminator that also tells
// what it saw on the way. Kim et al. (2017), §2.4 and §3, in the names and numbering of the authors' PyTorch code.

import { InputError } from "../errors/index.ts";
import type { Shape, Tensor } from "../graph/index.ts";
import {
  type AnyModule,
  applyModule,
  batchNorm,
  conv2d,
  convTranspose2d,
  leakyRelu,
  type Module,
  named,
  relu,
  sequential,
  sigmoid,
  squeeze,
} from "../nn/index.ts";
import type { NetworkSpec } from "./network.ts";
import { sharedSize, type Translation } from "./translation.ts";

/** Image sizes DiscoGAN is built for: 4 pixels, doubled. The paper's is 64. */
export const discoganSizes: readonly number[] = [16, 32, 64, 128];

const halve = { kernel: 4, stride: 2, padding: 1, bias: false };
const whole = { kernel: 4, bias: false };

/** Channels after each halving of a picture down to 4 × 4. */
function channelsOf(width: number, [, height, across]: Shape): number[] {
  if (height !== across || !discoganSizes.includes(height)) {
    throw new InputError(
      `--size: discogan makes images of ${discoganSizes.join(", ")} pixels, got ${height}×${across}. Pass --size 64.`,
    );
  }
  return Array.from({ length: Math.log2(height / 4) }, (_, i) => width * 2 ** i);
}

export interface DiscoganGeneratorOptions extends Translation {
  /** Channels after the first halving; each further one doubles them. */
  readonly width: number;
  /** Channels of a last encoding of 1 × 1 pixel; 0 keeps the 4 × 4 pixels as they are. */
  readonly bottleneck: number;
}

/** A picture in [0, 1], [n, ...from] → a picture in [0, 1], [n, ...to]. */
export function discoganGenerator({ width, bottleneck, from, to }: DiscoganGeneratorOptions): NetworkSpec {
  sharedSize({ from, to });
  const channels = channelsOf(width, from);
  const innermost = channels[channels.length - 1];
  const leaky = (count: number) => [batchNorm(count), leakyRelu(0.2)];
  const settle = (count: number) => [batchNorm(count), relu()];
  const layers: Module[] = channels.flatMap((count, i) =>
    i === 0
      ? [conv2d(from[0], count, halve), leakyRelu(0.2)]
      : [conv2d(channels[i - 1], count, halve), ...leaky(count)],
  );
  if (bottleneck > 0) {
    layers.push(conv2d(innermost, bottleneck, whole), ...leaky(bottleneck));
    layers.push(convTranspose2d(bottleneck, innermost, whole), ...settle(innermost));
  }
  for (let i = channels.length - 1; i > 0; i--) {
    layers.push(convTranspose2d(channels[i], channels[i - 1], halve), ...settle(channels[i - 1]));
  }
  layers.push(convTranspose2d(width, to[0], halve), sigmoid());
  return { module: named("main", sequential(...layers)), inputShape: from };
}

/** What the discriminator makes of a batch: logits [n], and the features of its layers from the second on, [n, C, h, w] each. */
export interface Judgement {
  readonly score: Tensor;
  readonly features: readonly Tensor[];
}

/** A picture in [0, 1], [n, ...sample] → its judgement. */
export function discoganDiscriminator({
  width,
  sample,
}: {
  readonly width: number;
  readonly sample: Shape;
}): NetworkSpec<readonly [Tensor], Judgement> {
  const channels = channelsOf(width, sample);
  const last = channels.length + 1;
  const layers: Record<string, Module> = { conv1: conv2d(sample[0], width, halve) };
  for (let i = 2; i < last; i++) {
    layers[`conv${i}`] = conv2d(channels[i - 2], channels[i - 1], halve);
    layers[`bn${i}`] = batchNorm(channels[i - 1]);
  }
  layers[`conv${last}`] = conv2d(channels[channels.length - 1], 1, whole);

  const module: Module<readonly [Tensor], Judgement> = {
    kind: "DiscoganDiscriminator",
    children: layers as unknown as Record<string, AnyModule>,
    apply(scope, x) {
      const layer = (name: string, input: Tensor) => applyModule(layers[name], scope.child(name), input);
      const features: Tensor[] = [];
      let seen = layer("conv1", x).leakyRelu(0.2);
      for (let i = 2; i < last; i++) {
        seen = layer(`bn${i}`, layer(`conv${i}`, seen)).leakyRelu(0.2);
        features.push(seen);
      }
      return { score: squeeze().apply(scope, layer(`conv${last}`, seen)), features };
    },
  };
  return { module, inputShape: sample };
}
