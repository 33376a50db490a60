// FusionGAN against PyTorch: the minimum over overlapping windows of D's map, and fusions of fusions.

import { cpu } from "../../src/runtime/index.node.ts";
import { testParity } from "./suite.ts";

const classes = ["one", "two"];
const lr = 1e-3;

/**
 * The bias that ends a block of an encoder's code shifts whole maps, which reflection leaves constant and the next batch norms take out
 * again: its true gradient is 0, and Adam makes steps of about lr of its rounding noise, two of them here. The running means of those
 * batch norms follow it.
 */
const noise = Object.fromEntries([
  ...["identity", "shape"].flatMap((encoder) =>
    [0, 1].flatMap((block) => {
      const bias = `${encoder}.code.${block}.residual.6.bias`;
      return [
        [`G.${bias}`, 4 * lr],
        [`G.adam.m.${bias}`, 1e-6],
        [`G.adam.v.${bias}`, 1e-12],
      ];
    }),
  ),
  ...["identity.code.1.residual", "shape.code.1.residual", "fuse.0.residual", "fuse.0.shortcut"].map((block) => [
    `G.${block}.2.running_mean`,
    2 * lr,
  ]),
]);

testParity(
  {
    fusiongan: {
      recipe: "fusiongan",
      options: { lr, width: 2, minPatch: 3 },
      data: { kind: "images", sample: [1, 16, 16], classes },
      batch: 3,
      noise,
    },
    "fusiongan-all-patches": {
      recipe: "fusiongan",
      options: { lr, width: 1, minPatch: 1, lambdaI: 2, lambdaS1: 5, lambdaS2: 1 },
      data: { kind: "images", sample: [3, 12, 12], classes },
      batch: 3,
      noise,
    },
  },
  cpu,
);
