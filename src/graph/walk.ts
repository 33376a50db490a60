// The one way to visit a graph.

import type { Tensor } from "./tensor.ts";

/** Every node that `outputs` depend on, inputs before their users, in an order that depends on the graph alone. */
export function topologicalOrder(outputs: Iterable<Tensor>): Tensor[] {
  const order: Tensor[] = [];
  const seen = new Set<Tensor>();
  // A stack rather than recursion: unrolled graphs are deeper than the call stack.
  for (const output of outputs) {
    const stack: { node: Tensor; next: number }[] = [{ node: output, next: 0 }];
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      if (seen.has(top.node)) {
        stack.pop();
      } else if (top.next < top.node.inputs.length) {
        const input = top.node.inputs[top.next++];
        if (!seen.has(input)) stack.push({ node: input, next: 0 });
      } else {
        seen.add(top.node);
        order.push(top.node);
        stack.pop();
      }
    }
  }
  return order;
}
