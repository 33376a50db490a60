// The Monge Inception Distance (Berthet et al. 2026): 3 d times the squared sliced Wasserstein distance of features. Like FID it compares
// all of two sets of features, but it takes neither for Gaussian, and d + 1 samples are not needed.

import { integer } from "../recipes/index.ts";
import { requireFinite } from "./finite.ts";
import { against, requireCounts } from "./gathered.ts";
import { defineMetric } from "./metric.ts";
import { shadowsOn } from "./sliced.ts";

export const mind = defineMetric({
  name: "mind",
  title: "Monge inception distance",
  paper: "arXiv:2605.06797",
  about: "How far features of made samples must be moved to become those of the data, seen along random lines.",
  of: ["images"],
  needs: ["features"],
  compares: true,
  figures: {
    mind: {
      ...{ title: "MIND", better: "lower" },
      about: "3 d times the mean of W2² along random lines: 3 d s² where every feature is off by s.",
    },
  },
  options: { directions: integer(1000, "how many random lines") },
  begin(form, { directions }) {
    requireCounts("mind", form, { real: 2, made: 2 });
    const { features: d, counts, seed } = form;
    if (d === undefined) throw new Error("mind: begun without the features that it needs");
    const shadows = shadowsOn(directions, { d, counts, seed, name: "mind" });
    const seen = { real: 0, made: 0 };
    return {
      add(side, { features }) {
        if (features === undefined) throw new Error("mind: given samples without features");
        requireFinite(features, { metric: "mind", side, size: d, before: seen[side] });
        seen[side] += features.length / d;
        shadows.add(side, features);
      },
      finish: () => ({
        figures: { mind: { value: 3 * d * shadows.distance() } },
        protocol: `${against(form)}, ${directions.toLocaleString("en-US")} directions`,
      }),
    };
  },
});
