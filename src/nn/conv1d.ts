// Convolution along one axis, as over the words of a sentence: PyTorch's Conv1d by way of images one pixel high.

import type { Tensor } from "../graph/index.ts";
import type { ConvOptions } from "./conv.ts";
import { fanInUniform } from "./init.ts";
import type { Module } from "./module.ts";

/** x [N, inputs, L] → [N, outputs, L + 2·padding − kernel + 1], with weight [outputs, inputs, kernel]. */
export function conv1d(
  inputs: number,
  outputs: number,
  { kernel, padding = 0, init }: Pick<ConvOptions, "kernel" | "padding" | "init">,
): Module {
  const fanIn = inputs * kernel;
  return {
    kind: "Conv1d",
    variables: {
      weight: { shape: [outputs, inputs, kernel], init: init ?? fanInUniform(fanIn), role: "parameter" },
      bias: { shape: [outputs], init: fanInUniform(fanIn), role: "parameter" },
    },
    apply: (scope, x: Tensor) => {
      const [n, channels, length] = x.shape;
      const y = x
        .reshape([n, channels, 1, length])
        .conv(scope.variable("weight").reshape([outputs, inputs, 1, kernel]), {
          strides: [1, 1],
          pads: [0, padding, 0, padding],
          dilations: [1, 1],
          groups: 1,
        });
      return y.reshape([n, outputs, -1]).add(scope.variable("bias").reshape([1, outputs, 1]));
    },
  };
}
