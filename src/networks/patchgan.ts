// A discriminator that judges patches: convolutions that end in a map of scores, each of which sees a square of the picture
// and nothing else. Isola et al. (2017), §3.2.2 and §6.1.2, in the numbering of the authors' PyTorch code.

import { InputError } from "../errors/index.ts";
import type { Shape } from "../graph/index.ts";
import {
  batchNorm,
  conv2d,
  firstValues,
  instanceNorm,
  leakyRelu,
  type Module,
  named,
  normal,
  sequential,
  zeros,
} from "../nn/index.ts";
import type { NetworkSpec } from "./network.ts";

/** Pixels across the square that one score sees; "image" takes the least that covers the picture. */
export const receptiveFields = ["1", "16", "34", "70", "image"] as const;
export type ReceptiveField = (typeof receptiveFields)[number];

/** How many layers halve the picture; with n of them a score sees 9·2ⁿ − 2 pixels across, and with none a single one. */
const halvings = { "1": 0, "16": 1, "34": 2, "70": 3 } as const;

/** Scores across the map that is left of `size` pixels: the last two layers take one off each. */
const scoresAcross = (size: number, layers: number): number => Math.floor(size / 2 ** layers) - (layers === 0 ? 0 : 2);

/** The widest of 70, 34 and 16 that leaves a score of such pictures, for CycleGAN's 70 × 70 where the pictures are small. */
export function widestField([, height, width]: Shape): ReceptiveField {
  const size = Math.min(height, width);
  return (["70", "34"] as const).find((field) => scoresAcross(size, halvings[field]) > 0) ?? "16";
}

function halvingsFor(field: ReceptiveField, [, height, width]: Shape): number {
  const size = Math.min(height, width);
  if (field === "image") return Math.max(Math.ceil(Math.log2((Math.max(height, width) + 2) / 9)), 1);
  const count = halvings[field];
  if (scoresAcross(size, count) < 1) {
    throw new InputError(
      `--receptive-field: ${field} needs pictures of at least ${3 * 2 ** count} pixels, got ${height}×${width}. Pass --receptive-field ${widestField([1, height, width])} or a larger --size.`,
    );
  }
  return count;
}

export interface PatchGanOptions {
  /** Channels after the first layer; they double with each further one, up to eight times as many. */
  readonly width: number;
  /** What it judges, [C, H, W]. */
  readonly sample: Shape;
  readonly receptiveField: ReceptiveField;
  /** With "instance", the convolutions before a norm have a bias, as the authors' code has it. */
  readonly norm: "batch" | "instance";
}

/** A picture [n, ...sample] → a map of logits [n, 1, h, w]. InputError where the picture is too small to leave one. */
export function patchGan({ width, sample, receptiveField, norm }: PatchGanOptions): NetworkSpec {
  const count = halvingsFor(receptiveField, sample);
  const conv = (from: number, to: number, stride: number, bias: boolean) =>
    firstValues(conv2d(from, to, { ...(count === 0 ? { kernel: 1 } : { kernel: 4, stride, padding: 1 }), bias }), {
      weight: normal(0, 0.02),
      bias: zeros,
    });
  const normalise = (channels: number) =>
    norm === "batch" ? batchNorm(channels, { init: normal(1, 0.02) }) : instanceNorm(channels);

  const layers: Module[] = [];
  let channels = sample[0];
  const strides = count === 0 ? [1, 1] : [...Array<number>(count).fill(2), 1];
  strides.forEach((stride, i) => {
    const next = width * Math.min(2 ** i, 8);
    // no norm on what comes straight from the picture
    const first = i === 0;
    layers.push(
      conv(channels, next, stride, first || norm === "instance"),
      ...(first ? [] : [normalise(next)]),
      leakyRelu(0.2),
    );
    channels = next;
  });
  layers.push(conv(channels, 1, 1, true));
  return { module: named("model", sequential(...layers)), inputShape: sample };
}
