// From a caption as numbers to a vector φ [n, size] that players can be told: learned with them from the words, or the caption itself
// where it is a vector already. Words: a convolution over their embeddings, as Kim (2014), "Convolutional Neural Networks
// for Sentence Classification", §2, has it, so that neighbours count in their order; then the mean over the words that are there.

import type { TextForm } from "../data/index.ts";
import type { Tensor } from "../graph/index.ts";
import { type AnyModule, applyModule, batchNorm, conv1d, embedding, type Module } from "../nn/index.ts";
import type { NetworkSpec } from "./network.ts";

/** How captions of one form become φ. */
export interface TextEncoder {
  /** The length of φ. */
  readonly size: number;
  /** Captions [n, words] → φ [n, size]; absent where captions are vectors, which are φ themselves. */
  readonly network?: NetworkSpec;
}

/** Words that one place of the convolution sees. */
const WINDOW = 3;

/** The encoder for captions of this form; `size` is the length of φ where it is learned, vectors keep their own. */
export function textEncoder(text: TextForm, size: number): TextEncoder {
  if (text.kind === "vectors") return { size: text.size };
  return { size, network: { module: wordEncoder(text.vocabulary.length, size), inputShape: [text.words] } };
}

/** Places in a vocabulary, counted from 1, 0 where there is no word: [n, words] → [n, size]. */
function wordEncoder(vocabulary: number, size: number): Module {
  const words = embedding(vocabulary, size);
  const conv = conv1d(size, size, { kernel: WINDOW, padding: (WINDOW - 1) / 2 });
  const norm = batchNorm(size, { affine: false }); // leaves what tells the captions of a batch apart
  return {
    kind: "TextEncoder",
    children: { embedding: words, conv, norm } as unknown as Record<string, AnyModule>,
    apply(scope, t: Tensor) {
      const [n, length] = t.shape;
      // Place 0 is no class of the embedding: its vector is 0.
      const vectors = applyModule(words, scope.child("embedding"), t.reshape([n * length]).sub(1));
      const sentence = vectors.reshape([n, length, size]).transpose([0, 2, 1]); // [n, size, words]
      const features = applyModule(conv, scope.child("conv"), sentence).leakyRelu(0.2);
      const present = t.step().reshape([n, 1, length]);
      const total = features.mul(present).sum([2]); // [n, size]
      return applyModule(norm, scope.child("norm"), total.div(t.step().sum([1], true).maximum(1)));
    },
  };
}
