import type { Initializer } from "./init.ts";
import type { Module } from "./module.ts";

/**
 * The same layer with other first values for some of its own variables; the others keep theirs. A name it does not own is left aside.
 *
 * @example firstValues(conv2d(3, 64, { kernel: 4 }), { weight: normal(0, 0.02), bias: zeros })
 */
export function firstValues(layer: Module, init: Readonly<Record<string, Initializer>>): Module {
  const variables = Object.entries(layer.variables ?? {}).map(([name, variable]) => [
    name,
    { ...variable, init: init[name] ?? variable.init },
  ]);
  return { ...layer, variables: Object.fromEntries(variables) };
}
