// Mode collapse: G makes the same few things whatever z says. Told by the distances between made samples, held against those between
// real ones; samples that are copies of each other count as one thing.

import { coarse, type Distances, distancesAmong } from "./geometry.ts";
import { median, type RunSymptom, sampledWatch } from "./watching.ts";

const BELOW = 0.12;
/** Of the usual distance from a real sample to the nearest other: nearer made samples are copies. */
const COPY = 0.05;

export const modeCollapse: RunSymptom = {
  name: "mode-collapse",
  title: "Mode collapse",
  figure:
    "mean distance between two made samples over that between two real ones, times the share that are no copy of another; median of five sets",
  threshold: { below: BELOW },
  meaning:
    "G makes nearly the same sample again and again: it has found a few that D accepts and left the rest of the data out.",
  advice: [
    "a lower learning rate, above all for G, or fewer steps of G for each of D",
    "a game made against it: r3gan, wgan-gp, unrolled or pacgan (--pack 2)",
    "a larger batch, so that D sees how alike they are",
    "more numbers in z (--z-dim), where it has only a few",
  ],
  watch() {
    let real: Distances | undefined;
    return sampledWatch({
      names: ["diversity"],
      measure({ made, real: data, shape }) {
        real ??= distancesAmong(coarse(data, shape));
        return real.mean > 0 ? [diversity(distancesAmong(coarse(made, shape)), real)] : undefined;
      },
      sets: 5,
      judge(sets) {
        const values = sets.map(([value]) => value);
        const value = median(values);
        // A G that has just begun makes blobs, each set less alike than the one before.
        const rising = values.every((each, i) => i === 0 || each > values[i - 1]);
        return { value, present: value < BELOW && !rising };
      },
    });
  },
};

function diversity(made: Distances, real: Distances): number {
  const near = COPY * median([...real.nearest]);
  const copies = made.nearest.filter((distance) => distance < near).length;
  return (made.mean / real.mean) * (1 - copies / made.nearest.length);
}
