// Augmentation: does a classifier that has few real samples learn more with made ones beside them? The claim of generators that are told
// the class (Odena et al. 2017; Antoniou et al. 2017, "Data Augmentation Generative Adversarial Networks"), on held-out real samples.

import { integer } from "../recipes/index.ts";
import { requireCounts } from "./gathered.ts";
import { gatherLabelled, partOf, taught, textOf, together } from "./labelled.ts";
import { defineMetric } from "./metric.ts";

const NAME = "augmentation";
/** The fewest held-out samples, for each class. */
const LEAST = 10;

export const augmentation = defineMetric({
  name: NAME,
  title: "Augmentation",
  paper: "arXiv:1610.09585",
  about: "Whether made samples help: a classifier learns from a few real ones, with made ones and without.",
  of: ["images"],
  needs: ["labels", "classifier"],
  compares: true,
  figures: {
    augmented: {
      ...{ title: "Accuracy with made samples", better: "higher" },
      about: "Share of held-out real samples told by a classifier of a few real and all made samples.",
    },
    unaugmented: {
      ...{ title: "Accuracy without them", better: "higher" },
      about: "Share of held-out real samples told by a classifier of the same few real samples alone.",
    },
  },
  options: { few: integer(10, "real samples of each class to learn from, on average") },
  begin(form, { few }) {
    const { shape, labels: classes, counts, classifier } = form;
    if (classifier === undefined) throw new Error(`${NAME}: begun without the classifier that it needs`);
    const learned = few * classes.length;
    requireCounts(NAME, form, { real: learned + LEAST * classes.length, made: LEAST * classes.length });
    const sides = {
      real: gatherLabelled(NAME, counts.real, shape),
      made: gatherLabelled(NAME, counts.made, shape),
    };
    return {
      add: (side, observed) => sides[side].add(side, observed),
      async finish() {
        const [real, made] = [sides.real.all("real"), sides.made.all("made")];
        const [own, heldOut] = [partOf(real, 0, learned), partOf(real, learned, real.labels.length)];
        return {
          figures: {
            augmented: await taught(classifier, together(own, made), heldOut),
            unaugmented: await taught(classifier, own, heldOut),
          },
          protocol: `${textOf(own)} real, with ${textOf(made)} made and without; tried on ${textOf(heldOut)} real`,
        };
      },
    };
  },
});
