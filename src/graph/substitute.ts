// The same computation with other values in place of some of its inputs.

import { make, type Tensor } from "./tensor.ts";
import { topologicalOrder } from "./walk.ts";

/**
 * The outputs with the inputs named replaced, each by a tensor of its shape; what depends on none of them is shared. Gradients pass as
 * they did.
 *
 * @example substitute([x.square()], new Map([["x", y]])) // [y²], where x = input("x", y.shape)
 */
export function substitute(outputs: readonly Tensor[], values: ReadonlyMap<string, Tensor>): Tensor[] {
  const replaced = new Map<Tensor, Tensor>();
  for (const node of topologicalOrder(outputs)) {
    const value = node.is("input") ? values.get(node.attributes.name) : undefined;
    if (value !== undefined && `${value.shape}` !== `${node.shape}`) {
      throw new Error(
        `substitute: "${(node as Tensor<"input">).attributes.name}" is [${node.shape}], got [${value.shape}]`,
      );
    }
    const inputs = node.inputs.map((each) => replaced.get(each)!);
    const same = inputs.every((each, i) => each === node.inputs[i]);
    replaced.set(node, value ?? (same ? node : make(node.op, inputs, node.attributes)));
  }
  return outputs.map((output) => replaced.get(output)!);
}
