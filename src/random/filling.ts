// Numbers to be drawn, as data: so that whoever says what to draw need not be the one that draws, nor in the same thread.

import type { RandomStream } from "./stream.ts";

export type Filling =
  | { readonly kind: "constant"; readonly value: number }
  /** U(low, high). */
  | { readonly kind: "uniform"; readonly low: number; readonly high: number }
  /** N(mean, std²). */
  | { readonly kind: "normal"; readonly mean: number; readonly std: number }
  /** A direction, each as likely as any other: N(0, 1), divided by its length. */
  | { readonly kind: "direction" };

/** Fills `out` as `filling` says, from a stream, and returns it. */
export function fill(out: Float32Array, filling: Filling, random: RandomStream): Float32Array {
  switch (filling.kind) {
    case "constant":
      return out.fill(filling.value);
    case "uniform":
      return random.fillUniform(out, filling.low, filling.high);
    case "normal":
      return random.fillNormal(out, filling.mean, filling.std);
    case "direction": {
      random.fillNormal(out);
      const length = Math.sqrt(out.reduce((sum, value) => sum + value * value, 0));
      for (let i = 0; i < out.length; i++) out[i] /= length;
      return out;
    }
  }
}
