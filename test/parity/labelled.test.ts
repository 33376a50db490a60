// CGAN, ACGAN and SGAN against PyTorch: see record/labelled.py.

import type { SampleForm } from "../../src/data/index.ts";
import { cpu } from "../../src/runtime/index.node.ts";
import { type Recorded, testParity } from "./suite.ts";

const names = (count: number) => Array.from({ length: count }, (_, i) => `class ${i}`);
const images = (sample: readonly number[], classes: number): SampleForm => {
  return { kind: "images", sample, classes: names(classes) };
};
const grey = [1, 16, 16];
const colour = [3, 16, 16];

const recorded: Readonly<Record<string, Recorded>> = {
  cgan16: { recipe: "cgan", data: images(grey, 3), batch: 4, options: { zDim: 5, width: 2, weightDecay: 2.5e-3 } },
  "cgan28-attributes": {
    recipe: "cgan",
    data: { ...images([1, 28, 28], 0), attributes: ["hat", "smile"] },
    batch: 4,
    options: { zDim: 3, width: 1, dSteps: 2 },
  },
  "cgan-points": {
    recipe: "cgan",
    data: { kind: "points", sample: [2], classes: names(8) },
    batch: 8,
    options: { zDim: 4, hidden: [12, 10], loss: "saturating" },
  },
  acgan16: { recipe: "acgan", data: images(colour, 3), batch: 4, options: { zDim: 5, widthG: 4, widthD: 1 } },
  acgan28: {
    recipe: "acgan",
    data: images([1, 28, 28], 2),
    batch: 2,
    options: { zDim: 4, widthG: 2, widthD: 1, dropout: 0.25, classWeight: 0.3, loss: "saturating" },
  },
  "sgan-fake-class": { recipe: "sgan", data: images(colour, 3), batch: 4, options: { zDim: 5, width: 4 } },
  "sgan-fake-class-mlp": {
    recipe: "sgan",
    data: images(grey, 3),
    batch: 4,
    options: { networks: "mlp", zDim: 5, hiddenG: [9, 8], hiddenD: [10, 7], unlabelledWeight: 0.4 },
  },
  "sgan-feature-matching": {
    recipe: "sgan",
    data: images(grey, 4),
    batch: 6,
    options: { form: "feature-matching", prior: "uniform", zDim: 5, hiddenG: [9, 8], hiddenD: [10, 7, 6] },
  },
  "sgan-feature-matching-dcgan": {
    recipe: "sgan",
    data: images(grey, 3),
    batch: 4,
    options: { form: "feature-matching", networks: "dcgan", zDim: 5, width: 3 },
  },
};

testParity(recorded, cpu);
