// Modes of stacked digits: a classifier of grey pictures tells the class of each colour channel, and the three make one of K³ modes
// (Metz et al. 2017, unrolled GANs, §3.3; Lin et al. 2018, PacGAN, §4.2). Real stacks of MNIST do not have a KL of 0: 26,000 even
// ones have 0.0192 by chance, and as digits are not equally many, 0.0043 more.

import { requireFinite } from "./finite.ts";
import { requireCounts } from "./gathered.ts";
import { klFloor, klFromUniform } from "./histogram.ts";
import { defineMetric } from "./metric.ts";

/** Channels, each with a class. */
const HEIGHT = 3;

export const stackedModes = defineMetric({
  name: "stacked-modes",
  title: "modes of stacks",
  paper: "arXiv:1611.02163",
  about:
    "On stacks of three grey pictures: how many of the K³ combinations of classes are made, and how evenly; usually of 26,000 samples.",
  of: ["images"],
  needs: ["logits", "stacks"],
  compares: false,
  figures: {
    "stacked-modes": {
      title: "modes of stacks",
      better: "higher",
      about: "Combinations of classes that some sample has.",
    },
    "stacked-kl": {
      ...{ title: "KL from uniform", better: "lower" },
      about: "Divergence in nats of the samples' combinations from an even distribution.",
    },
  },
  options: {},
  begin(form) {
    const { classes = [] } = form;
    const count = form.counts.made;
    const known = classes.length ** HEIGHT;
    requireCounts("stacked-modes", form, { real: 0, made: known }); // fewer cannot have all modes
    const seen = new Float64Array(known);
    let before = 0;
    return {
      add(side, { count: n, logits }) {
        if (logits?.length !== n * HEIGHT * classes.length) {
          throw new Error(
            `stacked-modes: ${n} samples came with ${logits?.length} logits, not ${HEIGHT} of each class`,
          );
        }
        requireFinite(logits, { metric: "stacked-modes", side, size: HEIGHT * classes.length, before });
        before += n;
        for (let i = 0; i < n; i++) {
          let mode = 0;
          for (let c = 0; c < HEIGHT; c++)
            mode = mode * classes.length + largest(logits, i * HEIGHT + c, classes.length);
          seen[mode]++;
        }
      },
      finish: () => ({
        figures: {
          "stacked-modes": { value: seen.filter((n) => n > 0).length },
          "stacked-kl": { value: klFromUniform(seen) },
        },
        protocol: `${count.toLocaleString("en-US")} samples; KL by chance ${Number(klFloor(known, count).toPrecision(3))}`,
      }),
    };
  },
});

/** The place of the largest number in a row [size]. */
function largest(rows: Float32Array, row: number, size: number): number {
  let place = 0;
  for (let k = 1; k < size; k++) if (rows[row * size + k] > rows[row * size + place]) place = k;
  return place;
}
