// Fréchet inception distance (Heusel et al. 2017, eq. 6): features of real and of made samples as two Gaussians. It is biased: fewer samples,
// on either side, give a larger distance, of two sets of the same law too. Of 2,048 features the distance takes a core two minutes, its
// interval two more: it needs eigenvectors where the distance needs eigenvalues, but no second look at the samples.

import { type RandomStream, stream } from "../random/index.ts";
import { requireFinite } from "./finite.ts";
import { frechetDistance } from "./frechet.ts";
import { frechetEstimate, type SideSeen } from "./frechet-error.ts";
import { against, requireCounts } from "./gathered.ts";
import { defineMetric, type Side } from "./metric.ts";
import { Moments } from "./moments.ts";
import { studentInterval } from "./student.ts";

/** Samples of each side that show how well the distance is known: enough to know its standard error to a few per cent. */
const SHOWN = 1000;
/** Fewer show nothing. */
const LEAST = 20;

/** Takes in the samples of one side. */
class SideSums {
  readonly #moments: Moments;
  /** [k, d] */
  readonly #some: Float32Array;
  /** By a sample's number, its place among those that are kept. */
  readonly #places: ReadonlyMap<number, number>;

  constructor(d: number, count: number, random: RandomStream) {
    this.#moments = new Moments(d);
    const chosen = random.permutation(count).subarray(0, SHOWN);
    this.#some = new Float32Array(chosen.length * d);
    this.#places = new Map(Array.from(chosen, (sample, place) => [sample, place]));
  }

  get count(): number {
    return this.#moments.count;
  }

  /** Adds features [n, d]. */
  add(features: Float32Array): void {
    const d = this.#moments.size;
    for (let i = 0; i < features.length / d; i++) {
      const place = this.#places.get(this.count + i);
      if (place !== undefined) this.#some.set(features.subarray(i * d, (i + 1) * d), place * d);
    }
    this.#moments.add(features);
  }

  seen(): SideSeen {
    const { count, mean } = this.#moments;
    return { count, mean, covariance: this.#moments.covariance(), some: this.#some };
  }
}

/**
 * The 95 % interval of a distance F = W² above 0, of W as Student's t has it: F is known the worse the larger it is, W about alike, so that
 * this interval, which is not symmetric about F, misses less often.
 */
function intervalOf(value: number, variance: number, freedom: number): readonly [low: number, high: number] {
  const W = Math.sqrt(value);
  const [low, high] = studentInterval(W, variance / (4 * value), freedom);
  return [Math.max(0, low) ** 2, high ** 2];
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
    const begun = (side: Side) => new SideSums(d, counts[side], stream(seed, "metric", "fid", side));
    const sides = { real: begun("real"), made: begun("made") };
    return {
      add(side, { features }) {
        if (features === undefined) throw new Error("fid: given samples without features");
        requireFinite(features, { metric: "fid", side, size: d, before: sides[side].count });
        sides[side].add(features);
      },
      finish() {
        const [real, made] = [sides.real.seen(), sides.made.seen()];
        const fewest = Math.min(counts.real, counts.made);
        if (fewest < LEAST || form.floor) {
          const value = frechetDistance(real.mean, real.covariance, made.mean, made.covariance);
          return { figures: { fid: { value } }, protocol: against(form) };
        }
        const { value, variance } = frechetEstimate(real, made);
        const interval = value > 0 && intervalOf(value, variance, Math.min(fewest, SHOWN) - 1);
        return {
          figures: { fid: { value, ...(interval && { interval }) } },
          protocol: `${against(form)}; interval by the delta method`,
        };
      },
    };
  },
});
