// The 1-nearest-neighbour two-sample test (Lopez-Paz and Oquab 2017; Xu et al. 2018): the nearest of all others tells whether a
// sample is real or made. Where both follow one law, it is right half the time.

import { type Estimate, estimated, shareOf } from "./estimates.ts";
import { gatherFeatures } from "./gathered.ts";
import { defineMetric, type Side } from "./metric.ts";
import { eachDistanceWithin } from "./pairs.ts";
import { Rows } from "./rows.ts";

/** As bits of a set of kinds. */
const REAL = 1;
const MADE = 2;

/**
 * Shares of real samples [n, d] and made ones [n, d] whose nearest other is of their kind, and of all. Where samples of both kinds are
 * equally near, that is half right.
 */
export function toldApart(real: Rows, made: Rows): Record<"all" | Side, Estimate> {
  const n = real.count;
  const rows = new Rows(real.size, [...real.slice(0, n), ...made.slice(0, n)]);
  const least = new Float64Array(2 * n).fill(Number.POSITIVE_INFINITY);
  const nearest = new Uint8Array(2 * n); // the kinds at the least distance
  const see = (i: number, kind: number, distance: number) => {
    if (distance > least[i]) return;
    nearest[i] = distance < least[i] ? kind : nearest[i] | kind;
    least[i] = distance;
  };
  eachDistanceWithin(rows, (i, j, distance) => {
    see(i, j < n ? REAL : MADE, distance);
    see(j, i < n ? REAL : MADE, distance);
  });
  const right = (kind: number, kinds: Uint8Array) =>
    kinds.reduce((sum, near) => sum + (near === kind ? 1 : near === (REAL | MADE) ? 0.5 : 0), 0);
  const ofReal = right(REAL, nearest.subarray(0, n));
  const ofMade = right(MADE, nearest.subarray(n));
  return { all: shareOf(ofReal + ofMade, 2 * n), real: shareOf(ofReal, n), made: shareOf(ofMade, n) };
}

export const twoSample = defineMetric({
  name: "two-sample",
  title: "1-NN two-sample test",
  paper: "arXiv:1806.07755",
  about:
    "How often a sample's nearest neighbour, real or made, is of its own kind: 0.5 where they cannot be told apart.",
  of: ["images", "points"],
  needs: ["features"],
  compares: true,
  figures: {
    "two-sample": {
      ...{ title: "1-NN accuracy", better: "target", ideal: 0.5 },
      about: "Above 0.5 made samples can be told from real ones; below it they lie too close to them, as copies do.",
    },
    "two-sample-real": {
      ...{ title: "1-NN accuracy, real", better: "target", ideal: 0.5 },
      about:
        "Of real samples alone: low where made ones lie in between them, as where all of them sit on few modes' middles.",
    },
    "two-sample-made": {
      ...{ title: "1-NN accuracy, made", better: "target", ideal: 0.5 },
      about: "Of made samples alone: high where they have their own kind for company, as where modes are collapsed.",
    },
  },
  options: {},
  begin(form) {
    const gathered = gatherFeatures("two-sample", form, { real: 2, made: 2 });
    return {
      add: gathered.add,
      finish() {
        const n = Math.min(gathered.real.count, gathered.made.count);
        const first = (rows: Rows) => new Rows(rows.size, rows.slice(0, n));
        const sides = { real: first(gathered.real), made: first(gathered.made) };
        const { all, real, made } = estimated(sides, { metric: "two-sample", seed: form.seed, size: 10 }, toldApart);
        const count = n.toLocaleString("en-US");
        return {
          figures: { "two-sample": all, "two-sample-real": real, "two-sample-made": made },
          protocol: `${count} against ${count}, each left out once`,
        };
      },
    };
  },
});
