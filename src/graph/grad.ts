// Reverse-mode differentiation over graphs: one walk backwards with the rules of gradients.ts.

import { gradientsOf } from "./gradients.ts";
import { formatShape, ShapeError } from "./shape-error.ts";
import { fill, Tensor } from "./tensor.ts";
import { topologicalOrder } from "./walk.ts";

/**
 * The gradient of the scalar `y` with respect to each of `xs`, of the same shapes; zeros where y does not depend on x.
 * Only the nodes between y and the xs are differentiated. The result is graph, so it can be differentiated again.
 *
 * @example const slope = grad(D(x).sum(), x); // [n, c, h, w], one gradient for each sample
 */
export function grad(y: Tensor, xs: Tensor): Tensor;
export function grad(y: Tensor, xs: readonly Tensor[]): Tensor[];
export function grad(y: Tensor, xs: Tensor | readonly Tensor[]): Tensor | Tensor[] {
  if (y.shape.length !== 0)
    throw new ShapeError(`grad: y must be a scalar, got ${formatShape(y.shape)}; sum or average it`);
  if (xs instanceof Tensor) return grad(y, [xs])[0];

  const order = topologicalOrder([y]);
  const targets = new Set(xs);
  const onPath = new Set<Tensor>();
  for (const node of order) {
    if (targets.has(node) || (node.op !== "stopGradient" && node.inputs.some((input) => onPath.has(input))))
      onPath.add(node);
  }

  const gradients = new Map<Tensor, Tensor>([[y, fill(1)]]);
  for (const node of order.reverse()) {
    const g = gradients.get(node);
    if (g === undefined || !onPath.has(node) || !node.inputs.some((input) => onPath.has(input))) continue;
    gradientsOf(node, g).forEach((contribution, i) => {
      const input = node.inputs[i];
      if (contribution === undefined || !onPath.has(input)) return;
      const sum = gradients.get(input);
      gradients.set(input, sum === undefined ? contribution : sum.add(contribution));
    });
  }
  return xs.map((x) => gradients.get(x) ?? fill(0, x.shape));
}
