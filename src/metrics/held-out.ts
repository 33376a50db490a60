// A labelled set in two parts: what a classifier learns from, and what it is tried on, which it does not see while it learns.

import type { Dataset } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import { stream } from "../random/index.ts";

export interface Parts {
  readonly learned: Dataset;
  readonly heldOut: Dataset;
}

/** Where held-out samples of an endless set begin: far beyond those that a training reaches. */
const FAR_AWAY = 1_000_000_000;
/** Enough to know a share to a standard error of 0.3 points at 98 %, of 0.7 at 90 %. */
const ENDLESS_COUNT = 2000;
const MOST = 10_000;
/** Fewer leave nothing to learn from beside the tenth that is held out. */
export const LEAST_LABELLED = 20;

/** Those classes of a set that some of its samples are of. */
export const filledClasses = ({ classes, empty = [] }: Dataset): readonly string[] =>
  classes.filter((each) => !empty.includes(each));

/** Whether a classifier can be trained on a set: labelled images of two classes and more, or with attributes, enough of them. */
export const canTeach = (dataset: Dataset): boolean =>
  dataset.kind === "images" &&
  (filledClasses(dataset).length > 1 || (dataset.attributes ?? []).length > 0) &&
  (dataset.labelled ?? dataset).count >= LEAST_LABELLED;

/**
 * The parts of a labelled set of images, pictures with captions among them: of an endless set all, and samples from far away; else nine
 * tenths, drawn by the seed, and its `test` part where that has the same labels, the last tenth where not. So what is learned is the same
 * with a test part and without. Closing the parts closes nothing. InputError where there are no images, fewer than two classes or too
 * few samples.
 */
export function partsOf(dataset: Dataset, test: Dataset | undefined, seed: number): Parts {
  const { spec, kind } = dataset;
  if (kind !== "images" && kind !== "captions") {
    throw new InputError(`--data: ${spec} holds ${kind}, and a classifier learns labelled images. Give such a set.`);
  }
  if (dataset.classes.length === 0 && (dataset.attributes ?? []).length === 0) {
    throw new InputError(
      `--data: ${spec} has no labels, and a classifier learns from nothing else. Put each class into a folder of its own, give a set that has labels, or the eyes of another network: --extractor FILE.onnx`,
    );
  }
  const filled = filledClasses(dataset);
  if (dataset.classes.length > 0 && filled.length < 2) {
    const [found, more] =
      dataset.classes.length === 1
        ? [`one class, "${dataset.classes[0]}"`, "two or more"]
        : [
            `pictures of ${filled.length === 1 ? `"${filled[0]}" alone` : "none"} of its ${dataset.classes.length} classes`,
            "those of another",
          ];
    throw new InputError(`--data: ${spec} has ${found}, and a classifier tells classes apart. Give ${more}.`);
  }
  // Of a set whose labels are mostly hidden, those that are not.
  const set = dataset.labelled ?? dataset;
  if (set.count < LEAST_LABELLED) {
    throw new InputError(
      `--data: ${spec} has ${set.count} labelled images, and a classifier needs at least ${LEAST_LABELLED}. Give more.`,
    );
  }
  if (set.count === Number.POSITIVE_INFINITY) {
    return { learned: part(set, set.count), heldOut: part(set, ENDLESS_COUNT, (i) => FAR_AWAY + i) };
  }
  const places = stream(seed, "held out").permutation(set.count);
  const tenth = Math.floor(set.count / 10);
  const learned = part(set, set.count - tenth, (i) => places[tenth + i]);
  if (test === undefined || !sameLabels(test, set)) {
    return { learned, heldOut: part(set, Math.min(tenth, MOST), (i) => places[i]) };
  }
  const inTest = stream(seed, "held out").permutation(test.count);
  return { learned, heldOut: part(test, Math.min(test.count, MOST), (i) => inTest[i]) };
}

const sameLabels = (a: Dataset, b: Dataset): boolean =>
  a.classes.join("\n") === b.classes.join("\n") &&
  (a.attributes ?? []).join("\n") === (b.attributes ?? []).join("\n") &&
  a.shape.join() === b.shape.join();

/** The images of a set at `place(0)`, `place(1)`, …, with their labels. */
function part(of: Dataset, count: number, place = (i: number) => i): Dataset {
  const { spec, shape, classes, attributes, fingerprint } = of;
  return {
    ...{ spec, kind: "images", shape, count, classes, fingerprint },
    ...(attributes !== undefined && { attributes }),
    get problems() {
      return of.problems;
    },
    read: (indices) => of.read(Array.from(indices, place)),
    async close() {},
  };
}
