// How a variable gets its first values.

import type { Filling } from "../random/index.ts";

/** What a variable's first values are drawn from, by its shape [fan-out, fan-in, …]; each variable has a stream of its own. */
export type Initializer = (shape: readonly number[]) => Filling;

/** N(mean, std²). */
export const normal =
  (mean: number, std: number): Initializer =>
  () => ({ kind: "normal", mean, std });

/** Every element `value`. */
export const constantOf =
  (value: number): Initializer =>
  () => ({ kind: "constant", value });

export const zeros = constantOf(0);
export const ones = constantOf(1);

/** U(−bound, bound). */
const within = (bound: number): Filling => ({ kind: "uniform", low: -bound, high: bound });

/**
 * U(−1/√fanIn, 1/√fanIn), the default of PyTorch's linear and convolution layers for weights and biases alike
 * (Kaiming uniform with a = √5).
 */
export const fanInUniform =
  (fanIn: number): Initializer =>
  () =>
    within(1 / Math.sqrt(fanIn));

/**
 * U(−b, b) with b = gain · √(6 / (fanIn + fanOut)), of standard deviation gain · √(2 / (fanIn + fanOut)): Glorot & Bengio (2010), eq. 16.
 * For weights [fanOut, fanIn, …].
 */
export const glorotUniform =
  (gain: number): Initializer =>
  ([outputs, inputs, ...kernel]) => {
    const taps = kernel.reduce((a, b) => a * b, 1);
    return within(gain * Math.sqrt(6 / ((inputs + outputs) * taps)));
  };
