// A graph as an ONNX model: one walk, one rule for each node.

import {
  type ConvGeometry,
  type OpName,
  type Shape,
  simplify,
  type Tensor,
  topologicalOrder,
  verify,
} from "../graph/index.ts";
import type { BlockedRule, BlockedRules, Layout } from "./blocked-rule.ts";
import { Emitter } from "./emitter.ts";
import { type Epilogue, type Epilogues, epiloguesOf } from "./epilogue.ts";
import type { OnnxModel, OnnxValue } from "./model.ts";
import { type LowerRule, type LowerRules, plainRules } from "./rules.ts";
import { withSummands } from "./summands.ts";
import { Value } from "./value.ts";

const PRODUCER = "ganforge";
const NO_EPILOGUES: Epilogues = { byLast: new Map(), within: new Set() };
/** ReduceMax takes its axes as an input from 18 on; later opsets add nothing we emit. */
const OPSET = 18;
const IR_VERSION = 9;

/** How a device wants its operators: a rule for each, and blocked forms of some, where it has them. */
export interface Lowering {
  readonly rules: LowerRules;
  readonly blocked?: { readonly rules: BlockedRules; readonly block: number };
}

export const plainLowering: Lowering = { rules: plainRules };

/** A model with the shapes of those of its values whose shape is known. */
export interface LoweredModel extends OnnxModel {
  readonly shapes: ReadonlyMap<string, Shape>;
}

export interface LowerOptions {
  readonly lowering?: Lowering;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Says of the simplified graph's nodes, in topological order, what each is for people: ONNX nodes are named by it. */
  readonly originsOf?: (order: readonly Tensor[]) => ReadonlyMap<Tensor, string>;
}

/**
 * The ONNX model that computes `outputs` from the graph's inputs, after simplification; inputs no output needs are left out.
 *
 * @example lower({ y: input("x", [2]).square() }) // x [2] → y [2]
 */
export function lower(
  outputs: Readonly<Record<string, Tensor>>,
  { lowering = plainLowering, metadata = {}, originsOf }: LowerOptions = {},
): LoweredModel {
  verify(Object.values(outputs), "building");
  const simplified = simplify(Object.values(outputs));
  verify(simplified, "simplify");

  const outputNames = new Map<Tensor, string[]>();
  Object.keys(outputs).forEach((name, i) => {
    outputNames.set(simplified[i], [...(outputNames.get(simplified[i]) ?? []), name]);
  });

  const order = topologicalOrder(simplified);
  const inputs = order.flatMap((node): OnnxValue[] =>
    node.is("input") ? [{ name: node.attributes.name, dtype: "float32", dims: node.shape }] : [],
  );
  const both = inputs.find(({ name }) => Object.hasOwn(outputs, name));
  if (both !== undefined) throw new Error(`lower: "${both.name}" is the name of an input and of an output`);

  const emit = new Emitter(new Set([...inputs.map(({ name }) => name), ...Object.keys(outputs)]));
  const block = lowering.blocked?.block ?? 1;
  const layout = { emit, hasFilterGrad: filterGradsOf(order) };
  const { byLast, within } = lowering.blocked ? epiloguesOf(order, new Set(simplified)) : NO_EPILOGUES;
  const values = new Map<Tensor, Value>();
  const origins = originsOf?.(order);
  const enter = (node: Tensor) => {
    emit.origin = origins?.get(node);
  };
  for (const node of order) {
    if (within.has(node)) continue;
    enter(node);
    const [first, ...aliases] = outputNames.get(node) ?? [];
    const epilogue = byLast.get(node);
    const value = epilogue
      ? lowerEpilogue(epilogue, values, { ...layout, enter }, lowering)
      : lowerNode(node, operandsOf(node, values), layout, lowering);
    if (!value.isBlocked) emit.shapes.set(value.plain(), node.shape);
    if (first === undefined) {
      values.set(node, value);
      continue;
    }
    const name = emit.rename(value.plain(), first);
    values.set(node, new Value(emit, node.shape, block, "plain", name));
    for (const alias of aliases) emit.rename(name, alias);
  }

  return {
    irVersion: IR_VERSION,
    producer: PRODUCER,
    opsets: [...emit.domains].map((domain) => ({ domain, version: domain === "" ? OPSET : 1 })),
    metadata,
    shapes: emit.shapes,
    graph: {
      name: PRODUCER,
      nodes: withSummands(emit.nodes, Object.keys(outputs), emit.shapes),
      initializers: emit.initializers,
      inputs,
      outputs: Object.keys(outputs).map((name, i) => ({ name, dtype: "float32", dims: simplified[i].shape })),
    },
  };
}

/** Tells of a convolution whether the graph also has the gradient of its filter. */
function filterGradsOf(nodes: readonly Tensor[]): Layout["hasFilterGrad"] {
  const key = ({ strides, pads, dilations, groups }: ConvGeometry, kernel: readonly number[], y: Tensor) =>
    `${strides} ${pads} ${dilations} ${groups} ${kernel} ${y.shape.slice(2)}`;
  const known = new Map<Tensor, string[]>();
  for (const node of nodes) {
    if (!node.is("convFilterGrad")) continue;
    const [x, y] = node.inputs;
    known.set(x, [...(known.get(x) ?? []), key(node.attributes, node.attributes.kernelSize, y)]);
  }
  return (conv) =>
    known.get(conv.inputs[0])?.includes(key(conv.attributes, conv.inputs[1].shape.slice(2), conv)) ?? false;
}

const operandsOf = ({ inputs }: Tensor, values: ReadonlyMap<Tensor, Value>): Value[] =>
  inputs.map((input) => values.get(input)!);

/** A convolution with what follows it, in one operator where there is a blocked form that takes it along. */
function lowerEpilogue(
  { conv, scale, shift, slope, rest }: Epilogue,
  values: Map<Tensor, Value>,
  { enter, ...layout }: Pick<Layout, "emit" | "hasFilterGrad"> & { enter(node: Tensor): void },
  lowering: Lowering,
): Value {
  const { emit } = layout;
  enter(conv);
  const [x, w] = operandsOf(conv, values);
  const [channels, block] = [conv.shape[1], lowering.blocked!.block];
  let filter = w;
  if (scale !== undefined) {
    // Of a conv, the result's channels come first in its filter [O, I, kh, kw]; of an input's gradient, they are its second axis.
    const factors = emit.node("Reshape", [
      values.get(scale)!.plain(),
      emit.ints(conv.is("conv") ? [channels, 1, 1, 1] : [1, channels, 1, 1]),
    ]);
    filter = new Value(emit, w.shape, block, "plain", emit.node("Mul", [w.plain(), factors]));
  }
  const bias = shift && emit.node("Reshape", [values.get(shift)!.plain(), emit.ints([channels])]);
  const finish = { ...(bias !== undefined && { bias }), ...(slope !== undefined && { slope }) };
  const rule = lowering.blocked!.rules[conv.op] as BlockedRule<OpName>;
  const computed = rule(conv, [x, filter], { ...layout, rules: lowering.rules, block, finish });
  if (computed?.finished) return new Value(emit, conv.shape, block, computed.layout, computed.name);
  let value =
    computed === undefined
      ? lowerNode(conv, [x, filter], layout, lowering)
      : new Value(emit, conv.shape, block, computed.layout, computed.name);
  for (const node of rest) {
    const before = node.inputs.find((input) => !values.has(input))!;
    values.set(before, value);
    enter(node);
    value = lowerNode(node, operandsOf(node, values), layout, lowering);
  }
  return value;
}

/** A node in the blocked layout where that has a form for it, else plainly. */
function lowerNode(
  node: Tensor,
  operands: readonly Value[],
  { emit, hasFilterGrad }: Pick<Layout, "emit" | "hasFilterGrad">,
  { rules, blocked }: Lowering,
): Value {
  if (blocked !== undefined) {
    const rule = blocked.rules[node.op] as BlockedRule<OpName> | undefined;
    const computed = rule?.(node, operands, { emit, rules, block: blocked.block, hasFilterGrad });
    if (computed !== undefined) return new Value(emit, node.shape, blocked.block, computed.layout, computed.name);
  }
  const rule = rules[node.op] as LowerRule<OpName>;
  const name = rule(
    node,
    operands.map((operand) => operand.plain()),
    emit,
  );
  return new Value(emit, node.shape, blocked?.block ?? 1, "plain", name);
}
