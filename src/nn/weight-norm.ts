// Weight normalisation: Salimans & Kingma (2016), §2, under the names that PyTorch gives its parameters.

import type { Tensor } from "../graph/index.ts";
import { constantOf } from "./init.ts";
import type { Module } from "./module.ts";

/**
 * A linear layer or convolution with the weight w = g · v/‖v‖, its length g and its direction v learned apart for each output.
 * Every g begins as `gain`: with √2 a ReLU layer keeps the mean square of what enters it, whatever v begins as.
 */
export function weightNorm(module: Module, { gain = 1 }: { readonly gain?: number } = {}): Module {
  const { weight, ...others } = module.variables!;
  const [outputs, ...rest] = weight.shape;
  const axes = rest.map((_, i) => i + 1);
  return {
    kind: `WN${module.kind}`,
    variables: {
      weight_g: { shape: [outputs, ...rest.map(() => 1)], init: constantOf(gain), role: "parameter" },
      weight_v: weight,
      ...others,
    },
    apply: (scope, x: Tensor) => {
      const v = scope.variable("weight_v");
      const length = v.square().sum(axes, true).sqrt();
      const w = v.mul(scope.variable("weight_g").div(length));
      const variable = (name: string) => (name === "weight" ? w : scope.variable(name));
      return module.apply({ ...scope, variable }, x);
    },
  };
}
