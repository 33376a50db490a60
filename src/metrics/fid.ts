// Fréchet inception distance (Heusel et al. 2017, eq. 6): features of real and of made samples as two Gaussians. It is biased: fewer samples,
// on either side, give a larger distance, of two sets of the same law too.

import { stream } from "../random/index.ts";
import { meanOf } from "./estimates.ts";
import { requireFinite } from "./finite.ts";
import { frechetDistanceTo } from "./frechet.ts";
import { against, requireCounts } from "./gathered.ts";
import { randomGroups } from "./groups.ts";
import { defineMetric, type Side } from "./metric.ts";
import { Moments, mergeMoments } from "./moments.ts";
import { studentInterval } from "./student.ts";

/** Groups of samples that are left out in turn, to see how well the distance is known. */
const GROUPS = 10;
/** Features beyond which that would take minutes. */
const MOST = 256;

/** The distance between samples whose moments these are. */
function distanceBetween(real: Moments, made: Moments): number {
  return frechetDistanceTo(real.mean, real.covariance())(made.mean, made.covariance());
}

/**
 * The 95 % interval of a distance between samples in groups: the jackknife (Tukey 1958) that leaves out one group of each side at a time.
 * Their distances move by 1/(g − 1) of what a group is off.
 */
function jackknife(
  value: number,
  real: readonly Moments[],
  made: readonly Moments[],
): readonly [low: number, high: number] {
  const all = (side: readonly Moments[], but: number) => mergeMoments(side.filter((_, g) => g !== but));
  const { variance } = meanOf(real.map((_, g) => distanceBetween(all(real, g), all(made, g))));
  const freedom = real.length - 1;
  const [low, high] = studentInterval(value, freedom ** 2 * variance, freedom);
  return [Math.max(0, low), high];
}

export const fid = defineMetric({
  name: "fid",
  title: "Fréchet inception distance",
  paper: "arXiv:1706.08500",
  about: "How far the made samples' features are from the data's, in mean and covariance.",
  of: ["images", "points"],
  needs: ["features"],
  compares: true,
  figures: {
    fid: {
      ...{ title: "FID", better: "lower" },
      about: "Distance between Gaussians fitted to the features; compare only those of the same extractor and counts.",
    },
  },
  options: {},
  begin(form) {
    const { features: d, counts, seed } = form;
    if (d === undefined) throw new Error("fid: begun without the features that it needs");
    requireCounts("fid", form, { real: d + 1, made: d + 1 }); // so that the covariances may have full rank
    const groups = d <= MOST && Math.min(counts.real, counts.made) >= 2 * GROUPS ? GROUPS : 1;
    const begun = (side: Side) => ({
      moments: Array.from({ length: groups }, () => new Moments(d)),
      groupOf: randomGroups(stream(seed, "metric", "fid", side), counts[side], groups),
      seen: 0,
    });
    const sides = { real: begun("real"), made: begun("made") };
    return {
      add(side, { features }) {
        if (features === undefined) throw new Error("fid: given samples without features");
        const { moments, groupOf, seen } = sides[side];
        requireFinite(features, { metric: "fid", side, size: d, before: seen });
        for (let at = 0; at < features.length; at += d) {
          moments[groupOf[sides[side].seen++]].add(features.subarray(at, at + d));
        }
      },
      finish() {
        const { real, made } = sides;
        const value = distanceBetween(mergeMoments(real.moments), mergeMoments(made.moments));
        if (groups === 1) return { figures: { fid: { value } }, protocol: against(form) };
        return {
          figures: { fid: { value, interval: jackknife(value, real.moments, made.moments) } },
          protocol: `${against(form)}; jackknife of ${groups} groups`,
        };
      },
    };
  },
});
