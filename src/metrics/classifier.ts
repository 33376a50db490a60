// The eyes that need no download: a small classifier, trained on labelled images by the same engine that trains GANs. Its hidden layer
// gives the features, its logits the classes, and its accuracy on held-out images says how far it can be trusted.

import { formOf, type SampleForm } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import { bytesOf, encodeUtf8, type SafeTensor } from "../formats/index.ts";
import { sizeOf } from "../graph/index.ts";
import type { Backend } from "../runtime/index.ts";
import { arraysOf, buildMaking, openSampler, type Sha256 } from "../train/index.ts";
import { BATCH, classifierRecipe, FEATURES } from "./classifier-network.ts";
import type { Extractor } from "./extractor.ts";

/** What is known of a trained classifier, beside its weights. */
export interface ClassifierFacts {
  /** "glyphs-classifier" */
  readonly name: string;
  /** The fingerprint of the data that it learned from. */
  readonly data: string;
  /** Of an image: [C, H, W]. */
  readonly shape: readonly number[];
  /** Names of the classes it tells; empty where it tells attributes. */
  readonly classes: readonly string[];
  readonly attributes: readonly string[];
  /** Share of held-out images whose class it tells; of attributes, the mean over them. */
  readonly accuracy: number;
  /** Of each attribute by itself. */
  readonly accuracies?: readonly number[];
  /** The accuracy of saying the commonest class, or the commoner value of each attribute, of every held-out image. */
  readonly chance: number;
  /** Held-out images that the accuracy rests on. */
  readonly heldOut: number;
  readonly steps: number;
  readonly seed: number;
}

/** A trained classifier, as a file holds it. */
export interface Classifier {
  readonly facts: ClassifierFacts;
  /** Its weights by name: "C.main.0.weight". */
  readonly tensors: ReadonlyMap<string, SafeTensor>;
}

/** Where a classifier computes. */
export interface Device {
  readonly backend: Backend;
  /** Threads for one operator; 0 lets the backend choose (the default). */
  readonly threads?: number;
}

/** What a classifier is built from. */
export type ClassifierForm = Pick<ClassifierFacts, "shape" | "classes" | "attributes">;

/** The recipe, built for data of this form; `steps` matter to its training alone. */
export const makerOf = ({ shape, classes, attributes }: ClassifierForm, steps = 1) => ({
  recipe: classifierRecipe,
  options: { steps },
  data: formOf({ kind: "images", shape, classes, ...(classes.length === 0 && { attributes }) }) satisfies SampleForm,
});

/** A classifier at work. */
export interface OpenClassifier {
  /** Features [n, 128], and logits [n, K] of its classes or attributes, of images [n, C, H, W] in [−1, 1]. */
  see(images: Float32Array): Promise<{ features: Float32Array; logits: Float32Array }>;
  close(): Promise<void>;
}

/** Puts a classifier on a device. InputError where its weights are not those of its form. */
export async function openClassifier(
  { facts, tensors }: Pick<Classifier, "tensors"> & { readonly facts: ClassifierForm },
  { backend, threads = 0 }: Device,
): Promise<OpenClassifier> {
  const maker = makerOf(facts);
  const weights = arraysOf(buildMaking(maker, 1).arrays, tensors, "classifier");
  const sampler = await openSampler(maker, { backend, threads, chunk: BATCH }, async () => weights);
  const labels = sizeOf(sampler.sample) - FEATURES;
  return {
    async see(images) {
      const said = await sampler.generate({ a: images });
      const count = said.length / (FEATURES + labels);
      const features = new Float32Array(count * FEATURES);
      const logits = new Float32Array(count * labels);
      for (let i = 0; i < count; i++) {
        const start = i * (FEATURES + labels);
        features.set(said.subarray(start, start + FEATURES), i * FEATURES);
        logits.set(said.subarray(start + FEATURES, start + FEATURES + labels), i * labels);
      }
      return { features, logits };
    },
    close: () => sampler.close(),
  };
}

/** The place of the largest of each row [n, k]. */
export function highest(rows: Float32Array, k: number): Int32Array {
  return Int32Array.from({ length: rows.length / k }, (_, i) => {
    const row = rows.subarray(i * k, (i + 1) * k);
    return row.indexOf(Math.max(...row));
  });
}

/** Of the way from chance to no error at all, the part that a classifier must go to judge by. */
const LEAST_SKILL = 0.75;

/** Why a classifier's figures are not to be trusted, as one line; undefined where they are. */
export function doubtsAbout({ name, accuracy, chance }: ClassifierFacts): string | undefined {
  const least = chance + LEAST_SKILL * (1 - chance);
  if (accuracy >= least) return undefined;
  return `${name} tells ${percent(accuracy)} of held-out images right, too few to judge by: at least ${percent(least)} where always saying the commonest gives ${percent(chance)}. Train it longer, or give a network that knows more: --extractor FILE.onnx`;
}

/** 0.98765 → "98.8 %" */
export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** A classifier's weights as the bytes that digests are made of, in the order of their names. */
export function weightBytes({ tensors }: Pick<Classifier, "tensors">): Uint8Array[] {
  const named = [...tensors].sort(([a], [b]) => (a < b ? -1 : 1));
  return named.flatMap(([name, { shape, data }]) => [encodeUtf8(`${name} ${shape}\n`), bytesOf(data)]);
}

/** What tells a classifier from others of its name: the first twelve digits of the SHA-256 of its weights. */
export async function fingerprintOf(classifier: Pick<Classifier, "tensors">, sha256: Sha256): Promise<string> {
  return (await sha256(weightBytes(classifier))).slice(0, 12);
}

/**
 * A classifier as the eyes of metrics, on a device. It takes images of the shape it learned from alone; one of attributes tells no classes.
 *
 * @example const extractor = await classifierExtractor(classifier, { backend: cpu, sha256 });
 */
export async function classifierExtractor(
  classifier: Classifier,
  { sha256, ...device }: Device & { readonly sha256: Sha256 },
): Promise<Extractor> {
  const { name, shape, classes, accuracy } = classifier.facts;
  const fingerprint = await fingerprintOf(classifier, sha256);
  const opened = await openClassifier(classifier, device);
  return {
    ...{ name, fingerprint, features: FEATURES, accuracy },
    ...(classes.length > 0 && { classes }),
    protocol: `${shape.join("×")} in [−1, 1], not resized; right on ${percent(accuracy)} of held-out images`,
    async extract(images, given) {
      if (given.join() !== shape.join()) {
        throw new InputError(
          `--extractor: ${name} looks at images of ${shape.join("×")}, got ${given.join("×")}. Train one for those: ganforge train-classifier`,
        );
      }
      const { features, logits } = await opened.see(images);
      return { features, ...(classes.length > 0 && { logits }) };
    },
    close: () => opened.close(),
  };
}
