// What a recipe makes, as a program: from latent vectors, labels, pictures and captions to samples.

import { fieldShape, type SampleForm } from "../data/index.ts";
import { fill, input, type Shape, type Tensor } from "../graph/index.ts";
import { type LoweredModel, type Lowering, lower, writeOnnx } from "../onnx/index.ts";
import type { AnyNetwork, AnyRecipe, Given, OptionValue } from "../recipes/index.ts";
import type { Program } from "../runtime/index.ts";
import { arraysOfBound, bind } from "./bind.ts";
import type { StateArray } from "./state.ts";

/** A recipe with its options, built for data of one form. */
export interface MakerOptions {
  readonly recipe: AnyRecipe;
  readonly options: Readonly<Record<string, OptionValue>>;
  readonly data: SampleForm;
  /** Which of the recipe's makings (default: the first). */
  readonly make?: string | undefined;
}

/** Something a sample is made from. */
export interface MakingInput {
  readonly name: string;
  /** For one sample. */
  readonly shape: Shape;
  readonly source:
    | { readonly kind: "normal" }
    | { readonly kind: "uniform"; readonly low: number; readonly high: number }
    | { readonly kind: "labels" }
    | { readonly kind: "image"; readonly side: "a" | "b" }
    | { readonly kind: "text" };
}

export interface BuiltMaking {
  /** [count, …] */
  readonly image: Tensor;
  readonly inputs: readonly MakingInput[];
  /** Labels of the networks that took part. */
  readonly networks: readonly string[];
  /** The arrays of the run's state that hold their parameters and statistics. */
  readonly arrays: readonly StateArray[];
}

/**
 * The graph of a making for `count` samples. `variable` gives each value of the networks; without it they are parts of the run's
 * arrays.
 */
export function buildMaking(
  { recipe, options, data, make = Object.keys(recipe.makes)[0] }: MakerOptions,
  count: number,
  variable?: (name: string, shape: Shape) => Tensor,
): BuiltMaking {
  const training = recipe.samplesAsTrained === true;
  const specs = recipe.networks(options, data);
  const inputs: MakingInput[] = [];
  const declare = (word: string, shape: Shape, source: MakingInput["source"]): Tensor => {
    const taken = inputs.filter(({ name }) => name === word || name.startsWith(`${word}/`)).length;
    const name = taken === 0 ? word : `${word}/${taken}`;
    inputs.push({ name, shape, source });
    return input(name, [count, ...shape]);
  };
  const uniform = (shape: Shape) =>
    training ? declare("uniform", shape.slice(1), { kind: "uniform", low: 0, high: 1 }) : fill(0);
  const bounds = Object.entries(specs).map(([label, spec]) =>
    bind(label, spec, { training, uniform, ...(variable && { variable }) }),
  );
  const given: Given = {
    prior: ({ label, inputShape }: AnyNetwork) =>
      declare(
        "z",
        inputShape,
        specs[label].prior === "uniform" ? { kind: "uniform", low: -1, high: 1 } : { kind: "normal" },
      ),
    normal: (shape) => declare("noise", shape, { kind: "normal" }),
    labels: () => declare("labels", fieldShape(data, "y"), { kind: "labels" }),
    image: (side = "a") => declare(side, fieldShape(data, side === "a" ? "x" : "b"), { kind: "image", side }),
    text: () => declare("text", fieldShape(data, "t"), { kind: "text" }),
  };
  const networks = Object.fromEntries(bounds.map(({ network }) => [network.label, network]));
  const image = recipe.makes[make](networks, given, options);
  const used = bounds.filter(({ applications }) => applications() > 0);
  return { image, inputs, networks: used.map(({ network }) => network.label), arrays: used.flatMap(arraysOfBound) };
}

/** The networks that take part in any of the recipe's makings. */
export function networksMade(options: Omit<MakerOptions, "make">): string[] {
  const made = Object.keys(options.recipe.makes).flatMap((make) => buildMaking({ ...options, make }, 1).networks);
  return [...new Set(made)];
}

/** A program that makes samples, the weights given at each run. */
export interface CompiledSampler {
  readonly model: LoweredModel;
  readonly program: Program;
  readonly inputs: readonly MakingInput[];
  /** The arrays of the run's state that it is fed. */
  readonly arrays: readonly StateArray[];
  readonly outputShape: Shape;
}

/** A making as a program for `count` samples at a time: its inputs [count, …] → fetch "image" [count, …]. */
export function compileSampler(
  { lowering, ...options }: MakerOptions & { readonly lowering?: Lowering | undefined },
  count: number,
): CompiledSampler {
  const { image, inputs, arrays } = buildMaking(options, count);
  const model = lower({ image }, { ...(lowering && { lowering }) });
  const used = new Set(model.graph.inputs.map(({ name }) => name));
  const feeds = [
    ...arrays.map(({ name, size }) => ({ name, shape: [size] })),
    ...inputs.map(({ name, shape }) => ({ name, shape: [count, ...shape] })),
  ].filter(({ name }) => used.has(name));
  return {
    model,
    program: { model: writeOnnx(model), state: [], feeds, fetches: [{ name: "image", shape: image.shape }] },
    inputs,
    arrays: arrays.filter(({ name }) => used.has(name)),
    outputShape: image.shape,
  };
}
