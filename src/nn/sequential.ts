// Modules one after the other, and a module under a name of its own.

import type { Tensor } from "../graph/index.ts";
import { identity } from "./activations.ts";
import { applyModule, type Module } from "./module.ts";

/** Applies each module to the output of the one before; children are named "0", "1", … as in PyTorch. */
export function sequential(...modules: readonly Module[]): Module {
  return chain(Object.fromEntries(modules.map((module, i) => [String(i), module])));
}

/** Applies each module to the output of the one before, in their order, each under its own name. */
export function chain(modules: Readonly<Record<string, Module>>): Module {
  return {
    kind: "Sequential",
    children: modules,
    apply: (scope, x: Tensor) =>
      Object.entries(modules).reduce((value, [name, module]) => applyModule(module, scope.child(name), value), x),
  };
}

/**
 * A network that holds one module under `name`, so that its paths begin with it ("main.0.weight"), between two
 * reshapings that own no variables and so stay out of the numbering.
 */
export function named(
  name: string,
  module: Module,
  { before = identity(), after = identity() }: { readonly before?: Module; readonly after?: Module } = {},
): Module {
  return {
    kind: "Network",
    children: { [name]: module },
    apply: (scope, x: Tensor) => after.apply(scope, applyModule(module, scope.child(name), before.apply(scope, x))),
  };
}
