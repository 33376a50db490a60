// SNGAN: weights divided by their spectral norm, and the vectors u and v that power iteration leaves. See record/sngan.py.

import { cpu } from "../../src/runtime/index.node.ts";
import { testParity } from "./suite.ts";

testParity(
  {
    sngan: {
      recipe: "sngan",
      data: { kind: "images", sample: [1, 16, 16], classes: [] },
      batch: 4,
      options: { width: 4, zDim: 5, nDis: 2 },
    },
    "sngan-dcgan": {
      recipe: "sngan",
      data: { kind: "images", sample: [3, 16, 16], classes: [] },
      batch: 4,
      options: { networks: "dcgan", width: 4, zDim: 5, nDis: 1 },
    },
    "sngan-points": {
      recipe: "sngan",
      data: { kind: "points", sample: [2], classes: [] },
      batch: 8,
      options: { hidden: [8, 8], zDim: 3, nDis: 2, pack: 2, decayTo: 4 },
    },
  },
  cpu,
);
