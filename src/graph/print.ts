// A graph as text, one node a line: %3 = conv(%1, %2) {strides: 2,2} : [64, 64, 32, 32]

import { formatShape } from "./shape-error.ts";
import type { Tensor } from "./tensor.ts";
import { topologicalOrder } from "./walk.ts";

/** The nodes behind `outputs`, inputs first, ending with the outputs' names. */
export function print(outputs: Readonly<Record<string, Tensor>>): string {
  const names = new Map<Tensor, string>();
  const lines = topologicalOrder(Object.values(outputs)).map((node) => {
    names.set(node, node.is("input") ? `"${node.attributes.name}"` : `%${names.size}`);
    const inputs = node.inputs.map((input) => names.get(input)).join(", ");
    const attributes = Object.entries(node.attributes)
      .filter(([key]) => !["name", "shape", "data"].includes(key))
      .map(([key, value]) => `${key}: ${value}`)
      .join(", ");
    return `${names.get(node)} = ${node.op}(${inputs})${attributes && ` {${attributes}}`} : ${formatShape(node.shape)}`;
  });
  for (const [name, output] of Object.entries(outputs)) lines.push(`${name}: ${names.get(output)}`);
  return lines.join("\n");
}
