// Mode coverage of a mixture of Gaussians in the plane: which modes samples reach, how well they hit them and how evenly (Srivastava
// et al. 2017, VEEGAN, §4.1; Lin et al. 2018, PacGAN, §4.1). A sample is good within 3σ of the centre nearest to it.

import { InputError } from "../errors/index.ts";
import { requireFinite } from "./finite.ts";
import { requireCounts } from "./gathered.ts";
import { klFloor, klFromUniform } from "./histogram.ts";
import { defineMetric, type MetricForm } from "./metric.ts";
import { wilson } from "./proportion.ts";

/** In σ. A round Gaussian in the plane has 1 − e^(−9/2) = 98.9 % of its mass within 3σ, not the 99.7 % of the line. */
const REACH = 3;
/** A mode is held by this part of its fair share of samples. */
const HELD = 0.2;
/** E[r²/2] of r² = x² + y² up to 3σ, in σ²: what is left of the variance of each coordinate where the Gaussian is cut off there. */
const KEPT = 1 - REACH ** 2 / 2 / (Math.exp(REACH ** 2 / 2) - 1);

/** Gaussians of equal mass and the same σ in both coordinates. */
export type Mixture = NonNullable<MetricForm["modes"]>;

export interface ModeFigures {
  /** Modes that a good sample is nearest to. */
  readonly modes: number;
  /** Modes with good samples of at least 20 % of a fair share of all samples. */
  readonly held: number;
  /** % of samples that are good. */
  readonly good: number;
  /** KL in nats of the good samples' modes from the uniform distribution; log K where none is good. */
  readonly reverseKl: number;
  /** Good samples of the emptiest mode, for one of the fullest: 0 where a mode is missed, 1 where all are as full. */
  readonly massRatio: number;
  /** Variance of good samples about their mode's mean, in that of the truth within 3σ; 0 where no mode has two. */
  readonly variance: number;
}

/** Gathers points [n, 2], however many. InputError where two modes are in one place, so that not all could be found. */
function tallyModes({ centres, sigma }: Mixture): { add(points: Float32Array): void; figures(): ModeFigures } {
  refuseTwins({ centres, sigma });
  let count = 0;
  const good = new Float64Array(centres.length);
  /** Sums of (x, y) and of x² + y² over a mode's good samples, from its centre in σ. */
  const sums = new Float64Array(2 * centres.length);
  const squares = new Float64Array(centres.length);
  return {
    add(points) {
      for (let i = 0; i < points.length; i += 2) {
        let nearest = 0;
        let least = Number.POSITIVE_INFINITY;
        for (let k = 0; k < centres.length; k++) {
          const square = ((points[i] - centres[k][0]) / sigma) ** 2 + ((points[i + 1] - centres[k][1]) / sigma) ** 2;
          if (square >= least) continue;
          least = square;
          nearest = k;
        }
        count++;
        if (least >= REACH ** 2) continue;
        good[nearest]++;
        squares[nearest] += least;
        for (let c = 0; c < 2; c++) sums[2 * nearest + c] += (points[i + c] - centres[nearest][c]) / sigma;
      }
    },
    figures() {
      const all = good.reduce((sum, n) => sum + n, 0);
      let within = 0; // Σ |x − mean|² over all modes
      let freedom = 0; // of each coordinate
      for (let k = 0; k < centres.length; k++) {
        if (good[k] < 2) continue;
        within += squares[k] - (sums[2 * k] ** 2 + sums[2 * k + 1] ** 2) / good[k];
        freedom += good[k] - 1;
      }
      return {
        modes: good.filter((n) => n > 0).length,
        held: good.filter((n) => n > 0 && n >= (HELD * count) / centres.length).length,
        good: (100 * all) / count,
        reverseKl: klFromUniform(good),
        massRatio: all > 0 ? Math.min(...good) / Math.max(...good) : 0,
        variance: freedom > 0 ? within / (2 * freedom * KEPT) : 0,
      };
    },
  };
}

/** As in the ring of angles linspace(0, 2π, 8), which has its first mode twice and seven in all. */
function refuseTwins({ centres, sigma }: Mixture): void {
  for (const [i, [x, y]] of centres.entries()) {
    const twin = centres.findIndex(([u, v], j) => j > i && Math.hypot(u - x, v - y) < sigma);
    if (twin < 0) continue;
    throw new InputError(
      `modes: modes ${i} and ${twin} of ${centres.length} are in one place. Give each of them once.`,
    );
  }
}

/**
 * Mode coverage of points [n, 2]. InputError where two of the modes are in one place.
 *
 * @example modesOf(points, findDataset("ring").mixture).held // 8 of 8
 */
export function modesOf(points: Float32Array, mixture: Mixture): ModeFigures {
  const tally = tallyModes(mixture);
  tally.add(points);
  return tally.figures();
}

export const modeCoverage = defineMetric({
  name: "modes",
  title: "mode coverage",
  paper: "arXiv:1705.07761",
  about: "On Gaussians whose places are known: which are found, how well they are hit and how evenly.",
  of: ["points"],
  needs: ["modes"],
  compares: false,
  figures: {
    modes: { title: "modes found", better: "higher", about: "Modes with a sample within 3σ." },
    held: {
      ...{ title: "modes held", better: "higher" },
      about: "Modes with at least 20 % of their fair share of samples within 3σ.",
    },
    good: {
      ...{ title: "high quality, %", better: "target", ideal: 98.889 },
      about: "Samples within 3σ of a mode; a perfect generator has 98.9 %, a higher share means narrower modes.",
    },
    "reverse-kl": {
      ...{ title: "reverse KL", better: "lower" },
      about: "Divergence in nats of good samples' modes from an even distribution.",
    },
    "mass-ratio": {
      ...{ title: "emptiest : fullest mode", better: "higher" },
      about: "Good samples of the emptiest mode for one of the fullest, from 0 to 1.",
    },
    variance: {
      ...{ title: "variance within modes", better: "target", ideal: 1 },
      about: "Of good samples, for 1 of the true Gaussian's within 3σ; below 1, modes are too narrow.",
    },
  },
  options: {},
  begin(form) {
    const { modes: mixture, counts } = form;
    if (mixture === undefined) throw new Error("modes: begun without the modes that it needs");
    const count = counts.made;
    const known = mixture.centres.length;
    requireCounts("modes", form, { real: 0, made: Math.ceil(known / HELD) }); // one sample must not hold a mode
    const tally = tallyModes(mixture);
    let before = 0;
    return {
      add(side, { values }) {
        requireFinite(values, { metric: "modes", side, size: 2, before });
        before += values.length / 2;
        tally.add(values);
      },
      finish() {
        const { modes, held, good, reverseKl, massRatio, variance } = tally.figures();
        const [low, high] = wilson((good * count) / 100, count);
        return {
          figures: {
            modes: { value: modes },
            held: { value: held },
            good: { value: good, interval: [100 * low, 100 * high] },
            "reverse-kl": { value: reverseKl },
            "mass-ratio": { value: massRatio },
            variance: { value: variance },
          },
          protocol: `${count.toLocaleString("en-US")} samples, within 3σ; reverse KL by chance ${Number(klFloor(known, count).toPrecision(2))}`,
        };
      },
    };
  },
});
