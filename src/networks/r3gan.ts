// R3GAN's players: Huang, Gokaslan, Kuleshov & Tompkin (2024), §3 and configuration E, under the paths of the authors' code.
// Residual blocks with grouped convolutions, biased leaky activations and antialiased resampling; no normalisation anywhere.

import { InputError } from "../errors/index.ts";
import type { Shape, Tensor } from "../graph/index.ts";
import {
  applyModule,
  chain,
  conv2d,
  type Initializer,
  leakyRelu,
  linear,
  lowPassDouble,
  lowPassHalve,
  type Module,
  named,
  normal,
  sequential,
  zeros,
} from "../nn/index.ts";
import type { NetworkSpec, Prior } from "./network.ts";
import { stagesOf } from "./stages.ts";

/** Residual blocks at each size of the feature maps. */
const BLOCKS = 2;
/** Channels inside a block, for each of its input's. */
const EXPANSION = 2;
/** Maps of up to this size have the full width; larger ones half as many channels at each doubling, as in the authors' presets. */
const FULL_WIDTH = 32;
/** Channels of a group of the 3 × 3 convolutions, where they come out even: 2 · 768 in 96 groups in the presets. */
const GROUP = 16;

export interface R3ganOptions {
  readonly image: Shape;
  /** Channels of the feature maps of up to 32 × 32 pixels. */
  readonly width: number;
  /** Groups of their 3 × 3 convolutions (default: as many as have 16 channels each). */
  readonly cardinality?: number;
}

export interface R3ganGeneratorOptions extends R3ganOptions {
  readonly zDim: number;
  readonly prior: Prior;
}

/** z [n, zDim] → base × base maps → blocks and doublings → an image [n, C, size, size], without tanh. */
export function r3ganGenerator({ zDim, prior, ...options }: R3ganGeneratorOptions): NetworkSpec {
  const { base, stages } = widthsOf(options);
  const layers = stages.map((stage, i) => {
    const enter = i === 0 ? generativeBasis(zDim, stage.width, base) : upsample(stages[i - 1].width, stage.width);
    return named("Layers", sequential(enter, ...residualBlocks(stage, stages.length)));
  });
  const module = chain({
    MainLayers: sequential(...layers),
    AggregationLayer: convolution(stages.at(-1)!.width, options.image[0], 1),
  });
  return { module, inputShape: [zDim], prior };
}

/** An image [n, C, size, size] → blocks and halvings → base × base maps → a logit [n]. */
export function r3ganDiscriminator(options: R3ganOptions): NetworkSpec {
  const { base, stages } = widthsOf(options);
  const layers = stages.map((stage, i) => {
    const leave = i === 0 ? discriminativeBasis(stage.width, base) : downsample(stage.width, stages[i - 1].width);
    return named("Layers", sequential(...residualBlocks(stage, stages.length), leave));
  });
  const module = chain({
    ExtractionLayer: convolution(options.image[0], stages.at(-1)!.width, 1),
    MainLayers: sequential(...layers.reverse()),
  });
  return { module, inputShape: options.image };
}

interface Stage {
  readonly width: number;
  readonly cardinality: number;
}

/** The stages from the smallest maps upwards. */
function widthsOf({ image, width, cardinality }: R3ganOptions): { base: number; stages: Stage[] } {
  const { base, doublings } = stagesOf("r3gan", image);
  const stages = Array.from({ length: doublings + 1 }, (_, i): Stage => {
    const shrink = Math.max((base * 2 ** i) / FULL_WIDTH, 1);
    const inside = (EXPANSION * width) / shrink;
    const usual = inside % GROUP === 0 ? inside / GROUP : 1;
    return { width: width / shrink, cardinality: cardinality === undefined ? usual : cardinality / shrink };
  });
  const finest = stages.at(-1)!;
  const whole = Object.values(finest).every(Number.isInteger);
  if (!whole || (EXPANSION * finest.width) % finest.cardinality !== 0) {
    throw new InputError(
      `--width: r3gan's blocks at ${image[1]} pixels have ${EXPANSION * finest.width} channels, which do not fall into ${finest.cardinality} equal groups. Pass --width 64, and --cardinality 8 if you give one.`,
    );
  }
  return { base, stages };
}

/** N(0, gain²/fan-in). */
const fanInNormal =
  (gain: number): Initializer =>
  (shape) => {
    const fanIn = shape.slice(1).reduce((a, b) => a * b, 1);
    return normal(0, gain / Math.sqrt(fanIn))(shape);
  };

/** A convolution that keeps the size, without bias. */
function convolution(inputs: number, outputs: number, kernel: number, { groups = 1, init = fanInNormal(1) } = {}) {
  return named("Layer", conv2d(inputs, outputs, { kernel, padding: (kernel - 1) / 2, groups, bias: false, init }));
}

/** LeakyReLU 0.2 of x plus a bias for each channel: the only biases there are. */
function biasedActivation(channels: number): Module {
  return {
    kind: "BiasedLeakyReLU",
    variables: { Bias: { shape: [channels], init: zeros, role: "parameter" } },
    apply: (scope, x: Tensor) =>
      leakyRelu(0.2).apply(scope, x.add(scope.variable("Bias").reshape([1, channels, 1, 1]))),
  };
}

/**
 * x + 1×1 ∘ act ∘ grouped 3×3 ∘ act ∘ 1×1, twice as wide inside. The last convolution begins at 0, the others with the gain of
 * LeakyReLU times L^(−1/4) for L blocks, so that their sum neither grows nor shrinks (Fixup: L^(−1/(2m − 2)), m = 3 layers a block).
 */
function residualBlock({ width, cardinality }: Stage, blocks: number): Module {
  const inside = EXPANSION * width;
  const init = fanInNormal(Math.sqrt(2 / (1 + 0.2 ** 2)) * blocks ** (-1 / 4));
  const branch = chain({
    LinearLayer1: convolution(width, inside, 1, { init }),
    NonLinearity1: biasedActivation(inside),
    LinearLayer2: convolution(inside, inside, 3, { groups: cardinality, init }),
    NonLinearity2: biasedActivation(inside),
    LinearLayer3: convolution(inside, width, 1, { init: zeros }),
  });
  return { ...branch, kind: "ResidualBlock", apply: (scope, x: Tensor) => x.add(branch.apply(scope, x)) };
}

function residualBlocks(stage: Stage, stages: number): Module[] {
  return Array.from({ length: BLOCKS }, () => residualBlock(stage, BLOCKS * stages));
}

function upsample(inputs: number, outputs: number): Module {
  if (inputs === outputs) return lowPassDouble();
  return chain({ LinearLayer: convolution(inputs, outputs, 1), Resampler: lowPassDouble() });
}

function downsample(inputs: number, outputs: number): Module {
  if (inputs === outputs) return lowPassHalve();
  return chain({ Resampler: lowPassHalve(), LinearLayer: convolution(inputs, outputs, 1) });
}

/** z [n, inputs] → [n, c, base, base]: a learned map for each channel, times a linear function of z. */
function generativeBasis(inputs: number, channels: number, base: number): Module {
  const amounts = linear(inputs, channels, { bias: false, init: fanInNormal(1) });
  return {
    kind: "GenerativeBasis",
    variables: { Basis: { shape: [channels, base, base], init: normal(0, 1), role: "parameter" } },
    children: { LinearLayer: amounts },
    apply(scope, z: Tensor) {
      const amount = applyModule(amounts, scope.child("LinearLayer"), z).reshape([z.shape[0], channels, 1, 1]);
      return scope.variable("Basis").reshape([1, channels, base, base]).mul(amount);
    },
  };
}

/** [n, c, base, base] → [n]: a filter as large as the map for each channel, then a linear layer. */
function discriminativeBasis(channels: number, base: number): Module {
  const basis = conv2d(channels, channels, { kernel: base, groups: channels, bias: false, init: fanInNormal(1) });
  const score = linear(channels, 1, { bias: false, init: fanInNormal(1) });
  return {
    kind: "DiscriminativeBasis",
    children: { Basis: basis, LinearLayer: score },
    apply(scope, x: Tensor) {
      const n = x.shape[0];
      const projected = applyModule(basis, scope.child("Basis"), x).reshape([n, channels]);
      return applyModule(score, scope.child("LinearLayer"), projected).reshape([n]);
    },
  };
}
