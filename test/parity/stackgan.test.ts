// StackGAN against PyTorch: two iterations of stage I and two of stage II in one run, and stage I alone told of vectors, its learning
// rate halved every iteration: see record/stackgan.py.

import type { SampleForm } from "../../src/data/index.ts";
import { cpu } from "../../src/runtime/index.node.ts";
import { testParity } from "./suite.ts";

const words: SampleForm["text"] = { kind: "words", words: 4, vocabulary: ["a", "blue", "circle", "red", "square"] };
const small = { conditionSize: 2, zDim: 3, widthG: 4, widthD: 1, residualBlocks: 1 };

testParity(
  {
    stackgan: {
      recipe: "stackgan",
      data: { kind: "captions", sample: [1, 32, 32], classes: [], text: words },
      batch: 4,
      options: { ...small, textSize: 4, stage1Steps: 2 },
      losses: ["loss/D1+E", "loss/G1", "loss/D2", "loss/G2"],
    },
    "stackgan-vectors": {
      recipe: "stackgan",
      data: { kind: "captions", sample: [3, 16, 16], classes: [], text: { kind: "vectors", size: 5 } },
      batch: 4,
      options: { ...small, stages: 1, halveEvery: 1, lambda: 0.5 },
      losses: ["loss/D1", "loss/G1"],
    },
  },
  cpu,
);
