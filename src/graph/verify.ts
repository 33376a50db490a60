// What a legal graph is, as an executable check; run after every pass, so that a wrong rewrite fails where it happens.

import type { OpName, Shape } from "./ops.ts";
import { formatShape } from "./shape-error.ts";
import { sameShape, shapeRules } from "./shapes.ts";
import type { Tensor } from "./tensor.ts";
import { topologicalOrder } from "./walk.ts";

/** Number of inputs of each operator; undefined for any number of at least one. */
const arity: { readonly [K in OpName]: number | undefined } = {
  input: 0,
  fill: 0,
  constant: 0,
  neg: 1,
  exp: 1,
  log: 1,
  sqrt: 1,
  tanh: 1,
  sigmoid: 1,
  softplus: 1,
  abs: 1,
  sign: 1,
  step: 1,
  leakyRelu: 1,
  leakyReluGrad: 2,
  add: 2,
  sub: 2,
  mul: 2,
  div: 2,
  maximum: 2,
  minimum: 2,
  sum: 1,
  max: 1,
  reshape: 1,
  transpose: 1,
  broadcast: 1,
  slice: 1,
  pad: 1,
  concat: undefined,
  mirror: 1,
  fold: 1,
  matmul: 2,
  conv: 2,
  convInputGrad: 2,
  convFilterGrad: 2,
  stopGradient: 1,
};

/** Throws an Error naming the pass and the node when the graph is not legal: wrong arity, wrong shape, or one input name with two shapes. */
export function verify(outputs: readonly Tensor[], pass: string): void {
  const inputShapes = new Map<string, Shape>();
  for (const node of topologicalOrder(outputs)) {
    const expectedInputs = arity[node.op];
    const fits = expectedInputs === undefined ? node.inputs.length > 0 : node.inputs.length === expectedInputs;
    if (!fits) throw new Error(`verify after ${pass}: ${node.op} has ${node.inputs.length} inputs`);
    const rule = shapeRules[node.op] as (inputs: readonly Shape[], attributes: unknown) => Shape;
    const shape = rule(
      node.inputs.map((input) => input.shape),
      node.attributes,
    );
    if (!sameShape(shape, node.shape)) {
      throw new Error(
        `verify after ${pass}: ${node.op} claims ${formatShape(node.shape)}, its rule gives ${formatShape(shape)}`,
      );
    }
    if (node.is("input")) {
      const { name } = node.attributes;
      const known = inputShapes.get(name);
      if (known !== undefined && !sameShape(known, node.shape)) {
        throw new Error(
          `verify after ${pass}: input "${name}" is both ${formatShape(known)} and ${formatShape(node.shape)}`,
        );
      }
      inputShapes.set(name, node.shape);
    }
  }
}
