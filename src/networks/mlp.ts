// Fully connected players, as in the first GAN paper and the two MNIST scripts most tutorials descend from.

import { type Shape, sizeOf } from "../graph/index.ts";
import {
  batchNorm,
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
import type { NetworkSpec, Prior } from "./network.ts";
import { type DiscriminatorNorm, normalisation } from "./normalisation.ts";

export interface MlpGeneratorOptions {
  readonly zDim: number;
  readonly hidden: readonly number[];
  /** Shape of one sample: [C, H, W] or [d]. */
  readonly sample: Shape;
  readonly prior: Prior;
  readonly output: "tanh" | "linear";
  readonly activation: "relu" | "leaky";
  /** Batch norm after every hidden layer but the first. */
  readonly batchNorm: boolean;
  /** Batch norm's ε. */
  readonly eps: number;
}

/** z [n, zDim] → hidden layers → a sample [n, ...sample]. */
export function mlpGenerator(options: MlpGeneratorOptions): NetworkSpec {
  const { zDim, hidden, sample, prior, output, activation, eps } = options;
  const widths = [zDim, ...hidden];
  const layers: Module[] = hidden.flatMap((width, i) => [
    linear(widths[i], width),
    ...(options.batchNorm && i > 0 ? [batchNorm(width, { eps })] : []),
    activation === "relu" ? relu() : leakyRelu(0.2),
  ]);
  layers.push(linear(widths.at(-1)!, sizeOf(sample)));
  if (output === "tanh") layers.push(tanh());
  return { module: named("model", sequential(...layers), { after: unflatten(sample) }), inputShape: [zDim], prior };
}

export interface MlpDiscriminatorOptions {
  readonly hidden: readonly number[];
  readonly sample: Shape;
  /** After every hidden layer but the first. */
  readonly norm?: DiscriminatorNorm;
}

/** A sample [n, ...sample] → hidden layers with LeakyReLU 0.2 → a logit [n]. */
export function mlpDiscriminator({ hidden, sample, norm = "none" }: MlpDiscriminatorOptions): NetworkSpec {
  const { weighted, after } = normalisation(norm);
  const widths = [sizeOf(sample), ...hidden];
  const layers = hidden.flatMap((width, i) => [
    weighted(linear(widths[i], width)),
    ...(i > 0 ? after([width]) : []),
    leakyRelu(0.2),
  ]);
  const model = sequential(...layers, weighted(linear(widths.at(-1)!, 1)));
  return { module: named("model", model, { before: flatten(), after: squeeze() }), inputShape: sample };
}
