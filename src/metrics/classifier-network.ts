// The network of the default extractor, as a recipe that the engine trains: strided convolutions with batch norm (Ioffe & Szegedy 2015),
// a hidden layer whose activations are the features, and logits of the classes or of the attributes.

import { labelCount } from "../data/index.ts";
import { concat, type Shape, type Tensor } from "../graph/index.ts";
import { binaryCrossEntropy, crossEntropy } from "../losses/index.ts";
import type { NetworkSpec } from "../networks/index.ts";
import { applyModule, batchNorm, conv2d, flatten, linear, type Module, relu, sequential } from "../nn/index.ts";
import { adam, cosineSchedule } from "../optim/index.ts";
import { defineRecipe, integer, minimize } from "../recipes/index.ts";

/** Numbers in the hidden layer. */
export const FEATURES = 128;

/** The least and largest width and height of images that the network is built for. */
export const SIZES = { min: 8, max: 256 } as const;

/** Images in a batch. */
export const BATCH = 64;

/** Channels after each halving; the last from there on. */
const WIDTHS = [16, 32, 64, 128];
/** Feature maps are halved until no side is longer, at least three times, so that the hidden layer stays small. */
const LAST_SIDE = 4;

/** What it says of n images: the hidden layer's activations [n, 128], and a logit for each class or attribute [n, K]. */
interface Said {
  readonly features: Tensor;
  readonly logits: Tensor;
}

/** An image [n, C, H, W] → features and logits. */
function classifier([channels, height, width]: Shape, outputs: number): NetworkSpec<readonly [Tensor], Said> {
  const layers: Module[] = [];
  let [inputs, h, w] = [channels, height, width];
  for (let i = 0; i < 3 || (Math.max(h, w) > LAST_SIDE && Math.min(h, w) > 1); i++) {
    const next = WIDTHS[Math.min(i, WIDTHS.length - 1)];
    const halve = conv2d(inputs, next, { kernel: 4, stride: 2, padding: 1, bias: false });
    layers.push(halve, batchNorm(next), relu());
    [inputs, h, w] = [next, Math.floor(h / 2), Math.floor(w / 2)];
  }
  const main = sequential(...layers, flatten(), linear(inputs * h * w, FEATURES), relu());
  const head = linear(FEATURES, outputs);
  return {
    module: {
      kind: "Network",
      children: { main, head },
      apply: (scope, x: Tensor) => {
        const features = applyModule(main, scope.child("main"), x);
        return { features, logits: applyModule(head, scope.child("head"), features) };
      },
    },
    inputShape: [channels, height, width],
  };
}

/** Learns the labels of pictures: the class, or each attribute by itself. It makes features and logits [n, 128 + K], side by side. */
export const classifierRecipe = defineRecipe({
  name: "classifier",
  title: "Classifier",
  paper: "none",
  about: "tells the classes or attributes of pictures",
  data: { kinds: ["images"], labels: "classes or attributes" },
  batch: BATCH,
  options: { steps: integer(1000, "steps over which the learning rate falls to 0") },
  networks: (_, data) => ({ C: classifier(data.sample, labelCount(data)) }),
  iteration: ({ C }, { draw, data }, { steps }) => [
    minimize(
      () => {
        const { x, y } = draw.labelled();
        const { logits } = C(x);
        return data.classes.length > 0 ? crossEntropy(logits, y) : binaryCrossEntropy(logits, y);
      },
      { over: C, with: adam({ lr: cosineSchedule(1e-3, 0, steps) }) },
    ),
  ],
  makes: {
    said: ({ C }, given) => {
      const { features, logits } = C(given.image());
      return concat([features, logits], 1);
    },
  },
});
