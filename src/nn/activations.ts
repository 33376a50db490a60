// Layers without variables.

import { fill, type Shape, type Tensor } from "../graph/index.ts";
import type { Module } from "./module.ts";

const elementwise = (kind: string, f: (x: Tensor) => Tensor): Module => ({ kind, apply: (_, x: Tensor) => f(x) });

export const relu = (): Module => elementwise("ReLU", (x) => x.relu());
export const leakyRelu = (slope: number): Module => elementwise("LeakyReLU", (x) => x.leakyRelu(slope));
export const tanh = (): Module => elementwise("Tanh", (x) => x.tanh());
export const sigmoid = (): Module => elementwise("Sigmoid", (x) => x.sigmoid());
export const softplus = (): Module => elementwise("Softplus", (x) => x.softplus());
export const identity = (): Module => elementwise("Identity", (x) => x);

/** [n, …] → [n, m]. */
export const flatten = (): Module => elementwise("Flatten", (x) => x.flatten());

/** [n, m] → [n, ...shape]. */
export const unflatten = (shape: Shape): Module => elementwise("Unflatten", (x) => x.reshape([x.shape[0], ...shape]));

/** Global average pooling: [N, C, H, W] → [N, C]. */
export const globalAveragePool = (): Module => elementwise("GlobalAvgPool", (x) => x.mean([2, 3]));

/** Scores, one for each sample: [n, 1, …] → [n]. */
export const squeeze = (): Module => elementwise("Squeeze", (x) => x.reshape([x.shape[0]]));

/** Dropout (Srivastava et al. 2014): in training each element is 0 with probability p, the others divided by 1 − p. */
export function dropout(p: number): Module {
  return {
    kind: "Dropout",
    apply: (scope, x: Tensor) => {
      if (!scope.training || p === 0) return x;
      const kept = scope.uniform(x.shape).sub(fill(p)).step();
      return x.mul(kept).mul(1 / (1 - p));
    },
  };
}
