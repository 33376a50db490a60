// The work in a graph, counted in its bilinear operators: two floating-point operations for each product, to multiply and to add.
// Elementwise operators are left out: they are few, and wait for memory.

import type { Tensor } from "./tensor.ts";

/** Floating-point operations of a matrix product or of a face of convolution, where products with padding count; 0 for every other node. */
export function flopsOf(node: Tensor): number {
  if (node.is("matmul")) {
    const { shape } = node.inputs[0];
    return 2 * node.size * (node.attributes.transposeA ? shape[0] : shape[1]);
  }
  const [a, b] = node.inputs;
  if (node.is("conv")) return convFlops(b, node);
  if (node.is("convInputGrad")) return convFlops(b, a);
  if (node.is("convFilterGrad")) return convFlops(node, b);
  return 0;
}

/** Each number of y [N, O, H', W'] meets one window of x, as large as a filter of w [O, C/groups, kh, kw]. */
function convFlops(w: Pick<Tensor, "shape" | "size">, y: Pick<Tensor, "size">): number {
  return 2 * y.size * (w.size / w.shape[0]);
}
