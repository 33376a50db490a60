// Classification accuracy score (Ravuri & Vinyals 2019, "Classification Accuracy Score for Conditional Generative Models"): a classifier
// that has seen made samples alone is tried on real ones. It falls with whatever the samples lack: quality, variety, or the right label.
// The reverse, trained on real samples and tried on made ones, sees quality and labels and not variety: Shmelkov et al. (2018), "How
// Good Is My GAN?", where the two are GAN-train and GAN-test.

import { requireCounts } from "./gathered.ts";
import { gatherLabelled, partOf, taught, textOf } from "./labelled.ts";
import { defineMetric } from "./metric.ts";

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
    const sides = { real: gatherLabelled(NAME, counts.real, shape), made: gatherLabelled(NAME, counts.made, shape) };
    return {
      add: (side, observed) => sides[side].add(side, observed),
      async finish() {
        const real = sides.real.all("real");
        const made = sides.made.all("made");
        const half = Math.floor(real.labels.length / 2);
        const [first, second] = [partOf(real, 0, half), partOf(real, half, real.labels.length)];
        return {
          figures: {
            cas: await taught(classifier, made, real),
            "cas-reverse": await taught(classifier, real, made),
            "cas-real": await taught(classifier, first, second),
          },
          protocol: `trained on ${textOf(made)} made, tried on ${textOf(real)} real; reversed; ${textOf(first)} real on ${textOf(second)}`,
        };
      },
    };
  },
});
