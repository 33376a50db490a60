// Lost modes: where the data lie in groups apart from each other (the modes of a ring, kinds of things), G makes some of them only. Each
// made sample counts for the group of the real one nearest to it, so that samples need not be good, only of every group; the few that a
// continuous G makes on its way from one group to another do not count as a group found.

import { eachDistance, eachDistanceWithin } from "../pairs.ts";
import { Rows } from "../rows.ts";
import type { SamplesSeen } from "../symptom.ts";
import { coarse, distancesAmong, type Vectors } from "./geometry.ts";
import { median, type RunSymptom, sampledWatch } from "./watching.ts";

const BELOW = 0.65;
/** Of the mean distance of two real samples: those that are nearer are of one group, and so is whoever is near one of them. */
const NEAR = 0.25;
/**
 * Share of the real samples that may be groups of their own. Of most pictures nearly all are: by pixels, two of a kind are as far apart
 * as any two, so that which kinds are missing cannot be told from them.
 */
const ALONE = 0.5;
/** Made samples of a group, for each of its real ones, from which on it is found. */
const FOUND = 0.25;

/**
 * Samples from which on a group is seldom missed by chance. Of 200 perfect sets each of the ring, the grid, the moons and the swiss roll,
 * none was below the threshold with 64 samples, two of the grid's at most with 48, up to 19 with 16.
 */
const ENOUGH = 48;

export const lostModes: RunSymptom = {
  name: "lost-modes",
  title: "Lost modes",
  figure:
    "share of the real samples whose group has at least a quarter as many made ones, groups being a quarter of the mean distance of two real samples apart; median of five sets",
  threshold: { below: BELOW },
  meaning: "G leaves out whole groups of the data: what it makes may be good and varied, and never is of those.",
  advice: [
    "a game made against it: r3gan, wgan-gp, unrolled or pacgan (--pack 2)",
    "a lower learning rate, and --beta1 0 or 0.5: a G that jumps forgets",
    "a larger batch, so that D sees which groups are missing",
    "larger networks or a longer training, where groups come one by one",
  ],
  watch() {
    let groups: readonly number[] | string | undefined;
    return sampledWatch({
      names: ["found"],
      measure({ made, real, shape }: SamplesSeen) {
        const vectors = coarse(real, shape);
        groups ??= groupsOf(vectors);
        return typeof groups === "string" ? groups : [shareFound(groups, vectors, coarse(made, shape))];
      },
      sets: 5,
      judge(sets) {
        const value = median(sets.map(([each]) => each));
        return { value, present: value < BELOW };
      },
    });
  },
};

/** Each real sample's group, by a number; what it needs where samples are few, most are alone, or no two groups have more than one. */
function groupsOf(real: Vectors): number[] | string {
  const rows = new Rows(real.size, [real.values]);
  if (rows.count < ENOUGH) return `at least ${ENOUGH} samples, and there are ${rows.count}`;
  const near = NEAR * distancesAmong(real).mean;
  let groups = Array.from({ length: rows.count }, (_, i) => i);
  eachDistanceWithin(rows, (i, j, square) => {
    const [from, to] = [groups[i], groups[j]];
    if (from !== to && square < near * near) groups = groups.map((group) => (group === from ? to : group));
  });
  const sizes = [...countsOf(groups).values()];
  const alone = sizes.filter((size) => size === 1).length;
  const apart = sizes.length - alone > 1 && alone <= ALONE * groups.length;
  return apart ? groups : "real samples in groups apart from each other";
}

function shareFound(groups: readonly number[], real: Vectors, made: Vectors): number {
  const rows = new Rows(made.size, [made.values]);
  const nearest = new Float64Array(rows.count).fill(Number.POSITIVE_INFINITY);
  const groupsOfMade = new Array<number>(rows.count);
  eachDistance(rows, new Rows(real.size, [real.values]), (i, j, square) => {
    if (square >= nearest[i]) return;
    nearest[i] = square;
    groupsOfMade[i] = groups[j];
  });
  const counts = countsOf(groupsOfMade);
  const found = [...countsOf(groups)].filter(([group, size]) => (counts.get(group) ?? 0) >= FOUND * size);
  return found.reduce((sum, [, size]) => sum + size, 0) / groups.length;
}

function countsOf(groups: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const group of groups) counts.set(group, (counts.get(group) ?? 0) + 1);
  return counts;
}
