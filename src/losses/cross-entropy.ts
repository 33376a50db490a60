// Classification in logits l: log p_k = l_k − log Σ exp l, the logarithm of a softmax in one piece. No probability is ever formed, so
// none can be exponentiated twice, and no logarithm meets a zero. Rows of y without a label are all 0 and count nothing.

import type { Tensor } from "../graph/index.ts";

/** Logits less the largest of their row, which log-softmax and arg max do not see: [n, K]. Of no consequence to gradients. */
const shifted = (logits: Tensor): Tensor => logits.sub(logits.max([1], true).stopGradient());

/** How many rows of y [n, K] have a label, at least 1. */
const labelled = (y: Tensor): Tensor => y.sum().maximum(1);

/** log Σ_k exp l_k of each row: [n, K] → [n], finite for all finite logits. */
export function logSumExp(logits: Tensor): Tensor {
  return shifted(logits)
    .exp()
    .sum([1])
    .log()
    .add(logits.max([1]).stopGradient());
}

/**
 * −log p_y, in the mean over the rows that have a label: logits [n, K], y [n, K] one-hot.
 *
 * @example crossEntropy(constant([0, Math.log(3)], [1, 2]), constant([0, 1], [1, 2])) // −ln ¾
 */
export function crossEntropy(logits: Tensor, y: Tensor): Tensor {
  const l = shifted(logits);
  const logZ = l.exp().sum([1], true).log(); // [n, 1]
  return logZ.sub(l).mul(y).sum().div(labelled(y)); // y_k (log Z − l_k)
}

/** −y log σ(l) − (1 − y) log(1 − σ(l)), summed over attributes, in the mean over the batch: l and y in [0, 1] are [n, m]. */
export function binaryCrossEntropy(logits: Tensor, y: Tensor): Tensor {
  const present = logits.neg().softplus().mul(y);
  const absent = logits.softplus().mul(y.neg().add(1));
  return present.add(absent).sum([1]).mean();
}

/** The share of labelled rows whose largest logit is their class's; a tie of k classes counts 1/k. Logits and y as for `crossEntropy`. */
export function accuracy(logits: Tensor, y: Tensor): Tensor {
  const largest = shifted(logits).neg().step().neg().add(1); // 1 where l_k = max l
  const hit = largest
    .mul(y)
    .sum([1])
    .div(largest.sum([1]));
  return hit.sum().div(labelled(y));
}
