// Players for learning from few labels: D is a classifier, with or without a class for what G makes. Fully connected ones of Salimans et
// al. (2016), as their reference code for MNIST has them, and DCGAN's, which Odena (2016) took.

import { labelCount, type SampleForm } from "../data/index.ts";
import { type Shape, sizeOf, type Tensor } from "../graph/index.ts";
import {
  applyModule,
  batchNorm,
  conv2d,
  flatten,
  leakyRelu,
  linear,
  type Module,
  named,
  normal,
  sequential,
  softplus,
  tanh,
  unflatten,
  weightNorm,
} from "../nn/index.ts";
import { type ConditionalSpec, conditioned } from "./conditional.ts";
import { dcganGenerator } from "./dcgan.ts";
import type { NetworkSpec, Prior } from "./network.ts";
import { stagesOf } from "./stages.ts";

/** What D says of n samples: logits of their classes [n, K] and, where it has one, of the class of fakes [n]; and from what it says so. */
export interface Classification {
  readonly classes: Tensor;
  readonly fake?: Tensor;
  /** [n, m]: the features that the logits are linear in. */
  readonly features: Tensor;
}

/** D(x), or D(x, noise for the input of each linear layer in turn). */
export type ClassifierSpec = NetworkSpec<readonly [Tensor, ...Tensor[]], Classification>;

interface ClassifierOptions {
  /** Shape of one sample. */
  readonly sample: Shape;
  /** K. */
  readonly classes: number;
  /** Whether there is a K + 1st output, for fakes. */
  readonly fakeClass: boolean;
}

const outputs = ({ classes, fakeClass }: ClassifierOptions): number => classes + (fakeClass ? 1 : 0);

function classification(features: Tensor, logits: Tensor, { classes, fakeClass }: ClassifierOptions): Classification {
  const [n] = logits.shape;
  if (!fakeClass) return { classes: logits, features };
  const fake = logits.slice([0, classes], [n, 1]).reshape([n]);
  return { classes: logits.slice([0, 0], [n, classes]), fake, features };
}

/**
 * A sample [n, ...sample] → linear layers with weight norm and ReLU → its class. Noise [n, inputs], where it is given, is added to what
 * enters a layer. Only the logits' gain is learned; the others are √2, which keeps the size of what passes through, where the reference
 * measured them on a first batch of the data.
 */
export function mlpClassifier({
  hidden,
  ...options
}: ClassifierOptions & { readonly hidden: readonly number[] }): ClassifierSpec {
  const widths = [sizeOf(options.sample), ...hidden, outputs(options)];
  const layers = widths.slice(1).map((width, i) => {
    const layer = linear(widths[i], width, { init: normal(0, 0.1) });
    return i < hidden.length ? weightNorm(layer, { gain: Math.SQRT2, fixed: true }) : weightNorm(layer);
  });
  return {
    module: {
      kind: "Network",
      children: Object.fromEntries(layers.map((layer, i) => [String(i), layer])),
      apply: (scope, x: Tensor, ...noise: Tensor[]) => {
        const enter = (h: Tensor, i: number) =>
          applyModule(layers[i], scope.child(String(i)), i < noise.length ? h.add(noise[i]) : h);
        const features = hidden.reduce((h, _, i) => enter(h, i).relu(), x.flatten());
        return classification(features, enter(features, hidden.length), options);
      },
    },
    inputShape: options.sample,
  };
}

/** An image [n, C, size, size] → DCGAN's feature maps, halved down to base × base → its class. */
export function dcganClassifier({
  width,
  eps,
  ...options
}: ClassifierOptions & {
  /** Channels of the first feature map; each halving doubles them. */
  readonly width: number;
  /** Batch norm's ε. */
  readonly eps: number;
}): ClassifierSpec {
  const { base, doublings } = stagesOf("dcgan", options.sample);
  const init = normal(0, 0.02);
  const layers: Module[] = [];
  let [channels] = options.sample;
  for (let i = 0; i < doublings; i++) {
    const next = width * 2 ** i;
    const norm = i === 0 ? [] : [batchNorm(next, { eps, init: normal(1, 0.02) })];
    layers.push(
      conv2d(channels, next, { kernel: 4, stride: 2, padding: 1, bias: false, init }),
      ...norm,
      leakyRelu(0.2),
    );
    channels = next;
  }
  const main = sequential(...layers, flatten());
  const head = linear(channels * base * base, outputs(options), { init });
  return {
    module: {
      kind: "Network",
      children: { main, head },
      apply: (scope, x: Tensor) => {
        const features = applyModule(main, scope.child("main"), x);
        return classification(features, applyModule(head, scope.child("head"), features), options);
      },
    },
    inputShape: options.sample,
  };
}

/** z [n, zDim] → linear layers with batch norm and softplus → an image [n, ...sample] by a layer with weight norm and tanh. */
export function softplusGenerator({
  zDim,
  hidden,
  sample,
  prior,
  eps,
}: {
  readonly zDim: number;
  readonly hidden: readonly number[];
  readonly sample: Shape;
  readonly prior: Prior;
  /** Batch norm's ε. */
  readonly eps: number;
}): NetworkSpec {
  const widths = [zDim, ...hidden];
  const layers = hidden.flatMap((width, i) => [
    linear(widths[i], width, { bias: false }),
    batchNorm(width, { eps }),
    softplus(),
  ]);
  const model = sequential(...layers, weightNorm(linear(widths.at(-1)!, sizeOf(sample))), tanh());
  return { module: named("model", model, { after: unflatten(sample) }), inputShape: [zDim], prior };
}

export interface ClassifierPlayersOptions {
  readonly networks: "mlp" | "dcgan";
  /** Whether G is told a class [n, K], and D has a K + 1st for fakes. */
  readonly fakeClass: boolean;
  readonly zDim: number;
  readonly prior: Prior;
  /** Of dcgan: channels of the largest feature map. */
  readonly width: number;
  /** Of mlp: hidden layers. */
  readonly hiddenG: readonly number[];
  readonly hiddenD: readonly number[];
  /** Batch norm's ε. */
  readonly eps: number;
}

/** G, z [n, zDim] and maybe y [n, K] → an image, and D, an image and maybe noise for mlp's layers → its class. */
export function classifierPlayers(
  { networks, fakeClass, zDim, prior, width, hiddenG, hiddenD, eps }: ClassifierPlayersOptions,
  data: SampleForm,
): { readonly G: ConditionalSpec; readonly D: ClassifierSpec } {
  const { sample } = data;
  const classes = labelCount(data);
  const from = { zDim: zDim + (fakeClass ? classes : 0), prior, eps };
  const to = { sample, classes, fakeClass };
  const [G, D] =
    networks === "mlp"
      ? [softplusGenerator({ ...from, hidden: hiddenG, sample }), mlpClassifier({ ...to, hidden: hiddenD })]
      : [
          dcganGenerator({ ...from, width, image: sample, output: "tanh", upsample: "deconv" }),
          dcganClassifier({ ...to, width, eps }),
        ];
  return { G: conditioned(G, [zDim]), D };
}
