// A layer or a network: the variables it owns, the modules inside it, and how it maps tensors. Modules are plain values
// and hold no state: whoever applies one gives it a scope, which knows the current value of each variable.

import { type Shape, ShapeError, type Tensor } from "../graph/index.ts";
import type { Initializer } from "./init.ts";

/** Parameters are trained; buffers (running statistics) are written by the layer itself. */
export interface Variable {
  readonly shape: Shape;
  readonly init: Initializer;
  readonly role: "parameter" | "buffer";
}

export interface Module<In extends readonly Tensor[] = readonly [Tensor], Out = Tensor> {
  /** As PyTorch calls it, in a table of layers: "Conv2d". */
  readonly kind: string;
  readonly variables?: Readonly<Record<string, Variable>>;
  readonly children?: Readonly<Record<string, AnyModule>>;
  apply(scope: Scope, ...inputs: In): Out;
}

export type AnyModule = Module<readonly Tensor[], unknown>;

/** Where a module is applied: its path, its variables' values, and the randomness it may ask for. */
export interface Scope {
  /** "G.main.0" */
  readonly path: string;
  /** Training statistics and dropout, or inference. */
  readonly training: boolean;
  variable(name: string): Tensor;
  /** Gives a buffer its next value. */
  update(name: string, value: Tensor): void;
  /** U[0, 1) of this shape, fresh at each run. */
  uniform(shape: Shape): Tensor;
  child(name: string): Scope;
  /** Told of each module applied, inputs first. */
  applied?(module: AnyModule, inputs: readonly Tensor[], output: unknown): void;
}

/** Applies a module in its scope; a shape that does not fit is reported with the layer's kind and path. */
export function applyModule<In extends readonly Tensor[], Out>(
  module: Module<In, Out>,
  scope: Scope,
  ...inputs: In
): Out {
  try {
    const output = module.apply(scope, ...inputs);
    scope.applied?.(module as unknown as AnyModule, inputs, output);
    return output;
  } catch (error) {
    throw error instanceof ShapeError ? error.atLayer(`${module.kind} "${scope.path}"`) : error;
  }
}

/** Every variable of a module and of those inside it, by path relative to the module ("main.0.weight"). */
export function variablesOf(module: AnyModule, prefix = ""): Map<string, Variable> {
  const all = new Map<string, Variable>();
  for (const [name, variable] of Object.entries(module.variables ?? {})) all.set(prefix + name, variable);
  for (const [name, child] of Object.entries(module.children ?? {})) {
    for (const [path, variable] of variablesOf(child, `${prefix}${name}.`)) all.set(path, variable);
  }
  return all;
}
