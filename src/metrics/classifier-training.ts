// Training a classifier: on a labelled set, with its accuracy on images that it has not seen; and on samples in memory, for a metric.

import type { Dataset } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import { sizeOf } from "../graph/index.ts";
import type { Backend } from "../runtime/index.ts";
import {
  buildMaking,
  compileStep,
  compileVariants,
  initialState,
  openStreams,
  Steps,
  tensorsOf,
} from "../train/index.ts";
import {
  type Classifier,
  type ClassifierFacts,
  type ClassifierForm,
  type Device,
  highest,
  makerOf,
  openClassifier,
} from "./classifier.ts";
import { BATCH, SIZES } from "./classifier-network.ts";
import { partsOf } from "./held-out.ts";
import type { TrainClassifier } from "./metric.ts";

/** How far a training is: after a step. */
export interface FitProgress {
  readonly step: number;
  readonly steps: number;
  /** Shown so far, some of them several times. */
  readonly images: number;
  readonly loss: number;
}

interface LearningOptions extends Device {
  /** Batches of 64 to learn from. */
  readonly steps?: number;
  /** Decides the first weights, the order of the images, and which of them are held out. */
  readonly seed?: number;
  /** Told after each step; throwing ends the training with that error. */
  readonly progress?: ((progress: FitProgress) => void) | undefined;
}

export interface FitOptions extends LearningOptions {
  /** The classifier's name: "glyphs-classifier". */
  readonly name: string;
  /** The data's test part: the accuracy is then of that. */
  readonly test?: Dataset | undefined;
}

/** Steps of 64 images and the seed where none are given. */
export const FIT_DEFAULTS = { steps: 1000, seed: 1 } as const;

/**
 * Trains a classifier on a labelled set of images [C, H, W] of 8 to 256 pixels, a tenth of a finite one held out, and tries it on images
 * it has not seen: those of `test`, else the tenth; of an endless set those far away. InputError for other data.
 *
 * @example const classifier = await fitClassifier(glyphs, { name: "glyphs-classifier", backend: cpu, steps: 1000 });
 */
export async function fitClassifier(dataset: Dataset, { name, test, ...options }: FitOptions): Promise<Classifier> {
  const { steps = FIT_DEFAULTS.steps, seed = FIT_DEFAULTS.seed } = options;
  const { learned, heldOut } = partsOf(dataset, test, seed);
  const tensors = await learn(learned, options);
  const { shape, classes, attributes = [] } = learned;
  const tried = await tryOut({ shape, classes, attributes }, tensors, heldOut, options);
  return {
    facts: {
      ...{ name, data: dataset.fingerprint, shape, classes, attributes: classes.length > 0 ? [] : attributes },
      ...{ ...tried, steps, seed },
    },
    tensors,
  };
}

/** The weights after training on all of a set. */
async function learn(dataset: Dataset, options: LearningOptions): Promise<Classifier["tensors"]> {
  const { backend, threads = 0, steps = FIT_DEFAULTS.steps, seed = FIT_DEFAULTS.seed, progress } = options;
  checkSize(dataset.shape);
  const { attributes = [], ...form } = dataset;
  const maker = makerOf({ ...form, attributes }, steps);
  const lowering = await backend.lowering();
  const compile = compileVariants((iteration) => compileStep({ ...maker, batch: BATCH, ema: 0, lowering, iteration }));
  const { state, metrics } = compile(0);
  const loss = metrics.indexOf("loss/C");
  const training = new Steps(compile, backend, { threads, seed, iteration: 0, state: initialState(state, seed) });
  try {
    const streams = await openStreams(dataset, { batch: BATCH, seed, flip: false, positions: training.positions });
    try {
      for (let step = 1; step <= steps; step++) {
        const [{ numbers }] = await training.next(streams);
        progress?.({ step, steps, images: step * BATCH, loss: numbers[loss] });
      }
    } finally {
      await streams.close();
    }
    return tensorsOf(buildMaking(maker, 1).arrays, await training.readState());
  } finally {
    await training.close();
  }
}

function checkSize([, height, width]: readonly number[]): void {
  const { min, max } = SIZES;
  if (Math.min(height, width) >= min && Math.max(height, width) <= max) return;
  throw new InputError(
    `--size: a classifier learns images of ${min} to ${max} pixels, got ${height}×${width}. Pass --size ${height < min ? min : 64}.`,
  );
}

/** Accuracy on a set, its labelled samples alone. InputError where it has none. */
async function tryOut(
  form: ClassifierForm,
  tensors: Classifier["tensors"],
  heldOut: Dataset,
  device: Device,
): Promise<Pick<ClassifierFacts, "accuracy" | "accuracies" | "chance" | "heldOut">> {
  const classifier = await openClassifier({ facts: form, tensors }, device);
  const { classes, attributes } = form;
  const questions = classes.length > 0 ? 1 : attributes.length;
  const right = new Float64Array(questions);
  /** How often each answer to each question is the true one. */
  const answers = Array.from(right, () => new Float64Array(Math.max(2, classes.length)));
  let count = 0;
  try {
    for (let start = 0; start < heldOut.count; start += 500) {
      const indices = Array.from({ length: Math.min(500, heldOut.count - start) }, (_, i) => start + i);
      const { values, labels, attributes: had } = await heldOut.read(indices);
      const { logits } = await classifier.see(values);
      const seen = classes.length > 0 ? highest(logits, classes.length) : logits.map((logit) => (logit > 0 ? 1 : 0));
      const truth = classes.length > 0 ? labels : had!;
      for (const [i, answer] of truth.entries()) {
        if (answer < 0) continue;
        const question = i % questions;
        answers[question][answer]++;
        if (seen[i] === answer) right[question]++;
        if (question === 0) count++;
      }
    }
  } finally {
    await classifier.close();
  }
  if (count === 0) {
    throw new InputError(
      `--data: none of the ${heldOut.count} held-out images of ${heldOut.spec} has a label. Give more labels.`,
    );
  }
  const accuracies = Array.from(right, (each) => each / count);
  return {
    accuracy: mean(accuracies),
    ...(classes.length === 0 && { accuracies }),
    chance: mean(answers.map((each) => Math.max(...each) / count)),
    heldOut: count,
  };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Trains classifiers for a metric: of images of a shape, of so many classes. */
export function trainClassifier(
  backend: Backend,
  {
    shape,
    classes,
    ...options
  }: Omit<LearningOptions, "backend"> & { readonly shape: readonly number[]; readonly classes: readonly string[] },
): TrainClassifier {
  const device = { backend, ...options };
  return async (images, labels) => {
    const tensors = await learn(labelledImages(images, labels, { shape, classes }), device);
    const opened = await openClassifier({ facts: { shape, classes, attributes: [] }, tensors }, device);
    return {
      classes: async (others) => highest((await opened.see(others)).logits, classes.length),
      close: () => opened.close(),
    };
  };
}

/** Images [n, ...shape] in memory, with their classes. */
function labelledImages(
  images: Float32Array,
  labels: Int32Array,
  { shape, classes }: Pick<ClassifierForm, "shape" | "classes">,
): Dataset {
  const size = sizeOf(shape);
  return {
    ...{ spec: "images in memory", kind: "images", shape, classes, count: labels.length },
    ...{ fingerprint: "memory", problems: [] },
    async read(indices) {
      const values = new Float32Array(indices.length * size);
      for (let k = 0; k < indices.length; k++) {
        values.set(images.subarray(indices[k] * size, (indices[k] + 1) * size), k * size);
      }
      return { values, labels: Int32Array.from(indices, (index) => labels[index]) };
    },
    async close() {},
  };
}
