// StarGAN against PyTorch: second derivatives of strided convolutions, the labels' maps, instance norm with gains, both kinds of labels.

import { cpu } from "../../src/runtime/index.node.ts";
import { testParity } from "./suite.ts";

const lr = 2e-3;

/**
 * The middle taps of the first convolution, over the labels' maps, add a constant that instance norm takes out again: their true gradient
 * is 0, and Adam makes steps of about lr of its rounding noise, two of them here. That the others' gradients are PyTorch's is held by the
 * moments, which are compared in full.
 */
const noise = { "G.main.0.weight": 4 * lr };

testParity(
  {
    stargan: {
      recipe: "stargan",
      options: { lr, width: 3, blocks: 1, nCritic: 2 },
      data: { kind: "images", sample: [3, 16, 16], classes: ["one", "two", "three"] },
      batch: 4,
      noise,
    },
    "stargan-attributes": {
      recipe: "stargan",
      options: { lr, width: 2, blocks: 2, nCritic: 1, decayFrom: 1, decayTo: 3 },
      data: { kind: "images", sample: [1, 12, 12], classes: [], attributes: ["hat", "smile"] },
      batch: 4,
      noise,
    },
  },
  cpu,
);
