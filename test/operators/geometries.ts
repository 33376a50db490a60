// Convolutions of every kind: stride, dilation and groups in all combinations, with kernels, pads and sizes taken in turn.

import type { ConvGeometry, Shape } from "../../src/graph/index.ts";
import { convOutputSize } from "../../src/graph/index.ts";

export interface Convolution {
  readonly name: string;
  readonly geometry: ConvGeometry;
  readonly x: Shape;
  readonly w: Shape;
  readonly y: Shape;
}

const KERNELS = [
  [3, 3],
  [4, 4],
  [1, 1],
  [2, 5],
  [7, 3],
  [5, 6],
  [7, 7],
] as const;
const PADS = [
  [1, 1, 1, 1],
  [0, 0, 0, 0],
  [2, 1, 0, 3],
  [0, 2, 1, 0],
  [3, 3, 3, 3],
] as const;
const STRIDES = [
  [1, 1],
  [2, 2],
  [3, 3],
  [2, 1],
  [1, 3],
] as const;
const DILATIONS = [
  [1, 1],
  [2, 2],
  [1, 2],
] as const;
const GROUPS = [1, 2, 4] as const;
/** Each with every stride leaves some remainder, so that some rows or columns of x meet no filter. */
const SIZES = [
  [13, 14],
  [16, 15],
  [14, 17],
] as const;

/** Forty-five convolutions: STRIDES × DILATIONS × GROUPS, the rest in rotation. */
export const convolutions: readonly Convolution[] = STRIDES.flatMap((strides) =>
  DILATIONS.flatMap((dilations) => GROUPS.map((groups) => ({ strides, dilations, groups }))),
).map(({ strides, dilations, groups }, i) => {
  const kernel = KERNELS[i % KERNELS.length];
  const pads = PADS[i % PADS.length];
  const [height, width] = SIZES[i % SIZES.length];
  const [batch, perGroup, outputsPerGroup] = [1 + (i % 3), 1 + (i % 2), 1 + ((i >> 1) % 2)];
  const outputs = outputsPerGroup * groups;
  const sizes = [
    convOutputSize(height, kernel[0], strides[0], pads[0] + pads[2], dilations[0]),
    convOutputSize(width, kernel[1], strides[1], pads[1] + pads[3], dilations[1]),
  ];
  return {
    name: `k${kernel.join("×")} s${strides} p${pads} d${dilations} g${groups} on ${height}×${width}`,
    geometry: { strides, pads, dilations, groups },
    x: [batch, perGroup * groups, height, width],
    w: [outputs, perGroup, ...kernel],
    y: [batch, outputs, ...sizes],
  };
});

/** Rows (axis 0) or columns (axis 1) of the padded x past the last one a filter reaches. */
export function remainder({ geometry: { strides, pads, dilations }, x, w, y }: Convolution, axis: 0 | 1): number {
  const reached = (y[2 + axis] - 1) * strides[axis] + dilations[axis] * (w[2 + axis] - 1) + 1;
  return x[2 + axis] + pads[axis] + pads[axis + 2] - reached;
}
