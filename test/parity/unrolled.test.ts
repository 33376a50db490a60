// Unrolled GAN: G's gradient through D's next steps, Adam's moments and batch norm included. See record/unrolled.py.

import { cpu } from "../../src/runtime/index.node.ts";
import { testParity } from "./suite.ts";

const points = {
  recipe: "unrolled",
  data: { kind: "points", sample: [2], classes: [] },
  batch: 8,
  options: { hidden: [8, 8], zDim: 4, unroll: 4, lrD: 1e-2 },
} as const;

testParity(
  {
    unrolled: points,
    "unrolled-none": { ...points, options: { ...points.options, unroll: 0 } },
    "unrolled-images": {
      recipe: "unrolled",
      data: { kind: "images", sample: [1, 16, 16], classes: [] },
      batch: 6,
      options: { width: 4, zDim: 4, unroll: 2, lrD: 1e-2, loss: "non-saturating" },
    },
  },
  cpu,
);
