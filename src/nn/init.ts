// How a variable gets its first values.

import type { RandomStream } from "../random/index.ts";

/** Fills `out`, whose shape is [fan-out, fan-in, …], from a stream of the variable's own. */
export type Initializer = (out: Float32Array, shape: readonly number[], random: RandomStream) => void;

/** N(mean, std²). */
export const normal =
  (mean: number, std: number): Initializer =>
  (out, _, random) => {
    random.fillNormal(out, mean, std);
  };

/** Every element `value`. */
export const constantOf =
  (value: number): Initializer =>
  (out) => {
    out.fill(value);
  };

export const zeros = constantOf(0);
export const ones = constantOf(1);

/**
 * U(−1/√fanIn, 1/√fanIn), the default of PyTorch's linear and convolution layers for weights and biases alike
 * (Kaiming uniform with a = √5).
 */
export const fanInUniform =
  (fanIn: number): Initializer =>
  (out, _, random) => {
    random.fillUniform(out, -1 / Math.sqrt(fanIn), 1 / Math.sqrt(fanIn));
  };

/**
 * U(−b, b) with b = gain · √(6 / (fanIn + fanOut)), of standard deviation gain · √(2 / (fanIn + fanOut)): Glorot & Bengio (2010), eq. 16.
 * For weights [fanOut, fanIn, …].
 */
export const glorotUniform =
  (gain: number): Initializer =>
  (out, [outputs, inputs, ...kernel], random) => {
    const taps = kernel.reduce((a, b) => a * b, 1);
    const bound = gain * Math.sqrt(6 / ((inputs + outputs) * taps));
    random.fillUniform(out, -bound, bound);
  };
