// Classification accuracy score (Ravuri & Vinyals 2019, "Classification Accuracy Score for Conditional Generative Models"): a classifier
// that has seen made samples alone is tried on real ones. It falls with whatever the samples lack: quality, variety, or the right label.
// The reverse, trained on real samples and tried on made ones, sees quality and labels and not variety: Shmelkov et al. (2018), "How
// Good Is My GAN?", where the two are GAN-train and GAN-test.

import { InputError } from "../errors/index.ts";
import { sizeOf } from "../graph/index.ts";
import { requireFinite } from "./finite.ts";
import { requireCounts } from "./gathered.ts";
import { defineMetric, type Figure, type Observed, type Side, type TrainClassifier } from "./metric.ts";
import { wilson } from "./proportion.ts";

/** Images [n, ...shape] with their classes [n]. */
interface Labelled {
  readonly images: Float32Array;
  readonly labels: Int32Array;
}

/** The fewest samples of each side, for each class. */
const LEAST = 10;

const NAME = "cas";

export const classificationAccuracy = defineMetric({
  name: NAME,
  title: "CAS",
  paper: "arXiv:1905.10887",
  about: "Whether made samples can stand in for real ones: a classifier trained on the ones is tried on the others.",
  of: ["images"],
  needs: ["labels", "classifier"],
  compares: true,
  figures: {
    cas: {
      ...{ title: "CAS", better: "higher" },
      about: "Share of real samples whose class a classifier tells that was trained on made ones.",
    },
    "cas-reverse": {
      ...{ title: "CAS reversed", better: "higher" },
      about: "Share of made samples in which a classifier trained on real ones sees the class they were made of.",
    },
    "cas-real": {
      ...{ title: "CAS of real samples", better: "higher" },
      about:
        "Share of one half of the real samples told by a classifier trained on the other: about what can be reached.",
    },
  },
  options: {},
  begin(form) {
    const { shape, labels: classes, counts, classifier } = form;
    if (classifier === undefined) throw new Error(`${NAME}: begun without the classifier that it needs`);
    const least = LEAST * classes.length;
    requireCounts(NAME, form, { real: least, made: least });
    const sides = { real: gather(counts.real, shape), made: gather(counts.made, shape) };
    return {
      add: (side, observed) => sides[side].add(side, observed),
      async finish() {
        const real = sides.real.all("real");
        const made = sides.made.all("made");
        const half = Math.floor(real.labels.length / 2);
        const [first, second] = [part(real, 0, half), part(real, half, real.labels.length)];
        return {
          figures: {
            cas: await taught(classifier, made, real),
            "cas-reverse": await taught(classifier, real, made),
            "cas-real": await taught(classifier, first, second),
          },
          protocol: `trained on ${text(made)} made, tried on ${text(real)} real; reversed; ${text(first)} real on ${text(second)}`,
        };
      },
    };
  },
});

const text = ({ labels }: Labelled): string => labels.length.toLocaleString("en-US");

const part = ({ images, labels }: Labelled, start: number, end: number): Labelled => {
  const size = images.length / labels.length;
  return { images: images.subarray(start * size, end * size), labels: labels.subarray(start, end) };
};

/** Keeps what has a label of up to `most` samples. */
function gather(most: number, shape: readonly number[]) {
  const size = sizeOf(shape);
  const images = new Float32Array(most * size);
  const labels = new Int32Array(most);
  let count = 0;
  let before = 0;
  return {
    add(side: Side, { count: n, values, labels: given }: Observed) {
      if (given === undefined) throw new Error(`${NAME}: given samples without labels`);
      requireFinite(values, { metric: NAME, side, size, before });
      before += n;
      for (let i = 0; i < n; i++) {
        if (given[i] < 0) continue;
        images.set(values.subarray(i * size, (i + 1) * size), count * size);
        labels[count++] = given[i];
      }
    },
    /** InputError where too few have a label. */
    all(side: Side): Labelled {
      if (count < 2) {
        throw new InputError(
          `--metrics: ${NAME} learns from labelled samples, and ${count} of ${before} ${side} ones have a label. Leave it out, or give data with labels.`,
        );
      }
      return { images: images.subarray(0, count * size), labels: labels.subarray(0, count) };
    },
  };
}

/** The share of `tried` whose class is told by a classifier trained on `learned`. */
async function taught(train: TrainClassifier, learned: Labelled, tried: Labelled): Promise<Figure> {
  const classifier = await train(learned.images, learned.labels);
  try {
    const told = await classifier.classes(tried.images);
    const hits = told.reduce((sum, label, i) => sum + (label === tried.labels[i] ? 1 : 0), 0);
    return { value: hits / told.length, interval: wilson(hits, told.length) };
  } finally {
    await classifier.close();
  }
}
