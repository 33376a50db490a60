import type { Tensor } from "../graph/index.ts";
import { fanInUniform, type Initializer } from "./init.ts";
import type { Module } from "./module.ts";

/** y = x Wᵀ + b: [n, inputs] → [n, outputs], with weight [outputs, inputs]. */
export function linear(
  inputs: number,
  outputs: number,
  { bias = true, init = fanInUniform(inputs) }: { bias?: boolean; init?: Initializer } = {},
): Module {
  return {
    kind: "Linear",
    variables: {
      weight: { shape: [outputs, inputs], init, role: "parameter" },
      ...(bias && { bias: { shape: [outputs], init: fanInUniform(inputs), role: "parameter" } }),
    },
    apply: (scope, x: Tensor) => {
      const y = x.matmul(scope.variable("weight"), { transposeB: true });
      return bias ? y.add(scope.variable("bias").reshape([1, outputs])) : y;
    },
  };
}
