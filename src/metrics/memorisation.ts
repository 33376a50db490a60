// Memorisation: whether made samples are copies of training samples. How near is too near, the data says: the distances of made samples to
// their nearest real one are held against those of real samples to their nearest other (the comparison of Meehan et al. 2020, with the
// training samples' own distances in the place of a test set's).

import { InputError } from "../errors/index.ts";
import { number } from "../recipes/index.ts";
import { distinctRadii, nearestDistances } from "./distances.ts";
import { type Estimate, estimated, shareOf } from "./estimates.ts";
import { against, gatherFeatures } from "./gathered.ts";
import { defineMetric } from "./metric.ts";
import type { Rows } from "./rows.ts";

/** The fewest real samples among which there is one that lies nearer to its neighbour than this share of them. */
const fewest = (share: number) => Math.max(2, Math.ceil(1 / (1 - share) - 1e-9));

/**
 * Of made samples [m, d] and real ones [n, d]. For a real sample, r is its distance to the nearest other real one that is not equal to it;
 * for a made sample, s is that to the nearest real one.
 *
 * copied: share of made samples whose s is below the r of at least `share` of the real ones. Where they follow the data's law without copying
 * any, that is about 1 − share.
 *
 * ratio: median s / median r. 1 where they follow the data's law, 0 where more than half are exact copies; NaN where all real samples are
 * equal, so that there is no r.
 */
export function nearness(real: Rows, made: Rows, share: number): { copied: Estimate; ratio: number } {
  const r = distinctRadii(real).map(Math.sqrt).sort();
  const s = nearestDistances(made, real).map(Math.sqrt).sort();
  const threshold = r[r.length - Math.ceil(share * r.length - 1e-9)];
  const ratio = r[0] === Number.POSITIVE_INFINITY ? Number.NaN : median(s) / median(r);
  const copies = s.findIndex((distance) => distance >= threshold);
  return { copied: shareOf(copies < 0 ? s.length : copies, s.length), ratio };
}

/** Of numbers in ascending order. */
function median(sorted: Float64Array): number {
  const { length } = sorted;
  return (sorted[(length - 1) >> 1] + sorted[length >> 1]) / 2;
}

export const memorisation = defineMetric({
  name: "memorisation",
  title: "nearest training neighbours",
  paper: "arXiv:2004.05675",
  about: "Whether made samples lie nearer to real ones than these lie to each other, as copies do.",
  of: ["images", "points"],
  needs: ["features"],
  compares: true,
  figures: {
    copied: {
      ...{ title: "copied", better: "lower" },
      about:
        "Share of made samples nearer to a real one than 95 % of real ones are to another; 0.05 where nothing is copied.",
    },
    "neighbour-ratio": {
      ...{ title: "nearest-neighbour ratio", better: "target", ideal: 1 },
      about:
        "Median distance of made samples to the nearest real one, over that of real ones to another: 0 for copies.",
    },
  },
  options: {
    share: number(0.95, "a copy is nearer than this share of real samples are to each other", { min: 0.5, below: 1 }),
  },
  begin(form, { share }) {
    const least = fewest(share);
    const gathered = gatherFeatures("memorisation", form, { real: least, made: 1 });
    return {
      add: gathered.add,
      finish() {
        const groups = { metric: "memorisation", seed: form.seed, size: least };
        const { copied, ratio } = estimated(gathered, groups, (real, made) => nearness(real, made, share));
        if (Number.isNaN(ratio.value)) {
          throw new InputError(
            `--metrics: memorisation compares with the distances between real samples, and all ${form.counts.real} of them are equal. Take other data, or another extractor.`,
          );
        }
        return {
          figures: { copied, "neighbour-ratio": ratio },
          protocol: `${against(form)}, copied if nearer than ${Number((100 * share).toFixed(6))} % of real ones`,
        };
      },
    };
  },
});
