// Improved precision and recall (Kynkäänniemi et al. 2019, §2): each side's samples span its manifold by the balls that reach to
// their k-th nearest neighbours. Precision is the share of made samples within the real manifold, recall of real ones within the made.

import { integer } from "../recipes/index.ts";
import { neighbourRadii } from "./distances.ts";
import { type Estimate, estimated, shareOf } from "./estimates.ts";
import { against, gatherFeatures } from "./gathered.ts";
import { defineMetric } from "./metric.ts";
import { eachDistance } from "./pairs.ts";
import type { Rows } from "./rows.ts";

/** Shares of made samples [m, d] in a ball of a real one [n, d], its edge included, and the other way round; more than k of each. */
export function precisionAndRecall(real: Rows, made: Rows, k: number): { precision: Estimate; recall: Estimate } {
  const ofReal = neighbourRadii(real, k);
  const ofMade = neighbourRadii(made, k);
  const madeWithin = new Uint8Array(made.count);
  const realWithin = new Uint8Array(real.count);
  eachDistance(real, made, (i, j, distance) => {
    if (distance <= ofReal[i]) madeWithin[j] = 1;
    if (distance <= ofMade[j]) realWithin[i] = 1;
  });
  const share = (flags: Uint8Array) =>
    shareOf(
      flags.reduce((sum, flag) => sum + flag, 0),
      flags.length,
    );
  return { precision: share(madeWithin), recall: share(realWithin) };
}

export const precisionRecall = defineMetric({
  name: "precision-recall",
  title: "improved precision and recall",
  paper: "arXiv:1904.06991",
  about: "How many made samples look like the data, and how much of the data the made samples reach.",
  of: ["images", "points"],
  needs: ["features"],
  compares: true,
  figures: {
    precision: {
      ...{ title: "precision", better: "higher" },
      about: "Share of made samples that lie within the k-th neighbour's distance of a real one.",
    },
    recall: {
      ...{ title: "recall", better: "higher" },
      about: "Share of real samples that lie within the k-th neighbour's distance of a made one.",
    },
  },
  options: { k: integer(3, "which nearest neighbour a sample's ball reaches to") },
  begin(form, { k }) {
    const gathered = gatherFeatures("precision-recall", form, { real: k + 1, made: k + 1 });
    return {
      add: gathered.add,
      finish: () => ({
        figures: estimated(gathered, { metric: "precision-recall", seed: form.seed, size: 4 * k }, (real, made) =>
          precisionAndRecall(real, made, k),
        ),
        protocol: `${against(form)}, k ${k}`,
      }),
    };
  },
});
