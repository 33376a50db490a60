// A small graph around one operator, with the numbers to run it on and its derivatives up to the second.

import { grad, input, type OpName, type Shape, sizeOf, type Tensor } from "../../src/graph/index.ts";
import { type RandomStream, stream } from "../../src/random/index.ts";

export interface Case {
  readonly name: string;
  readonly inputs: Readonly<Record<string, Source>>;
  readonly build: (inputs: Readonly<Record<string, Tensor>>) => Tensor;
  /** Inputs through which no gradient passes although the output depends on them smoothly. */
  readonly stopped?: readonly string[];
}

/** A shape, and numbers for it that suit an operator. */
export interface Source {
  readonly shape: Shape;
  fill(out: Float32Array, random: RandomStream): void;
}

export const uniform = (shape: Shape, low = -2, high = 2): Source => ({
  shape,
  fill: (out, random) => random.fillUniform(out, low, high),
});

/** From −2 to 2, at least a quarter away from 0: for kinks at 0. */
export const awayFromZero = (shape: Shape): Source => ({
  shape,
  fill: (out, random) => {
    for (let i = 0; i < out.length; i++) out[i] = (random.uniform() < 0.5 ? -1 : 1) * (0.25 + 1.75 * random.uniform());
  },
});

/** A shuffled ladder whose rungs are a quarter apart, from `first` up: for kinks where two elements are equal. */
export const ladder = (shape: Shape, first = -1): Source => ({
  shape,
  fill: (out, random) =>
    random.permutation(out.length).forEach((rung, i) => {
      out[i] = first + rung / 4;
    }),
});

export const given = (shape: Shape, values: readonly number[]): Source => ({ shape, fill: (out) => out.set(values) });

/** Numbers by input name, with the shapes they are to have. */
export type Feeds = Record<string, { readonly dims: readonly number[]; readonly data: Float32Array }>;

/** A case's graph as a program: its value, and of L = Σ weights·value the first derivatives and those along `direction`. */
export interface Program {
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly feeds: Feeds;
  /** Names of the case's own inputs. */
  readonly names: readonly string[];
}

/**
 * Outputs `value`; `d x` = ∂L/∂x for each input x; `dd x` = ∂S/∂x and `dd weights` = ∂S/∂weights with S = Σₓ ⟨direction x, ∂L/∂x⟩.
 */
export function programOf(op: OpName, { name, inputs, build }: Case): Program {
  const feeds: Feeds = {};
  const declare = (key: string, source: Source): Tensor => {
    const data = new Float32Array(sizeOf(source.shape));
    source.fill(data, stream(1, op, name, key));
    feeds[key] = { dims: source.shape, data };
    return input(key, source.shape);
  };
  const names = Object.keys(inputs);
  const xs = Object.fromEntries(names.map((key) => [key, declare(key, inputs[key])]));
  const y = build(xs);
  const weights = declare("weights", uniform(y.shape));
  const first = grad(
    y.mul(weights).sum(),
    names.map((key) => xs[key]),
  );
  const along = names.map((key, i) => first[i].mul(declare(`direction ${key}`, uniform(xs[key].shape))).sum());
  const second = grad(
    along.reduce((sum, term) => sum.add(term)),
    [...names.map((key) => xs[key]), weights],
  );
  const outputs: Record<string, Tensor> = { value: y };
  names.forEach((key, i) => {
    outputs[`d ${key}`] = first[i];
  });
  [...names, "weights"].forEach((key, i) => {
    outputs[`dd ${key}`] = second[i];
  });
  return { outputs, feeds, names };
}

/** The arrays of `feeds` alone, as `evaluate` takes them. */
export function arraysOf(feeds: Feeds): Record<string, Float32Array> {
  return Object.fromEntries(Object.entries(feeds).map(([name, { data }]) => [name, data]));
}
