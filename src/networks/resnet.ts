// The residual players of WGAN-GP (Gulrajani et al. 2017, appendix F) and SNGAN (Miyato et al. 2018, table 4), which are the same
// but for what keeps D in bounds; under the paths of Mimicry's. Other sizes than their 32 pixels have more or fewer stages.

import type { Shape, Tensor } from "../graph/index.ts";
import {
  batchNorm,
  chain,
  conv2d,
  convPool2d,
  globalAveragePool,
  glorotUniform,
  identity,
  linear,
  type Module,
  relu,
  squeeze,
  tanh,
  unflatten,
  upsampleConv2d,
} from "../nn/index.ts";
import type { NetworkSpec, Prior } from "./network.ts";
import { type DiscriminatorNorm, type Normalisation, normalisation } from "./normalisation.ts";
import { stagesOf } from "./stages.ts";

/** First weights: of a block's 3 × 3 convolutions, for which ReLU makes up, and of the rest. */
const init = { inBlock: glorotUniform(Math.SQRT2), other: glorotUniform(1) };

const same = { kernel: 3, padding: 1, init: init.inBlock };
const resized = { kernel: 3, init: init.inBlock };
/** A 1 × 1 convolution and a change of size beside it may change places: the former is done where there are fewer pixels. */
const shortcut = { kernel: 1, init: init.other };

export interface ResnetGeneratorOptions {
  readonly zDim: number;
  /** Channels of every feature map. */
  readonly width: number;
  readonly image: Shape;
  readonly prior: Prior;
  readonly output: "tanh" | "linear";
}

/**
 * z [n, zDim] → base × base feature maps → a residual block for each doubling → an image [n, C, size, size]. Its convolutions have
 * no biases but the last, since batch norm takes shifts out again.
 */
export function resnetGenerator({ zDim, width, image, prior, output }: ResnetGeneratorOptions): NetworkSpec {
  const { base, doublings } = stagesOf("resnet", image);
  const module = chain({
    l1: linear(zDim, width * base * base, { init: init.other }),
    maps: unflatten([width, base, base]),
    ...numbered(
      "block",
      2,
      Array.from({ length: doublings }, () => doublingBlock(width)),
    ),
    [`b${doublings + 2}`]: batchNorm(width),
    relu: relu(),
    [`c${doublings + 3}`]: conv2d(width, image[0], { ...same, init: init.other }),
    output: output === "tanh" ? tanh() : identity(),
  });
  return { module, inputShape: [zDim], prior };
}

export interface ResnetDiscriminatorOptions {
  /** Channels of every feature map. */
  readonly width: number;
  readonly image: Shape;
  /** Before every ReLU but the first block's. */
  readonly norm?: DiscriminatorNorm;
}

/** An image [n, C, size, size] → residual blocks, halving it to 8 × 8 feature maps (7 × 7 of 28), then two that do not → a score [n]. */
export function resnetDiscriminator({ width, image, norm = "none" }: ResnetDiscriminatorOptions): NetworkSpec {
  const { size, base, doublings } = stagesOf("resnet", image);
  const halvings = base === 4 ? doublings - 1 : doublings;
  const layers = normalisation(norm);
  const blocks: Module[] = [firstBlock(image[0], width, layers)];
  for (let i = 1; i < halvings + 2; i++) {
    blocks.push(discriminatorBlock(width, { map: size / 2 ** Math.min(i, halvings), halves: i < halvings }, layers));
  }
  const module = chain({
    ...numbered("block", 1, blocks),
    relu: relu(),
    pool: norm === "spectral" ? globalSumPool : globalAveragePool(), // a sum in SNGAN, where the last weight cannot make up for it
    [`l${blocks.length + 1}`]: layers.weighted(linear(width, 1, { init: init.other })),
    score: squeeze(),
  });
  return { module, inputShape: image };
}

/** BN, ReLU, double, convolve, BN, ReLU, convolve; plus the input, doubled and convolved. */
function doublingBlock(width: number): Module {
  return residual(
    {
      b1: batchNorm(width),
      relu1: relu(),
      c1: upsampleConv2d(width, width, { ...resized, bias: false }),
      b2: batchNorm(width),
      relu2: relu(),
      c2: conv2d(width, width, { ...same, bias: false }),
    },
    { c_sc: upsampleConv2d(width, width, { ...shortcut, bias: false }) },
  );
}

/** Convolve, ReLU, convolve, halve; plus the image itself, halved and convolved. */
function firstBlock(channels: number, width: number, { weighted }: Normalisation): Module {
  return residual(
    {
      c1: weighted(conv2d(channels, width, same)),
      relu: relu(),
      c2: weighted(convPool2d(width, width, resized)),
    },
    { c_sc: weighted(convPool2d(channels, width, shortcut)) },
  );
}

/** Norm, ReLU, convolve, norm, ReLU, convolve, halve if it does; plus the input. */
function discriminatorBlock(
  width: number,
  { map, halves }: { readonly map: number; readonly halves: boolean },
  { weighted, after }: Normalisation,
): Module {
  const norm = (name: string) => Object.fromEntries(after([width, map, map]).map((layer) => [name, layer]));
  return residual(
    {
      ...norm("n1"),
      relu1: relu(),
      c1: weighted(conv2d(width, width, same)),
      ...norm("n2"),
      relu2: relu(),
      c2: weighted(halves ? convPool2d(width, width, resized) : conv2d(width, width, same)),
    },
    halves ? { c_sc: weighted(convPool2d(width, width, shortcut)) } : {},
  );
}

/** The sum of two chains of layers over the same input, their names side by side; a chain of none is the input itself. */
function residual(branch: Readonly<Record<string, Module>>, shortcut: Readonly<Record<string, Module>>): Module {
  const [long, short] = [chain(branch), chain(shortcut)];
  return {
    kind: "ResidualBlock",
    children: { ...branch, ...shortcut },
    apply: (scope, x: Tensor) => long.apply(scope, x).add(short.apply(scope, x)),
  };
}

const globalSumPool: Module = { kind: "GlobalSumPool", apply: (_, x: Tensor) => x.sum([2, 3]) };

/** block1, block2, … */
function numbered(word: string, first: number, modules: readonly Module[]): Record<string, Module> {
  return Object.fromEntries(modules.map((module, i) => [`${word}${first + i}`, module]));
}
