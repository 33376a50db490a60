// Translations beside the truth: how far what is made of a picture is from that picture's true counterpart. As pix2pix's own L1 (Isola et
// al. 2017, §3.1) and by SSIM (Wang et al. 2004), beside what leaving the picture as it is would give.

import { sizeOf } from "../graph/index.ts";
import { meanOf } from "./estimates.ts";
import { requireFinite } from "./finite.ts";
import { requireCounts } from "./gathered.ts";
import { defineMetric } from "./metric.ts";
import { type ImageShape, ssim } from "./ssim.ts";

const NAME = "counterpart";
/** Of values in [−1, 1], moved to start at 0. */
const RANGE = 2;

export const counterpart = defineMetric({
  name: NAME,
  title: "Distance from the true counterpart",
  paper: "arXiv:1611.07004",
  about: "How far translations are from the truth, where it is known: of held-out pairs, or of pairs never told.",
  of: ["images"],
  needs: ["counterparts"],
  compares: false,
  figures: {
    "counterpart-l1": {
      ...{ title: "L1 from the counterpart", better: "lower" },
      about: "Mean absolute difference, pixels running from −1 to 1: 0 is the counterpart itself, 2 its negative.",
    },
    "counterpart-ssim": {
      ...{ title: "SSIM with the counterpart", better: "higher" },
      about: "Structural similarity: 1 is the counterpart itself.",
    },
    "counterpart-unchanged": {
      ...{ title: "L1 of leaving pictures unchanged", better: "lower" },
      about:
        "The same L1 of the given pictures themselves, where both sides have one form: what a translation must beat.",
    },
  },
  options: {},
  begin(form) {
    requireCounts(NAME, form, { real: 0, made: 2 });
    const { shape, input } = form;
    const size = sizeOf(shape);
    const isOneForm = input?.join() === shape.join();
    const [distances, similarities, unchanged]: number[][] = [[], [], []];
    return {
      add(side, { count, values, inputs, counterparts }) {
        if (inputs === undefined || counterparts === undefined) throw new Error(`${NAME}: given no counterparts`);
        requireFinite(values, { metric: NAME, side, size, before: distances.length });
        for (let i = 0; i < count; i++) {
          const one = (all: Float32Array) => all.subarray(i * size, (i + 1) * size);
          const truth = one(counterparts);
          distances.push(meanDistance(one(values), truth));
          similarities.push(ssim(fromZero(one(values)), fromZero(truth), shape as ImageShape, RANGE));
          if (isOneForm) unchanged.push(meanDistance(one(inputs), truth));
        }
      },
      finish() {
        const figure = (all: readonly number[]) => {
          const { value, interval } = meanOf(all);
          return { value, interval: interval(1) };
        };
        return {
          figures: {
            "counterpart-l1": figure(distances),
            "counterpart-ssim": figure(similarities),
            ...(isOneForm && { "counterpart-unchanged": figure(unchanged) }),
          },
          protocol: `${distances.length.toLocaleString("en-US")} pairs, pixels from −1 to 1, SSIM at one scale`,
        };
      },
    };
  },
});

function meanDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i] - b[i]);
  return sum / a.length;
}

const fromZero = (image: Float32Array): Float32Array => image.map((value) => value + 1);
