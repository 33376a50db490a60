// A convolution and the change of size beside it, in one: doubling the size and then convolving is a transposed convolution of
// stride 2, convolving and then averaging 2 × 2 pixels a convolution of stride 2, each with a filter one pixel wider that sums
// shifted copies of the given one (as in ProGAN, Karras et al. 2018). The same values, for less than half the products.

import { constant, type Tensor } from "../graph/index.ts";
import { type ConvOptions, conv2d } from "./conv.ts";
import type { Module } from "./module.ts";

type Options = Pick<ConvOptions, "kernel" | "bias" | "init">;

const every2nd = (pad: number) =>
  ({ strides: [2, 2], pads: [pad, pad, pad, pad], dilations: [1, 1], groups: 1 }) as const;

/** Sums of shifted copies along both axes: w [a, b, k, k] → [a, b, k + 1, k + 1], each copy times `factor`, turned round if asked. */
function widened(w: Tensor, { factor, turned }: { factor: number; turned: boolean }): Tensor {
  const [a, b, k] = w.shape;
  const side = k + 1;
  const from = (to: number) => (turned ? k - to : to); // along one axis: w at from(to) − 1 and from(to)
  const meets = (tap: number, to: number) => tap === from(to) || tap === from(to) - 1;
  const spread = new Float32Array(k * k * side * side);
  for (let tap = 0; tap < k * k; tap++) {
    for (let to = 0; to < side * side; to++) {
      const [y, x] = [Math.floor(tap / k), tap % k];
      const met = meets(y, Math.floor(to / side)) && meets(x, to % side);
      spread[tap * side * side + to] = met ? factor : 0;
    }
  }
  return w
    .reshape([a * b, k * k])
    .matmul(constant(spread, [k * k, side * side]))
    .reshape([a, b, side, side]);
}

/** A convolution of odd size, and the mean of each 2 × 2 pixels: [N, inputs, H, W] → [N, outputs, H/2, W/2], weight [outputs, inputs, k, k]. */
export function convPool2d(inputs: number, outputs: number, { kernel, ...options }: Options): Module {
  return resampling("ConvPool2d", inputs, outputs, { kernel, ...options }, (x, w) =>
    x.conv(widened(w, { factor: 1 / 4, turned: false }), every2nd((kernel - 1) / 2)),
  );
}

/** Each pixel repeated 2 × 2 times, and a convolution of odd size: [N, inputs, H, W] → [N, outputs, 2H, 2W], weight [outputs, inputs, k, k]. */
export function upsampleConv2d(inputs: number, outputs: number, { kernel, ...options }: Options): Module {
  return resampling("UpsampleConv2d", inputs, outputs, { kernel, ...options }, (x, w) => {
    const transposed = widened(w.transpose([1, 0, 2, 3]), { factor: 1, turned: true });
    return x.convInputGrad(transposed, every2nd((kernel - 1) / 2), [2 * x.shape[2], 2 * x.shape[3]]);
  });
}

/** The variables of a convolution, applied otherwise. */
function resampling(
  kind: string,
  inputs: number,
  outputs: number,
  options: Options,
  apply: (x: Tensor, w: Tensor) => Tensor,
): Module {
  return {
    kind,
    variables: conv2d(inputs, outputs, options).variables!,
    apply: (scope, x: Tensor) => {
      const y = apply(x, scope.variable("weight"));
      return options.bias === false ? y : y.add(scope.variable("bias").reshape([1, outputs, 1, 1]));
    },
  };
}
