// The run's own D as a classifier: the share of real samples, held out from training, whose class it tells. What semi-supervised GANs are
// trained for (Odena 2016; Salimans et al. 2016, §5), and what ACGAN's D learns beside real or fake (Odena et al. 2017). Nothing is trained
// for it, and no made sample is looked at: CAS is what made samples teach a classifier.

import { InputError } from "../errors/index.ts";
import { requireCounts } from "./gathered.ts";
import { defineMetric } from "./metric.ts";
import { wilson } from "./proportion.ts";

const NAME = "discriminator-accuracy";

export const discriminatorAccuracy = defineMetric({
  name: NAME,
  title: "Accuracy of D",
  paper: "arXiv:1606.01583",
  about: "Whether the run's own D, where it says classes, tells those of real samples that training never saw.",
  of: ["images"],
  needs: ["labels", "discriminator"],
  compares: true,
  figures: {
    "discriminator-accuracy": {
      ...{ title: "Accuracy of D, held out", better: "higher" },
      about: "Share of held-out real samples whose class the run's own D tells.",
    },
  },
  options: {},
  begin(form) {
    requireCounts(NAME, form, { real: 2, made: 0 });
    let [hits, labelled] = [0, 0];
    return {
      add(side, { labels, told }) {
        if (side === "made") return;
        if (labels === undefined || told === undefined) throw new Error(`${NAME}: given samples without classes`);
        for (const [i, label] of labels.entries()) {
          if (label < 0) continue;
          labelled++;
          if (told[i] === label) hits++;
        }
      },
      finish() {
        if (labelled === 0) {
          throw new InputError(
            `--metrics: ${NAME} is of labelled samples, and none of ${form.counts.real} held-out ones has a label. Leave it out.`,
          );
        }
        return {
          figures: { "discriminator-accuracy": { value: hits / labelled, interval: wilson(hits, labelled) } },
          protocol: `of ${labelled.toLocaleString("en-US")} real samples`,
        };
      },
    };
  },
});
