// PacGAN: packs as torch.cat lays them side by side. See record/pacgan.py.

import { cpu } from "../../src/runtime/index.node.ts";
import { testParity } from "./suite.ts";

testParity(
  {
    pacgan: {
      recipe: "pacgan",
      data: { kind: "images", sample: [3, 16, 16], classes: [] },
      batch: 8,
      options: { width: 4, zDim: 5 },
    },
    "pacgan-points": {
      recipe: "pacgan",
      data: { kind: "points", sample: [2], classes: [] },
      batch: 12,
      options: { hidden: [8, 8], zDim: 4, pack: 3 },
    },
  },
  cpu,
);
