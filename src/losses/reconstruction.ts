// How far a picture is from the one it should be, averaged over all elements, so that a weight means the same at every size.

import type { Tensor } from "../graph/index.ts";

/** L1: mean |x − y| of two tensors of one shape. Blurs less than L2 (Isola et al. 2017, §3.1). */
export function l1Loss(x: Tensor, y: Tensor): Tensor {
  return x.sub(y).abs().mean();
}

/** L2: mean (x − y)² of two tensors of one shape. */
export function l2Loss(x: Tensor, y: Tensor): Tensor {
  return x.sub(y).square().mean();
}
