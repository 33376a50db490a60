// A product and what is added to it are one Gemm, whose third operand is where it begins to sum.

import type { Shape } from "../graph/index.ts";
import type { OnnxNode } from "./model.ts";

/** Nodes with Gemm(a, b) + c as Gemm(a, b, c), where nothing else reads the product and the sum is of its shape. */
export function withSummands(
  nodes: readonly OnnxNode[],
  outputs: readonly string[],
  shapes: ReadonlyMap<string, Shape>,
): OnnxNode[] {
  const uses = new Map<string, number>();
  for (const name of [...outputs, ...nodes.flatMap(({ inputs }) => inputs)]) uses.set(name, (uses.get(name) ?? 0) + 1);
  const isAsLarge = (sum: string, product: string) =>
    shapes.has(sum) && shapes.get(sum)!.join() === shapes.get(product)?.join();
  const products = new Map<string, OnnxNode>();
  const taken = new Set<OnnxNode>();
  const fused = nodes.map((node) => {
    if (node.op === "Gemm" && node.inputs.length === 2) products.set(node.outputs[0], node);
    if (node.op !== "Add") return node;
    const name = node.inputs.find(
      (each) => products.has(each) && uses.get(each) === 1 && isAsLarge(node.outputs[0], each),
    );
    if (name === undefined) return node;
    const product = products.get(name)!;
    const summand = node.inputs[node.inputs[0] === name ? 1 : 0];
    taken.add(product);
    return { ...product, inputs: [...product.inputs, summand], outputs: node.outputs };
  });
  return fused.filter((node) => !taken.has(node));
}
