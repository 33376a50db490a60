// Diversity within a class (Odena et al. 2017, AC-GAN): the mean MS-SSIM of random pairs of samples of one class. A generator that has
// collapsed makes pairs more alike than those of the data. Where it is told no classes, both sides' are those that the extractor sees.

import { InputError } from "../errors/index.ts";
import { sizeOf } from "../graph/index.ts";
import { stream } from "../random/index.ts";
import { integer } from "../recipes/index.ts";
import { highest } from "./classifier.ts";
import { type Estimate, meanOf } from "./estimates.ts";
import { requireFinite } from "./finite.ts";
import { requireCounts } from "./gathered.ts";
import { defineMetric, type MetricForm, type Observed, type Side } from "./metric.ts";
import { type ImageShape, msSsim, scalesOf } from "./ssim.ts";

/** Of values in [−1, 1], moved to start at 0. */
const RANGE = 2;

/** As the protocol says it. */
const WITHIN = { told: " within classes", seen: " within classes as seen", none: "" } as const;

/** Samples of one side that were drawn for pairs, in the random order of the draw. */
interface Drawn {
  add(observed: Observed): void;
  /** Whether all samples of the side so far have come with classes so known. */
  knows(by: Knowing): boolean;
  /** MS-SSIM of pairs, no sample in two of them: of one class each, or of any. */
  similarities(by: Knowing | undefined): number[];
}

/** How the class of a sample is known. */
type Knowing = "told" | "seen";

function drawFor(pairs: number, side: Side, { counts, shape, seed, classes: { length: K } = [] }: MetricForm): Drawn {
  const count = counts[side];
  const size = sizeOf(shape);
  const order = stream(seed, "metric", "ms-ssim", side)
    .permutation(count)
    .subarray(0, 2 * pairs);
  const places = new Map(Array.from(order, (sample, place) => [sample, place]));
  const images: Float32Array[] = [];
  const classes = { told: new Int32Array(order.length), seen: new Int32Array(order.length) };
  const missing = new Set<Knowing>();
  let before = 0;
  return {
    add({ count, values, labels: told, logits }) {
      requireFinite(values, { metric: "ms-ssim", side, size, before });
      // Not of stacks, of which each channel has logits.
      const seen = K > 0 && logits?.length === count * K ? highest(logits, K) : undefined;
      const known = { told, seen };
      for (const by of ["told", "seen"] as const) if (known[by] === undefined) missing.add(by);
      for (let i = 0; i < values.length / size; i++) {
        const place = places.get(before + i);
        if (place === undefined) continue;
        images[place] = values.slice(i * size, (i + 1) * size).map((value) => value + 1);
        for (const by of ["told", "seen"] as const) classes[by][place] = known[by]?.[i] ?? -1;
      }
      before += values.length / size;
    },
    knows: (by) => !missing.has(by),
    similarities(by) {
      const waiting = new Map<number, Float32Array>();
      const found: number[] = [];
      for (const [place, image] of images.entries()) {
        const label = by === undefined ? 0 : classes[by][place];
        if (label < 0) continue;
        const other = waiting.get(label);
        waiting.delete(label);
        if (other === undefined) waiting.set(label, image);
        else found.push(msSsim(other, image, shape as ImageShape, RANGE));
      }
      return found;
    },
  };
}

export const msSsimDiversity = defineMetric({
  name: "ms-ssim",
  title: "MS-SSIM within classes",
  paper: "arXiv:1610.09585",
  about:
    "How alike two samples of one class look: the less, the more diverse; much more alike than real ones means collapse.",
  of: ["images"],
  needs: [],
  withoutLabels: ["logits"],
  compares: true,
  figures: {
    "ms-ssim": {
      ...{ title: "MS-SSIM", better: "lower" },
      about: "Mean similarity of pairs of made samples of one class, as told or seen, or of any where there are none.",
    },
    "ms-ssim-excess": {
      ...{ title: "MS-SSIM over the data's", better: "target", ideal: 0 },
      about:
        "The same less that of real pairs: above 0 made samples are less diverse than the data, far below it they are noise.",
    },
  },
  options: { pairs: integer(500, "how many pairs of each side, if there are as many", { min: 2 }) },
  begin(form, { pairs }) {
    requireCounts("ms-ssim", form, { real: 4, made: 4 });
    const sides = { real: drawFor(pairs, "real", form), made: drawFor(pairs, "made", form) };
    return {
      add: (side, observed) => sides[side].add(observed),
      finish() {
        const by = (["told", "seen"] as const).find((each) => sides.real.knows(each) && sides.made.knows(each));
        const meanSimilarity = (side: Side): Estimate & { count: number } => {
          const found = sides[side].similarities(by);
          if (found.length >= 2) return { ...meanOf(found), count: found.length };
          throw new InputError(
            `--count: ms-ssim needs at least 2 pairs of ${side} samples of one class, found ${found.length} among ${form.counts[side]}. Pass a larger --count.`,
          );
        };
        const real = meanSimilarity("real");
        const made = meanSimilarity("made");
        const excess = made.value - real.value;
        const reach = Math.hypot(...[real, made].map(({ value, interval }) => interval(1)[1] - value));
        const scales = scalesOf(form.shape as ImageShape);
        return {
          figures: {
            "ms-ssim": { value: made.value, interval: made.interval(1) },
            "ms-ssim-excess": { value: excess, interval: [excess - reach, excess + reach] },
          },
          protocol: `${made.count} pairs against ${real.count}${WITHIN[by ?? "none"]}, ${scales} of 5 scales`,
          bySight: by === "seen",
        };
      },
    };
  },
});
