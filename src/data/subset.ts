// Some samples of a set as a set of their own.

import type { Batch, Dataset } from "./dataset.ts";

interface Subset {
  /** Which samples they are, told after the set's own spec and fingerprint. */
  readonly part: string;
  /** What the samples are, where that changes. */
  readonly kind?: Dataset["kind"];
  readonly shape?: readonly number[];
  readonly count: number;
  /** The place in the whole set of the sample at `index`. */
  place(index: number): number;
  /** What becomes of a batch of the whole set. */
  change?(batch: Batch): Batch;
}

/** The samples of `whole` at `place(0)`, `place(1)` … Closing it leaves the whole set open: it is its opener's. */
export function subsetOf(whole: Dataset, { part, count, place, change = (batch) => batch, ...form }: Subset): Dataset {
  const { kind, shape, classes, attributes, text, lossy } = whole;
  return {
    spec: `${whole.spec} (${part})`,
    kind,
    shape,
    classes,
    ...(attributes !== undefined && { attributes }),
    ...(text !== undefined && { text }),
    ...(lossy !== undefined && { lossy }),
    ...form,
    count,
    fingerprint: `${whole.fingerprint} ${part}`,
    get problems() {
      return whole.problems;
    },
    read: async (indices) => change(await whole.read(Array.from(indices, place))),
    async close() {},
  };
}
