// Density and coverage (Naeem et al. 2020): of the balls that reach from each real sample to its k-th nearest real neighbour, edges left
// out. Density counts the balls that a made sample lies in, coverage the balls that hold a made sample; a few outliers move neither.

import { integer } from "../recipes/index.ts";
import { neighbourRadii } from "./distances.ts";
import { type Estimate, estimated, meanOf, shareOf } from "./estimates.ts";
import { against, gatherFeatures } from "./gathered.ts";
import { defineMetric } from "./metric.ts";
import { eachDistance } from "./pairs.ts";
import type { Rows } from "./rows.ts";

/** Density and coverage of made samples [m, d] about real ones [n, d]; more than k real ones, and two made ones at least. */
export function densityAndCoverage(real: Rows, made: Rows, k: number): { density: Estimate; coverage: Estimate } {
  const radii = neighbourRadii(real, k);
  /** For k, the balls that each made sample lies in. */
  const densities = new Float64Array(made.count);
  const holds = new Uint8Array(real.count);
  eachDistance(real, made, (i, j, distance) => {
    if (distance >= radii[i]) return;
    densities[j] += 1 / k;
    holds[i] = 1;
  });
  const covered = holds.reduce((sum, flag) => sum + flag, 0);
  return { density: meanOf(densities), coverage: shareOf(covered, real.count) };
}

/**
 * The mean coverage of n real samples by m made ones of the same continuous law, whatever it is: a ball is missed when the k nearest of the
 * other n − 1 + m samples are all real, so 1 − ∏ⱼ (n − 1 − j)/(n + m − 1 − j) over j < k.
 */
export function coverageOfAlike(n: number, m: number, k: number): number {
  let missed = 1;
  for (let j = 0; j < k; j++) missed *= (n - 1 - j) / (n + m - 1 - j);
  return 1 - missed;
}

export const densityCoverage = defineMetric({
  name: "density-coverage",
  title: "density and coverage",
  paper: "arXiv:2002.09797",
  about: "How thick made samples lie where the data is, and how much of the data they come near.",
  of: ["images", "points"],
  needs: ["features"],
  compares: true,
  figures: {
    density: {
      ...{ title: "density", better: "higher" },
      about:
        "Real samples' balls that a made sample lies in, for k: 1 where both are alike, above 1 where made samples crowd together.",
    },
    coverage: {
      ...{ title: "coverage", better: "higher" },
      about: "Share of real samples that have a made one nearer than their k-th real neighbour.",
    },
  },
  options: { k: integer(5, "which nearest neighbour a real sample's ball reaches to") },
  begin(form, { k }) {
    const gathered = gatherFeatures("density-coverage", form, { real: k + 1, made: 2 });
    return {
      add: gathered.add,
      finish() {
        const { real, made } = gathered;
        return {
          figures: estimated(
            gathered,
            { metric: "density-coverage", seed: form.seed, size: 4 * k },
            (someReal, someMade) => densityAndCoverage(someReal, someMade, k),
          ),
          protocol: `${against(form)}, k ${k}; alike ones cover ${coverageOfAlike(real.count, made.count, k).toFixed(3)}`,
        };
      },
    };
  },
});
