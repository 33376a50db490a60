// Inception Score (Salimans et al. 2016, §4): exp of the mean divergence of a sample's classes from those of all, KL(p(y|x) ‖ p(y)). 1 where
// all samples look alike to the classifier, K where each is surely of one of K classes, equally often. It never sees real data.

import { stream } from "../random/index.ts";
import { integer } from "../recipes/index.ts";
import { meanOf } from "./estimates.ts";
import { requireFinite } from "./finite.ts";
import { requireCounts } from "./gathered.ts";
import { randomGroups } from "./groups.ts";
import { defineMetric } from "./metric.ts";
import { studentInterval } from "./student.ts";

/** Log-probabilities [K] of the logits [K] from `at` on. */
function logSoftmax(logits: Float32Array, at: number, out: Float64Array): void {
  const K = out.length;
  let most = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < K; k++) most = Math.max(most, logits[at + k]);
  let sum = 0;
  for (let k = 0; k < K; k++) sum += Math.exp(logits[at + k] - most);
  const logSum = most + Math.log(sum);
  for (let k = 0; k < K; k++) out[k] = logits[at + k] - logSum;
}

/** Gathers samples of one split, K classes each. */
class Split {
  #count = 0;
  /** Σₓ Σᵧ p(y|x) log p(y|x). */
  #certainty = 0;
  /** [K]: Σₓ p(y|x). */
  readonly #sums: Float64Array;

  constructor(K: number) {
    this.#sums = new Float64Array(K);
  }

  add(logProbabilities: Float64Array): void {
    this.#count++;
    for (let k = 0; k < logProbabilities.length; k++) {
      const p = Math.exp(logProbabilities[k]);
      this.#certainty += p * logProbabilities[k];
      this.#sums[k] += p;
    }
  }

  score(): number {
    const divergence = this.#sums.reduce((sum, all) => {
      const p = all / this.#count;
      return p > 0 ? sum - p * Math.log(p) : sum;
    }, this.#certainty / this.#count);
    return Math.exp(Math.max(0, divergence)); // rounding may go below
  }
}

export const inceptionScore = defineMetric({
  name: "inception-score",
  title: "Inception Score",
  paper: "arXiv:1606.03498",
  about:
    "How surely made samples are of one class, and how many classes there are. Copies of the data score perfectly.",
  of: ["images"],
  needs: ["logits"],
  compares: false,
  figures: {
    is: {
      ...{ title: "IS", better: "higher" },
      about: "From 1 to the number of classes; compare only those of the same extractor, count and splits.",
    },
  },
  options: { splits: integer(10, "parts whose mean score is taken") },
  begin(form, { splits }) {
    const { classes = [], counts, seed } = form;
    const K = classes.length;
    requireCounts("inception-score", form, { real: 0, made: 2 * splits }); // one sample alone scores 1, whatever it is
    const parts = Array.from({ length: splits }, () => new Split(K));
    const partOf = randomGroups(stream(seed, "metric", "inception-score"), counts.made, splits);
    const logProbabilities = new Float64Array(K);
    let before = 0;
    /** Of a sample, each of which the extractor sees by itself. */
    let channels = 1;
    return {
      add(side, { count, logits }) {
        if (logits === undefined) throw new Error("inception-score: given samples without logits");
        requireFinite(logits, { metric: "inception-score", side, size: logits.length / count, before });
        channels = logits.length / (count * K);
        for (let i = 0; i < count * channels; i++) {
          logSoftmax(logits, i * K, logProbabilities);
          parts[partOf[before + Math.floor(i / channels)]].add(logProbabilities);
        }
        before += count;
      },
      finish() {
        const scores = parts.map((part) => part.score());
        const { value, variance } = meanOf(scores);
        const [low, high] = studentInterval(value, variance, splits - 1);
        const samples = `${counts.made.toLocaleString("en-US")} samples in ${splits} ${splits === 1 ? "split" : "splits"}`;
        return {
          figures: { is: splits === 1 ? { value } : { value, interval: [Math.max(1, low), high] } },
          protocol: channels === 1 ? samples : `${samples}, each of ${channels} channels a picture`,
        };
      },
    };
  },
});
