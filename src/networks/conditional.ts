// Players that are told a label: joined to the input alone (Mirza & Osindero 2014, §3.2), or to what enters every layer, as the
// conditional network of DCGAN's authors has it (Newmu/dcgan_code, mnist/train_cond_dcgan.py).

import { labelCount, type SampleForm } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import { concat, type Shape, sizeOf, type Tensor } from "../graph/index.ts";
import {
  applyModule,
  batchNorm,
  conv2d,
  convTranspose2d,
  flatten,
  leakyRelu,
  linear,
  type Module,
  normal,
  relu,
  sequential,
  squeeze,
  tanh,
  unflatten,
} from "../nn/index.ts";
import { mlpDiscriminator, mlpGenerator } from "./mlp.ts";
import type { NetworkSpec, Prior } from "./network.ts";
import { stagesOf } from "./stages.ts";

/** A network told of a sample, and of nothing or of labels [n, K]. */
export type ConditionalSpec = NetworkSpec<readonly [Tensor, ...Tensor[]]>;

/**
 * A network on vectors as one on a sample of `inputShape` and its labels: flattened side by side they are what it takes.
 *
 * @example conditioned(mlpDiscriminator({ hidden, sample: [784 + 10] }), [1, 28, 28]) // D(x [n, 1, 28, 28], y [n, 10])
 */
export function conditioned({ module, prior }: NetworkSpec, inputShape: Shape): ConditionalSpec {
  return {
    module: {
      ...module,
      apply: (scope, x: Tensor, ...labels: Tensor[]) => module.apply(scope, concat([x.flatten(), ...labels], 1)),
    },
    inputShape,
    ...(prior && { prior }),
  };
}

/** Labels y [n, K] beside vectors [n, m], or as K constant maps beside [n, C, H, W]. */
function joined(x: Tensor, y: Tensor): Tensor {
  const [n, , ...size] = x.shape;
  const k = y.shape[1];
  return concat([x, y.reshape([n, k, ...size.map(() => 1)]).broadcast([n, k, ...size])], 1);
}

/** Modules one after the other, the labels joined to what enters each. */
function conditionedAtEach(modules: Readonly<Record<string, Module>>): Module<readonly [Tensor, Tensor]> {
  return {
    kind: "Network",
    children: modules,
    apply: (scope, x: Tensor, y: Tensor) =>
      Object.entries(modules).reduce(
        (value, [name, module]) => applyModule(module, scope.child(name), joined(value, y)),
        x,
      ),
  };
}

/** N(0, 0.02), and no bias anywhere: batch norm, without gain or bias here, would take it out again. */
const weights = { bias: false, init: normal(0, 0.02) } as const;
const strided = { kernel: 5, stride: 2, padding: 2, ...weights } as const;
/** Units of the fully connected layers for each channel of the largest feature map: 1024 where that has 64. */
const DENSE = 16;

export interface ConditionalDcganOptions {
  /** K, the size of y. */
  readonly labels: number;
  /** Channels of the largest hidden feature map; each halving of it doubles them. */
  readonly width: number;
  readonly image: Shape;
  /** Batch norm's ε. */
  readonly eps: number;
}

/** (z [n, zDim], y [n, K]) → two dense layers → base × base feature maps → doubled up to an image [n, C, size, size]. */
export function conditionalDcganGenerator({
  labels,
  width,
  image,
  eps,
  zDim,
  prior,
}: ConditionalDcganOptions & { readonly zDim: number; readonly prior: Prior }): NetworkSpec<readonly [Tensor, Tensor]> {
  const { base, doublings } = stagesOf("the conditional dcgan", image);
  const norm = (units: number) => [batchNorm(units, { eps, affine: false }), relu()];
  const double = (from: number, to: number) => convTranspose2d(from + labels, to, { ...strided, outputPadding: 1 });

  const dense = DENSE * width;
  let channels = width * 2 ** (doublings - 1);
  const units = channels * base * base;
  const modules: Record<string, Module> = {
    fc1: sequential(linear(zDim + labels, dense, weights), ...norm(dense)),
    fc2: sequential(linear(dense + labels, units, weights), ...norm(units), unflatten([channels, base, base])),
  };
  for (let stage = 1; stage < doublings; stage++, channels /= 2) {
    modules[`up${stage}`] = sequential(double(channels, channels / 2), ...norm(channels / 2));
  }
  modules[`up${doublings}`] = sequential(double(channels, image[0]), tanh());
  return { module: conditionedAtEach(modules), inputShape: [zDim], prior };
}

/** (an image [n, C, size, size], y [n, K]) → halved to base × base feature maps → a dense layer → a logit [n]. */
export function conditionalDcganDiscriminator({
  labels,
  width,
  image,
  eps,
}: ConditionalDcganOptions): NetworkSpec<readonly [Tensor, Tensor]> {
  const { doublings } = stagesOf("the conditional dcgan", image);
  const norm = (units: number) => batchNorm(units, { eps, affine: false });
  const modules: Record<string, Module> = {};
  let shape = image;
  for (let stage = 1; stage <= doublings; stage++) {
    const channels = width * 2 ** (stage - 1);
    modules[`down${stage}`] = sequential(
      conv2d(shape[0] + labels, channels, strided),
      ...(stage > 1 ? [norm(channels)] : []),
      leakyRelu(0.2),
      ...(stage === doublings ? [flatten()] : []),
    );
    shape = [channels, shape[1] / 2, shape[2] / 2];
  }
  const dense = DENSE * width;
  modules.fc1 = sequential(linear(sizeOf(shape) + labels, dense, weights), norm(dense), leakyRelu(0.2));
  modules.fc2 = sequential(linear(dense + labels, 1, weights), squeeze());
  return { module: conditionedAtEach(modules), inputShape: image };
}

export interface ConditionalPlayersOptions {
  /** "auto" is dcgan for images and mlp for points. */
  readonly networks: "auto" | "mlp" | "dcgan";
  readonly zDim: number;
  readonly prior: Prior;
  /** Of dcgan: channels of the largest hidden feature map. */
  readonly width: number;
  /** Of mlp: hidden layers. */
  readonly hidden: readonly number[];
  /** Batch norm's ε, in dcgan. */
  readonly eps: number;
}

/** G, (z [n, zDim], y [n, K]) → a sample [n, ...sample], and D, (a sample, y) → a logit [n]. InputError for convolutions over points. */
export function conditionalPlayers(
  { networks, zDim, prior, width, hidden, eps }: ConditionalPlayersOptions,
  data: SampleForm,
): { readonly G: ConditionalSpec; readonly D: ConditionalSpec } {
  const { kind, sample } = data;
  const labels = labelCount(data);
  const points = kind === "points";
  if (points && networks === "dcgan") {
    throw new InputError("--networks: dcgan makes images, and the data are points. Pass --networks mlp.");
  }
  if (!points && networks !== "mlp") {
    const options = { labels, width, image: sample, eps };
    return {
      G: conditionalDcganGenerator({ ...options, zDim, prior }),
      D: conditionalDcganDiscriminator(options),
    };
  }
  const layers = { hidden, output: points ? "linear" : "tanh", activation: "relu", batchNorm: false, eps } as const;
  return {
    G: conditioned(mlpGenerator({ ...layers, zDim: zDim + labels, sample, prior }), [zDim]),
    D: conditioned(mlpDiscriminator({ hidden, sample: [sizeOf(sample) + labels] }), sample),
  };
}
