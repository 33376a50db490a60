// Missing classes: of pictures with classes, G makes some of them only. A judge tells the classes of made pictures by the real ones
// nearest to them. As long as those of most are not clear, as at the beginning of any training, nothing is said: what looks like no class
// more than like another is no evidence. A G that is told classes is held against those that it was told, and the same figure then says
// whether it obeys.

import { sizeOf } from "../../graph/index.ts";
import type { ClassJudge, Finding } from "../symptom.ts";
import { lastOf, median, type RunSymptom, sampledWatch } from "./watching.ts";

const BELOW = 0.75;
/** Made samples of a class, for each that there should be, from which on it is found. */
const FOUND = 0.25;
/** Of the made samples, those whose class is to be clear. */
const CLEAR = 0.5;
const SETS = 5;
/** Before a class's name, in metrics.jsonl. */
const CLASS = "samples/class/";

/** By "samples/class/NAME": its share of the made samples over what that should be. 1 as it should be, 0 where there is none. */
type Histogram = Readonly<Record<string, number>>;

export const missingClasses: RunSymptom = {
  name: "missing-classes",
  title: "Missing classes",
  figure:
    "share of the data whose class G makes at least a quarter as often as it should, pictures of which it is not clear counting half; median of five sets",
  threshold: { below: BELOW },
  meaning: "G leaves out whole classes of the data: what it makes may be good and varied, and never is of those.",
  advice: [
    "a game made against it: r3gan, wgan-gp, unrolled or pacgan (--pack 2)",
    "a recipe whose G is told what to make: cgan or acgan",
    "a lower learning rate, or a larger batch, so that D sees which classes are missing",
    "a longer training, where classes come one by one",
  ],
  watch() {
    const remember = lastOf<Histogram>(SETS);
    let recent: readonly Histogram[] = [];
    let newest: Histogram = {};
    const hear = (histogram: Histogram) => {
      newest = histogram;
      if (Object.keys(histogram).length > 0) recent = remember(histogram);
    };
    const watch = sampledWatch({
      names: ["classes"],
      measure({ made, shape, classes, told }) {
        if (classes === undefined || typeof classes === "string") return classes;
        const { counts, clear } = classes.tally(made);
        const all = made.length / sizeOf(shape);
        if (clear < CLEAR * all) return `made pictures whose class is clear: of ${all}, ${clear} are`;
        const { names } = classes;
        const shares = told === undefined ? classes.shares : sharesOf(told, names.length);
        hear(histogramOf(counts, { names, shares }));
        return [shareFound(newest, { names, shares })];
      },
      sets: SETS,
      judge(sets) {
        const value = median(sets.map(([each]) => each));
        return { value, present: value < BELOW };
      },
    });
    const withNames = (finding: Finding | undefined) => finding && { ...finding, ...missingIn(recent) };
    return {
      ...watch,
      step(seen) {
        hear(Object.fromEntries(Object.entries(seen.metrics).filter(([name]) => name.startsWith(CLASS))));
        return withNames(watch.step(seen));
      },
      samples(seen) {
        newest = {};
        return withNames(watch.samples(seen));
      },
      noted: () => ({ ...watch.noted(), ...newest }),
    };
  },
};

/** Classes, and the share that each should have. */
type Wanted = Pick<ClassJudge, "names" | "shares">;

const sharesOf = (told: Int32Array, classes: number): number[] =>
  Array.from({ length: classes }, (_, place) => told.filter((each) => each === place).length / told.length);

function histogramOf(counts: readonly number[], { names, shares }: Wanted): Histogram {
  const all = counts.reduce((sum, count) => sum + count, 0);
  return Object.fromEntries(
    names.flatMap((name, place) =>
      shares[place] > 0 ? [[`${CLASS}${name}`, counts[place] / all / shares[place]]] : [],
    ),
  );
}

function shareFound(histogram: Histogram, { names, shares }: Wanted): number {
  const found = names.map((name, place) => (histogram[`${CLASS}${name}`] >= FOUND ? shares[place] : 0));
  return found.reduce((sum, share) => sum + share, 0);
}

/** The classes that most of the sets lack, as a sentence. */
function missingIn(sets: readonly Histogram[]): Pick<Finding, "detail"> {
  const names = Object.keys(sets.at(-1) ?? {});
  const missing = names.filter((name) => median(sets.map((set) => set[name])) < FOUND);
  return missing.length === 0
    ? {}
    : { detail: `Missing: ${missing.map((name) => name.slice(CLASS.length)).join(", ")}.` };
}
