// Applies a module outside any trainer: variables and randomness are graph inputs with given numbers, updates are collected.

import { evaluate, grad, input, type Shape, type Tensor } from "../src/graph/index.ts";
import { type AnyModule, applyModule, type Module, type Scope, variablesOf } from "../src/nn/index.ts";

export interface Application {
  /** The layer's path, "layer" unless given. */
  readonly path?: string;
  readonly training?: boolean;
  /** Numbers of variables by path relative to the module ("0.weight"), and of each draw of randomness ("uniform 0"). */
  readonly values?: Readonly<Record<string, ArrayLike<number>>>;
}

export interface Applied {
  readonly y: Tensor;
  readonly x: Tensor;
  /** Variables by path relative to the module. */
  readonly variables: Readonly<Record<string, Tensor>>;
  /** New values of buffers, likewise. */
  readonly updates: Readonly<Record<string, Tensor>>;
  /** Modules in the order in which they were applied, as "path: kind". */
  readonly order: readonly string[];
  numbersOf(tensor: Tensor): number[];
  /** ∂(Σ weights·y)/∂`of`. */
  gradientOf(of: Tensor, weights?: Tensor): number[];
}

/** Builds module(x) with x of the given shape and numbers. */
export function applyTo(
  module: Module,
  shape: Shape,
  data: ArrayLike<number>,
  { path = "layer", training = true, values = {} }: Application = {},
): Applied {
  const declared = variablesOf(module as unknown as AnyModule);
  const feeds: Record<string, ArrayLike<number>> = { ...values, x: data };
  const variables = Object.fromEntries([...declared].map(([name, { shape }]) => [name, input(name, shape)]));
  const updates: Record<string, Tensor> = {};
  const order: string[] = [];
  let draws = 0;
  const at = (relative: string): Scope => {
    const nameOf = (name: string) => (relative === "" ? name : `${relative}.${name}`);
    return {
      path: relative === "" ? path : `${path}.${relative}`,
      training,
      variable: (name) => updates[nameOf(name)] ?? variables[nameOf(name)],
      update: (name, value) => {
        updates[nameOf(name)] = value;
      },
      uniform: (size) => input(`uniform ${draws++}`, size),
      child: (name) => at(nameOf(name)),
      applied: (each) => order.push(`${relative}: ${each.kind}`),
    };
  };
  const x = input("x", shape);
  const y = applyModule(module, at(""), x);
  const numbersOf = (tensor: Tensor) => [...evaluate([tensor], feeds)[0]];
  return {
    x,
    y,
    variables,
    updates,
    order,
    numbersOf,
    gradientOf: (of, weights) => numbersOf(grad((weights === undefined ? y : y.mul(weights)).sum(), of)),
  };
}
