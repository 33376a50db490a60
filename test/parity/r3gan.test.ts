// R3GAN: the second derivatives of R1 and R2 through grouped convolutions and resampling. See record/r3gan.py.

import { cpu } from "../../src/runtime/index.node.ts";
import { testParity } from "./suite.ts";

const played = { recipe: "r3gan" } as const;
const rates = { gamma: 2, lr: 2e-3, beta2: 0.9 };

testParity(
  {
    r3gan: {
      ...played,
      data: { kind: "images", sample: [3, 16, 16], classes: [] },
      batch: 4,
      options: { ...rates, width: 8, cardinality: 4, zDim: 7 },
    },
    "r3gan-schedules": {
      ...played,
      data: { kind: "images", sample: [1, 64, 64], classes: [] },
      batch: 2,
      options: {
        ...rates,
        width: 4,
        cardinality: 2,
        zDim: 5,
        schedule: "cosine",
        decay: 4,
        lrEnd: 5e-4,
        gammaEnd: 0.2,
      },
    },
  },
  cpu,
);
