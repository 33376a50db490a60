// Padding a picture with itself.

import { formatShape, ShapeError, type Tensor } from "../graph/index.ts";
import type { Module } from "./module.ts";

/**
 * Reflection padding: [N, C, H, W] → [N, C, H + 2p, W + 2p], mirrored at the border pixels, which are not repeated.
 * ShapeError where H or W is not larger than p ≥ 1.
 */
export function reflectionPad(padding: number): Module {
  return {
    kind: "ReflectionPad2d",
    apply: (_, x: Tensor) => {
      if (Math.min(x.shape[2], x.shape[3]) <= padding) {
        throw new ShapeError(`has nothing to mirror ${padding} pixels deep in ${formatShape(x.shape)}`);
      }
      return x.mirror(padding);
    },
  };
}
