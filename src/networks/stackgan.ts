// StackGAN's players: Zhang et al. (2017), §3, in the form and the names of the authors' PyTorch code. A generator of stage I sketches
// a picture from a caption's vector φ, one of stage II refines it; discriminators judge whether a picture fits a caption.

import { InputError } from "../errors/index.ts";
import { concat, type Shape, type Tensor } from "../graph/index.ts";
import {
  type AnyModule,
  applyModule,
  batchNorm,
  conv2d,
  firstValues,
  leakyRelu,
  linear,
  type Module,
  normal,
  relu,
  sequential,
  squeeze,
  tanh,
  unflatten,
  upsampleConv2d,
  zeros,
} from "../nn/index.ts";
import type { NetworkSpec } from "./network.ts";

/** Image sizes StackGAN is built for, stage I's pictures being smaller by 2 or 4. The paper's are 256 and 64. */
export const stackganSizes: readonly number[] = [32, 64, 128, 256];

/** Pixels of the smallest feature map. */
const BASE = 4;

/** How often the smallest feature map doubles to the picture; InputError where it does not, or not even once. */
function doublingsOf([, height, width]: Shape): number {
  const doublings = Math.log2(height / BASE);
  if (height !== width || !Number.isInteger(doublings) || doublings < 1) {
    throw new InputError(
      `--size: stackgan makes images of ${stackganSizes.join(", ")} pixels, and of 8 or 16 by stage I, got ${height}×${width}. Pass --size 64.`,
    );
  }
  return doublings;
}

const init = normal(0, 0.02);
const conv3 = { kernel: 3, padding: 1, bias: false, init };
const halve = { kernel: 4, stride: 2, padding: 1, bias: false, init };
const norm = (channels: number) => batchNorm(channels, { init: normal(1, 0.02) });

/** Doubles the size `times`, each time with half as many channels, named upsample1, upsample2 …; then a convolution to a picture. */
function upBlocks(channels: number, times: number, image: Shape): Record<string, Module> {
  const layers: Record<string, Module> = {};
  for (let i = 1; i <= times; i++) {
    const next = Math.max(1, Math.floor(channels / 2));
    const doubled = upsampleConv2d(channels, next, { kernel: 3, bias: false, init });
    layers[`upsample${i}`] = sequential(doubled, norm(next), relu());
    channels = next;
  }
  layers.img = sequential(conv2d(channels, image[0], conv3), tanh());
  return layers;
}

/** ReLU(x + F(x)), F two convolutions (He et al. 2016). */
function residualBlock(channels: number): Module {
  const conv = () => [conv2d(channels, channels, conv3), norm(channels)];
  const block = sequential(...conv(), relu(), ...conv());
  return {
    kind: "ResidualBlock",
    children: { block: block as unknown as AnyModule },
    apply: (scope, x: Tensor) => x.add(applyModule(block, scope.child("block"), x)).relu(),
  };
}

/** A vector [n, k] beside each pixel of a feature map: [n, C, h, w] → [n, C + k, h, w]. */
function joined(features: Tensor, vector: Tensor): Tensor {
  const [n, , height, width] = features.shape;
  const k = vector.shape[1];
  return concat([features, vector.reshape([n, k, 1, 1]).broadcast([n, k, height, width])], 1);
}

/** The normal distribution N(μ, diag σ²) of a caption's conditions, as μ and log σ², [n, k] each. */
export interface Conditions {
  readonly mu: Tensor;
  readonly logVariance: Tensor;
}

/** A picture, and the distribution that its condition was drawn from. */
export interface Drawing extends Conditions {
  readonly image: Tensor;
}

/** Conditioning augmentation (§3.2): φ [n, textSize] → N(μ(φ), diag σ(φ)²), by a linear layer and a ReLU. */
function augmentation(textSize: number, k: number): Module<readonly [Tensor], Conditions> {
  const fc = firstValues(linear(textSize, 2 * k), { weight: normal(0, 0.64 / Math.sqrt(textSize)), bias: zeros }); // N(0, 0.02) for the paper's 1024
  return {
    kind: "ConditioningAugmentation",
    children: { fc: fc as unknown as AnyModule },
    apply(scope, phi) {
      const both = applyModule(fc, scope.child("fc"), phi).relu();
      const [n] = both.shape;
      return { mu: both.slice([0, 0], [n, k]), logVariance: both.slice([0, k], [n, k]) };
    },
  };
}

/** A generator told of a caption: `draw` makes the picture from the network's first input x and the condition c = μ + σ ⊙ ε. */
function generator(
  textSize: number,
  k: number,
  layers: Readonly<Record<string, Module>>,
  draw: (layer: (name: string, x: Tensor) => Tensor, x: Tensor, c: Tensor) => Tensor,
): Module<readonly [Tensor, Tensor, Tensor], Drawing> {
  const ca = augmentation(textSize, k);
  return {
    kind: "StackganGenerator",
    children: { ca_net: ca, ...layers } as unknown as Record<string, AnyModule>,
    apply(scope, x, phi, epsilon) {
      const { mu, logVariance } = applyModule(ca, scope.child("ca_net"), phi);
      const c = mu.add(logVariance.mul(0.5).exp().mul(epsilon));
      const layer = (name: string, input: Tensor) => applyModule(layers[name], scope.child(name), input);
      return { image: draw(layer, x, c), mu, logVariance };
    },
  };
}

export interface StackganGeneratorOptions {
  /** The length of φ. */
  readonly textSize: number;
  /** The length of a condition c, and of ε. */
  readonly conditionSize: number;
  /** The paper's code calls it gf: stage I's last features are half as many, stage II begins and ends with them. */
  readonly width: number;
  readonly image: Shape;
}

/** Stage I (§3.3): (z [n, zDim], φ [n, textSize], ε [n, conditionSize]) → 4 × 4 feature maps → doubled up to a picture. */
export function stackganSketcher({
  textSize,
  conditionSize,
  width,
  image,
  zDim,
}: StackganGeneratorOptions & { readonly zDim: number }): NetworkSpec<readonly [Tensor, Tensor, Tensor], Drawing> {
  const doublings = doublingsOf(image);
  const channels = width * 2 ** (doublings - 1);
  const units = channels * BASE * BASE;
  const fc = [linear(conditionSize + zDim, units, { bias: false, init }), norm(units), relu()];
  const layers = {
    fc: sequential(...fc, unflatten([channels, BASE, BASE])),
    ...upBlocks(channels, doublings, image),
  };
  const module = generator(textSize, conditionSize, layers, (layer, z, c) => {
    let h = layer("fc", concat([c, z], 1));
    for (let i = 1; i <= doublings; i++) h = layer(`upsample${i}`, h);
    return layer("img", h);
  });
  return { module, inputShape: [zDim], prior: "normal" };
}

/** Stage II (§3.4): (a picture of stage I, φ, ε) → a quarter of its size, joined with c → residual blocks → doubled up to a picture. */
export function stackganRefiner({
  textSize,
  conditionSize,
  width,
  image,
  sketch,
  residualBlocks,
}: StackganGeneratorOptions & {
  /** Stage I's picture. */
  readonly sketch: Shape;
  readonly residualBlocks: number;
}): NetworkSpec<readonly [Tensor, Tensor, Tensor], Drawing> {
  const doublings = doublingsOf(image) - doublingsOf(sketch) + 2;
  const channels = 4 * width;
  const layers = {
    encoder: sequential(
      ...[conv2d(sketch[0], width, conv3), relu()],
      ...[conv2d(width, 2 * width, halve), norm(2 * width), relu()],
      ...[conv2d(2 * width, channels, halve), norm(channels), relu()],
    ),
    hr_joint: sequential(conv2d(channels + conditionSize, channels, conv3), norm(channels), relu()),
    residual: sequential(...Array.from({ length: residualBlocks }, () => residualBlock(channels))),
    ...upBlocks(channels, doublings, image),
  };
  const module = generator(textSize, conditionSize, layers, (layer, x, c) => {
    let h = layer("residual", layer("hr_joint", joined(layer("encoder", x), c)));
    for (let i = 1; i <= doublings; i++) h = layer(`upsample${i}`, h);
    return layer("img", h);
  });
  return { module, inputShape: sketch };
}

/** What a discriminator makes of a picture, in logits [n]: for each caption, whether it is a real one that fits, and whether it is real at all. */
export interface Verdict {
  readonly fits: readonly Tensor[];
  /** Where it has a head for it: stage II. */
  readonly real?: Tensor;
}

/** (a picture [n, C, S, S], conditions μ [n, k], as many as one likes) → 4 × 4 features → joined with each μ to a logit. */
export function stackganDiscriminator({
  conditionSize,
  width,
  image,
  unconditional,
}: {
  readonly conditionSize: number;
  /** Channels of the first feature map; each halving of it doubles them, and where they come to more than 8 times as many, they are brought down to it. */
  readonly width: number;
  readonly image: Shape;
  /** Whether it also judges the picture without a caption. */
  readonly unconditional: boolean;
}): NetworkSpec<readonly [Tensor, ...Tensor[]], Verdict> {
  const halvings = doublingsOf(image);
  const step = (from: number, to: number, by: typeof halve | typeof conv3) => [
    ...[conv2d(from, to, by), norm(to), leakyRelu(0.2)],
  ];
  const encoder = [conv2d(image[0], width, halve), leakyRelu(0.2)];
  let channels = width;
  for (let i = 1; i < halvings; i++, channels *= 2) encoder.push(...step(channels, 2 * channels, halve));
  for (; channels > 8 * width; channels /= 2) encoder.push(...step(channels, channels / 2, conv3));
  const logit = [firstValues(conv2d(channels, 1, { kernel: BASE }), { weight: init }), squeeze()];
  const layers: Record<string, Module> = {
    encode_img: sequential(...encoder),
    get_cond_logits: sequential(...step(channels + conditionSize, channels, conv3), ...logit),
    ...(unconditional && { get_uncond_logits: sequential(...logit) }),
  };
  return {
    module: {
      kind: "StackganDiscriminator",
      children: layers as unknown as Record<string, AnyModule>,
      apply(scope, x, ...conditions) {
        const layer = (name: string, input: Tensor) => applyModule(layers[name], scope.child(name), input);
        const features = layer("encode_img", x);
        return {
          fits: conditions.map((mu) => layer("get_cond_logits", joined(features, mu))),
          ...(unconditional && { real: layer("get_uncond_logits", features) }),
        };
      },
    },
    inputShape: image,
  };
}
