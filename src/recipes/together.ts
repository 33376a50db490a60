// One pass of a network over several batches.

import { concat, type Tensor } from "../graph/index.ts";

/**
 * What `network` makes of each batch [n, …], computed as one batch of them all: half the operators, each with more to do. Only for
 * networks that see one picture at a time, as batch norm does not.
 *
 * @example const [real, fake] = together(D, x, stopGradient(G(z)));
 */
export function together<T extends readonly Tensor[]>(
  network: (batch: Tensor) => Tensor,
  ...batches: T
): { readonly [K in keyof T]: Tensor } {
  const all = network(concat(batches, 0));
  let at = 0;
  return batches.map((batch) => {
    const [n] = batch.shape;
    const start = all.shape.map((_, axis) => (axis === 0 ? at : 0));
    at += n;
    return all.slice(start, [n, ...all.shape.slice(1)]);
  }) as { [K in keyof T]: Tensor };
}
