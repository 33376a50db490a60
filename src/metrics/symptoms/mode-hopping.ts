// Mode hopping: all of G's samples move together from one part of the data to another, with D behind them (Metz et al. 2017, fig. 2).
// Told by where the mean of the made samples lies along the data's main directions, from one set of samples to the next.

import { type Axis, coarse, placeOf, principalAxes } from "./geometry.ts";
import { type RunSymptom, sampledWatch } from "./watching.ts";

const ABOVE = 0.6;
const AXES = 3;
/** Moves between sets that are judged together. */
const MOVES = 6;

export const modeHopping: RunSymptom = {
  name: "mode-hopping",
  title: "Mode hopping",
  figure:
    "how far the mean of the made samples moves to and fro from one set to the next, in the data's standard deviations, over the last six moves",
  threshold: { above: ABOVE },
  meaning:
    "All made samples move together from one part of the data to another: G runs away from D, and D runs after it.",
  advice: [
    "a lower learning rate for both players",
    "--beta1 0 or 0.5: with momentum both shoot past the balance",
    "a game that is held still: r3gan or wgan-gp, or unrolled, in which G sees D's answer",
    "--ema 0.999: the average of G's weights moves less than G",
  ],
  watch() {
    let axes: readonly Axis[] | undefined;
    return sampledWatch({
      names: Array.from({ length: AXES }, (_, i) => `place-${i + 1}`),
      measure({ made, real, shape }) {
        axes ??= principalAxes(coarse(real, shape), AXES);
        return axes.length === 0 ? undefined : placeOf(coarse(made, shape), axes);
      },
      sets: MOVES + 1,
      judge(places) {
        const value = toAndFro(places);
        return { value, present: value > ABOVE };
      },
    });
  },
};

/** The way from each place to the next, less the way from the first to the last, for one move; distances over √(number of axes). */
export function toAndFro(places: readonly (readonly number[])[]): number {
  const distance = (a: readonly number[], b: readonly number[]) =>
    Math.hypot(...a.map((x, i) => x - b[i])) / Math.sqrt(a.length);
  const moves = places.slice(1).map((place, i) => distance(place, places[i]));
  const way = moves.reduce((sum, move) => sum + move, 0);
  return (way - distance(places[0], places[places.length - 1])) / moves.length;
}
