// What networks that turn one picture into another have in common: the picture they are given and the one they make.

import { InputError } from "../errors/index.ts";
import type { Shape } from "../graph/index.ts";

export interface Translation {
  /** The picture it is given, [C, H, W]. */
  readonly from: Shape;
  /** The picture it makes, [C', H, W]. */
  readonly to: Shape;
}

/** The height and width of both pictures; throws InputError where they differ. */
export function sharedSize({ from: [, height, width], to }: Translation): { height: number; width: number } {
  if (to[1] !== height || to[2] !== width) {
    throw new InputError(
      `--size: a translation keeps the size, got pictures of ${height}×${width} and ${to[1]}×${to[2]}. Pass --size ${height}.`,
    );
  }
  return { height, width };
}
