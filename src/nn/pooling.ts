// Pooling by windows that overlap, one at every place.

import { formatShape, ShapeError, type Tensor } from "../graph/index.ts";

/** The least of `size` neighbours along one axis, at each place that has them. */
function least(x: Tensor, axis: number, size: number): Tensor {
  const sizes = x.shape.map((whole, i) => (i === axis ? whole - size + 1 : whole));
  const shifted = Array.from({ length: size }, (_, by) =>
    x.slice(
      x.shape.map((_, i) => (i === axis ? by : 0)),
      sizes,
    ),
  );
  return shifted.reduce((least, each) => least.minimum(each));
}

/**
 * The least value of every `size` × `size` window: [N, C, H, W] → [N, C, H − size + 1, W − size + 1]. ShapeError where the window is
 * larger than the map.
 */
export function minPool(x: Tensor, size: number): Tensor {
  if (Math.min(x.shape[2], x.shape[3]) < size) {
    throw new ShapeError(`has no window of ${size} × ${size} in ${formatShape(x.shape)}`);
  }
  return least(least(x, 2, size), 3, size);
}
