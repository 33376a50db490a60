// The image sizes that convolutional players are built for: a smallest feature map, doubled.

import { InputError } from "../errors/index.ts";
import type { Shape } from "../graph/index.ts";

/** 4 or 7 pixels, doubled. */
export const imageSizes: readonly number[] = [16, 28, 32, 64, 128];

export interface Stages {
  /** Height and width of the image. */
  readonly size: number;
  /** Of the smallest feature map. */
  readonly base: number;
  /** How often `base` doubles to `size`. */
  readonly doublings: number;
}

/** How `network` comes to images of this shape; InputError where they are not square or not of a size it is built for. */
export function stagesOf(network: string, [, height, width]: Shape): Stages {
  if (height !== width || !imageSizes.includes(height)) {
    throw new InputError(
      `--size: ${network} makes images of ${imageSizes.join(", ")} pixels, got ${height}×${width}. Pass --size 32.`,
    );
  }
  const base = height === 28 ? 7 : 4;
  return { size: height, base, doublings: Math.log2(height / base) };
}
