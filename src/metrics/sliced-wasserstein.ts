// The sliced Wasserstein distance of samples as they are: points, or all pixels of images. It needs no extractor, so it sees colours and
// places, but no forms; `mind` is the same of features.

import { sizeOf } from "../graph/index.ts";
import { integer } from "../recipes/index.ts";
import { requireFinite } from "./finite.ts";
import { against, requireCounts } from "./gathered.ts";
import { defineMetric } from "./metric.ts";
import { shadowsOn } from "./sliced.ts";

export const slicedWasserstein = defineMetric({
  name: "sliced-wasserstein",
  title: "sliced Wasserstein distance",
  paper: "doi:10.1007/s10851-014-0506-3",
  about:
    "How far samples must be moved to become the data, seen along random lines through the space of points or pixels.",
  of: ["images", "points"],
  needs: [],
  compares: true,
  figures: {
    "sliced-wasserstein": {
      ...{ title: "sliced W2", better: "lower" },
      about: "Root mean square over random lines of W2 along them: s where every number of every sample is off by s.",
    },
  },
  options: { directions: integer(1000, "how many random lines") },
  begin(form, { directions }) {
    requireCounts("sliced-wasserstein", form, { real: 2, made: 2 });
    const { kind, counts, seed } = form;
    const d = sizeOf(form.shape);
    const shadows = shadowsOn(directions, { d, counts, seed, name: "sliced-wasserstein" });
    const seen = { real: 0, made: 0 };
    return {
      add(side, { values }) {
        requireFinite(values, { metric: "sliced-wasserstein", side, size: d, before: seen[side] });
        seen[side] += values.length / d;
        shadows.add(side, values);
      },
      finish: () => ({
        figures: { "sliced-wasserstein": { value: Math.sqrt(shadows.distance()) } },
        protocol: `${against(form)}, ${directions.toLocaleString("en-US")} directions of ${kind === "images" ? "pixels" : "the plane"}`,
      }),
    };
  },
});
