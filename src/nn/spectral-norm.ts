// Spectral normalisation: Miyato et al. (2018), §2.1 and Algorithm 1, in the order in which PyTorch's parametrization takes
// each step (u from v, then v from u).

import { stopGradient, type Tensor } from "../graph/index.ts";
import type { Initializer } from "./init.ts";
import type { Module, Scope } from "./module.ts";

/** The least length that is divided by. */
const EPSILON = 1e-12;

const unitVector: Initializer = () => ({ kind: "direction" });

const normalised = (x: Tensor): Tensor => x.div(x.square().sum().sqrt().maximum(EPSILON));

/**
 * A convolution or linear layer whose weight is divided by its largest singular value σ(W), W [outputs, rest]. Each application in
 * training takes one step of power iteration, u ← Wv/‖Wv‖, v ← Wᵀu/‖Wᵀu‖, and σ = uᵀWv; inference takes u and v as they are.
 */
export function spectralNorm(module: Module): Module {
  const { weight } = module.variables!;
  const transposed = module.kind === "ConvTranspose2d"; // weight [inputs, outputs, k, k]
  const outputs = weight.shape[transposed ? 1 : 0];
  const rest = weight.shape.reduce((a, b) => a * b) / outputs;

  function divided(scope: Scope): Tensor {
    const w = scope.variable("weight");
    const matrix = (transposed ? w.transpose([1, 0, 2, 3]) : w).reshape([outputs, rest]);
    let u = scope.variable("weight_u").reshape([outputs, 1]);
    let v = scope.variable("weight_v").reshape([rest, 1]);
    if (scope.training) {
      u = stopGradient(normalised(matrix.matmul(v)));
      v = stopGradient(normalised(matrix.matmul(u, { transposeA: true })));
      scope.update("weight_u", u.reshape([outputs]));
      scope.update("weight_v", v.reshape([rest]));
    }
    return w.div(u.mul(matrix.matmul(v)).sum());
  }

  return {
    kind: `SN${module.kind}`,
    variables: {
      ...module.variables,
      weight_u: { shape: [outputs], init: unitVector, role: "buffer" },
      weight_v: { shape: [rest], init: unitVector, role: "buffer" },
    },
    apply: (scope, x: Tensor) => {
      const weight = divided(scope);
      const variable = (name: string) => (name === "weight" ? weight : scope.variable(name));
      return module.apply({ ...scope, variable }, x);
    },
  };
}
