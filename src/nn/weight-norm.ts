// Weight normalisation: Salimans & Kingma (2016), §2, under the names that PyTorch gives its parameters.

import { fill, type Tensor } from "../graph/index.ts";
import { constantOf } from "./init.ts";
import type { Module, Variable } from "./module.ts";

/**
 * A linear layer or convolution with the weight w = g · v/‖v‖, its length g and its direction v apart for each output. Every g is
 * `gain` at first, and is learned unless it is `fixed` there: with √2 a ReLU layer keeps the mean square of what enters it, whatever v
 * begins as.
 */
export function weightNorm(
  module: Module,
  { gain = 1, fixed = false }: { readonly gain?: number; readonly fixed?: boolean } = {},
): Module {
  const { weight, ...others } = module.variables!;
  const [outputs, ...rest] = weight.shape;
  const axes = rest.map((_, i) => i + 1);
  const weight_g: Variable = { shape: [outputs, ...rest.map(() => 1)], init: constantOf(gain), role: "parameter" };
  return {
    kind: `WN${module.kind}`,
    variables: { ...(!fixed && { weight_g }), weight_v: weight, ...others },
    apply: (scope, x: Tensor) => {
      const v = scope.variable("weight_v");
      const g = fixed ? fill(gain) : scope.variable("weight_g");
      const w = v.mul(g.div(v.square().sum(axes, true).sqrt()));
      const variable = (name: string) => (name === "weight" ? w : scope.variable(name));
      return module.apply({ ...scope, variable }, x);
    },
  };
}
