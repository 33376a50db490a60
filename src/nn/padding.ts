// Padding a picture with itself. Slices and joins are all it takes, so every device has it and its gradient is exact.

import { concat, formatShape, ShapeError, type Tensor } from "../graph/index.ts";
import type { Module } from "./module.ts";

/** The part of x that is `size` long from `start` on, along one axis. */
function part(x: Tensor, axis: number, start: number, size: number): Tensor {
  return x.slice(
    x.shape.map((_, i) => (i === axis ? start : 0)),
    x.shape.map((whole, i) => (i === axis ? size : whole)),
  );
}

function reversed(x: Tensor, axis: number): Tensor {
  const size = x.shape[axis];
  return concat(
    Array.from({ length: size }, (_, i) => part(x, axis, size - 1 - i, 1)),
    axis,
  );
}

// Each border is cut out first and turned around alone: its gradient then goes back to x in one piece.
function reflect(x: Tensor, axis: number, padding: number): Tensor {
  const size = x.shape[axis];
  const before = reversed(part(x, axis, 1, padding), axis);
  const after = reversed(part(x, axis, size - 1 - padding, padding), axis);
  return concat([before, x, after], axis);
}

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
      return reflect(reflect(x, 2, padding), 3, padding);
    },
  };
}
