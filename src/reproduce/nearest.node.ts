// The 1-nearest-neighbour classifier: a sample is of the class of the nearest one known, in Euclidean distance. Exact, every sample
// compared with every one known.

import { openProducts } from "./products.node.ts";

export interface NearestNeighbours {
  /** Compares with a block of samples [block, size], known to be of these classes. */
  know(samples: Float32Array, labels: ArrayLike<number>): Promise<void>;
  /** The class of the nearest one known so far, for each; of equally near ones the first. −1 where none is known. */
  readonly classes: Int32Array;
  close(): Promise<void>;
}

/** For these samples [n, size]; others come to be known `block` at a time. */
export async function openNearest(
  samples: Float32Array,
  { size, block, threads }: { readonly size: number; readonly block: number; readonly threads: number },
): Promise<NearestNeighbours> {
  const n = samples.length / size;
  const products = await openProducts({ n, m: block, size }, { threads });
  const classes = new Int32Array(n).fill(-1);
  // |x − y|² = |x|² − 2 (x·y − ½ |y|²): the nearest y has the largest x·y − ½ |y|².
  const nearness = new Float64Array(n).fill(Number.NEGATIVE_INFINITY);
  return {
    classes,
    async know(known, labels) {
      const halves = new Float64Array(block);
      for (let j = 0; j < block; j++) {
        for (let k = j * size; k < (j + 1) * size; k++) halves[j] += known[k] ** 2 / 2;
      }
      const product = await products.of(samples, known);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < block; j++) {
          const near = product[i * block + j] - halves[j];
          if (near <= nearness[i]) continue;
          nearness[i] = near;
          classes[i] = labels[j];
        }
      }
    },
    close: () => products.close(),
  };
}
