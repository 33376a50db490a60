// A model in two: what follows from some inputs alone, as a network's filters from its weights, is computed once, the rest again and again.

import type { Shape } from "../graph/index.ts";
import type { OnnxModel, OnnxNode, OnnxValue } from "./model.ts";

export interface SplitModel {
  /** From the inputs given to `between`. */
  readonly before: OnnxModel;
  /** From `between`, `direct` and the other inputs to the model's outputs. */
  readonly after: OnnxModel;
  /** The values that one gives to the other. */
  readonly between: readonly OnnxValue[];
  /** Those of the inputs given that the second part reads too. */
  readonly direct: readonly string[];
}

/**
 * Takes a model apart. Only values whose shape `shapes` tells are handed over; what is made of others is computed in the second part.
 * Undefined where nothing would be.
 */
export function splitModel(
  model: OnnxModel,
  given: ReadonlySet<string>,
  shapes: ReadonlyMap<string, Shape>,
): SplitModel | undefined {
  const { nodes, initializers, inputs, outputs } = model.graph;
  const constants = new Set(["", ...initializers.map(({ name }) => name)]);
  const early = new Set(given);
  const makers = new Map<string, OnnxNode>();
  const late = new Set<OnnxNode>();
  for (const node of nodes) {
    const ofConstants = node.inputs.every((name) => constants.has(name));
    const isEarly = node.inputs.every((name) => constants.has(name) || early.has(name));
    for (const name of node.outputs) {
      if (ofConstants) constants.add(name);
      else if (isEarly) early.add(name);
      makers.set(name, node);
    }
    if (!isEarly) late.add(node);
  }

  const between = new Set<string>();
  const direct = new Set<string>();
  const want = (name: string): void => {
    if (!early.has(name)) return;
    const maker = makers.get(name);
    if (maker === undefined) direct.add(name);
    else if (shapes.has(name)) between.add(name);
    else if (!late.has(maker)) {
      late.add(maker);
      maker.inputs.forEach(want);
    }
  };
  for (const node of [...late]) node.inputs.forEach(want);
  for (const { name } of outputs) want(name);
  if (between.size === 0) return undefined;

  const values = [...between].map((name): OnnxValue => ({ name, dtype: "float32", dims: shapes.get(name)! }));
  const others = inputs.filter(({ name }) => !given.has(name) || direct.has(name));
  return {
    before: partOf(model, new Set(), inputs, values),
    after: partOf(model, between, [...others, ...values], outputs),
    between: values,
    direct: [...direct],
  };
}

/** The nodes that `outputs` follow from, going back as far as `known` values. */
function needed(nodes: readonly OnnxNode[], known: ReadonlySet<string>, outputs: readonly OnnxValue[]): OnnxNode[] {
  const wanted = new Set(outputs.map(({ name }) => name));
  const found = nodes.toReversed().filter((node) => {
    if (!node.outputs.some((name) => wanted.has(name) && !known.has(name))) return false;
    for (const name of node.inputs) wanted.add(name);
    return true;
  });
  return found.toReversed();
}

/** The part of a model from `known` values to `outputs`, with those of the inputs and initializers that it reads. */
function partOf(
  model: OnnxModel,
  known: ReadonlySet<string>,
  inputs: readonly OnnxValue[],
  outputs: readonly OnnxValue[],
): OnnxModel {
  const { name, initializers } = model.graph;
  const nodes = needed(model.graph.nodes, known, outputs);
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  return {
    ...model,
    graph: {
      ...{ name, nodes, outputs },
      initializers: initializers.filter((each) => read.has(each.name)),
      inputs: inputs.filter((each) => read.has(each.name)),
    },
  };
}
