// Pairs with the pairing hidden, by the protocol of DiscoGAN (Kim et al. 2017; its code takes a from one half of the pairs and b
// from the other): no picture's true counterpart is ever among those of the other domain.

import { stream } from "../random/index.ts";
import type { Dataset } from "./dataset.ts";
import { domainsOf } from "./domains.ts";
import { subsetOf } from "./subset.ts";

/**
 * A set of pairs as two domains. Of an endless set, samples 0, 2, 4 … give a and 1, 3, 5 … give b; of a finite one, halves that
 * `seed` chooses at random. Closing it closes the pairs.
 */
export function asDomains(pairs: Dataset, seed = 0): Dataset {
  const { count } = pairs;
  const order = Number.isFinite(count) ? stream(seed, "unpaired").permutation(count) : undefined;
  const half = order ? Math.ceil(count / 2) : count;
  const a = subsetOf(pairs, {
    part: "a",
    kind: "images",
    count: half,
    place: (index) => (order ? order[index] : 2 * index),
    change: ({ values, labels }) => ({ values, labels }),
  });
  const b = subsetOf(pairs, {
    part: "b",
    kind: "images",
    shape: pairs.target!,
    count: order ? count - half : count,
    place: (index) => (order ? order[half + index] : 2 * index + 1),
    change: ({ targets, labels }) => ({ values: targets!, labels }),
  });
  return domainsOf(pairs.spec, { a, b }, () => pairs.close());
}
