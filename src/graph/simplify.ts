// Rewrites a graph into a smaller one that computes the same: common subexpressions become one node, constants fold,
// identities vanish, and what no output needs is left behind. Used once, before lowering.

import { evaluate } from "./evaluate.ts";
import type { OpName } from "./ops.ts";
import { sameShape } from "./shapes.ts";
import { concat, constant, fill, make, type Tensor } from "./tensor.ts";
import { topologicalOrder } from "./walk.ts";

/** Constants up to this many elements are folded; larger results would cost more to store than to compute. */
const FOLD_LIMIT = 4096;

const elementwise: ReadonlySet<OpName> = new Set<OpName>([
  ...(["neg", "exp", "log", "sqrt", "tanh", "sigmoid", "softplus", "abs", "sign", "step", "leakyRelu"] as const),
  ...(["leakyReluGrad", "add", "sub", "mul", "div", "maximum", "minimum", "broadcast", "reshape"] as const),
]);

/** The same outputs, computed by fewer nodes. Gradients cannot pass the result's stops: they are dropped. */
export function simplify(outputs: readonly Tensor[]): Tensor[] {
  const canonical = new Map<string, Tensor>();
  const ids = new Map<Tensor, number>();

  /** The one node that stands for all that compute the same; its inputs are such nodes already. */
  const intern = (node: Tensor): Tensor => {
    const key = keyOf(node, ids);
    const known = canonical.get(key);
    if (known !== undefined) return known;
    canonical.set(key, node);
    ids.set(node, ids.size);
    return node;
  };

  /** Applies the rules until none fits, to the node and to those that rules make beneath it. */
  const settle = (node: Tensor): Tensor => {
    if (ids.has(node)) return node;
    const inputs = node.inputs.map(settle);
    const current = inputs.every((input, i) => input === node.inputs[i])
      ? node
      : make(node.op, inputs, node.attributes);
    const next = rewrite(current);
    return next === current ? intern(current) : settle(next);
  };

  const settled = new Map<Tensor, Tensor>();
  for (const node of topologicalOrder(outputs)) {
    const inputs = node.inputs.map((input) => settled.get(input)!);
    const same = inputs.every((input, i) => input === node.inputs[i]);
    settled.set(node, settle(same ? node : make(node.op, inputs, node.attributes)));
  }
  return outputs.map((output) => settled.get(output)!);
}

/** One step of simplification, or the node itself. */
function rewrite(node: Tensor): Tensor {
  const [a, b] = node.inputs;
  if (node.is("stopGradient")) return a;
  if (elementwise.has(node.op) && node.inputs.every((input) => input.op === "fill")) {
    return fill(foldedValue(node), node.shape);
  }
  if (node.inputs.length > 0 && node.inputs.every(isConstant) && node.size <= FOLD_LIMIT) {
    return constant(evaluate([node])[0], node.shape);
  }
  // x + 0, x − 0, x · 1, x / 1
  if ((node.is("add") || node.is("sub")) && isFill(b, 0) && sameShape(a.shape, node.shape)) return a;
  if (node.is("add") && isFill(a, 0) && sameShape(b.shape, node.shape)) return b;
  if ((node.is("mul") || node.is("div")) && isFill(b, 1) && sameShape(a.shape, node.shape)) return a;
  if (node.is("mul") && isFill(a, 1) && sameShape(b.shape, node.shape)) return b;
  if (node.is("mul") && isFill(a, -1) && sameShape(b.shape, node.shape)) return b.neg();
  if (node.is("mul") && isFill(b, -1) && sameShape(a.shape, node.shape)) return a.neg();
  if (node.is("sub") && isFill(a, 0) && sameShape(b.shape, node.shape)) return b.neg();
  // (x · c) · d = x · cd for numbers c, d
  if (node.is("mul") && isScalar(b) && a.is("mul") && isScalar(a.inputs[1])) {
    return a.inputs[0].mul(fill(a.inputs[1].attributes.value * b.attributes.value));
  }
  // A number goes to the right, so that x · 2 and 2 · x are one node.
  if ((node.is("mul") || node.is("add")) && isScalar(a) && !isScalar(b)) return make(node.op, [b, a], {});
  if (node.is("neg") && a.is("neg")) return a.inputs[0];
  // x + (−y) = x − y
  if (node.is("add") && b.is("neg")) return a.sub(b.inputs[0]);
  if (node.is("sub") && b.is("neg")) return a.add(b.inputs[0]);
  if (node.is("add") && a.is("convFilterGrad") && b.is("convFilterGrad")) return oneFilterGrad(a, b) ?? node;
  if (node.is("concat")) {
    const { axis } = node.attributes;
    const parts = node.inputs.flatMap((part) =>
      part.is("concat") && part.attributes.axis === axis ? part.inputs : part,
    );
    if (parts.length > node.inputs.length) return concat(parts, axis);
  }
  if (node.is("reshape") && a.is("reshape")) return a.inputs[0].reshape(node.shape);
  if (node.is("reshape") && sameShape(a.shape, node.shape)) return a;
  if (node.is("broadcast") && a.is("broadcast")) return a.inputs[0].broadcast(node.shape);
  if (node.is("transpose")) {
    const { permutation } = node.attributes;
    if (permutation.every((axis, i) => axis === i)) return a;
    if (a.is("transpose")) return a.inputs[0].transpose(permutation.map((axis) => a.attributes.permutation[axis]));
  }
  // A stretched value times a number is the product, stretched.
  if (isStretching(node) && a.is("broadcast") && isScalar(b))
    return make(node.op, [a.inputs[0], b], {}).broadcast(node.shape);
  if (node.is("neg") && a.is("broadcast")) return a.inputs[0].neg().broadcast(node.shape);
  // Elementwise operators stretch by themselves, so a stretched operand need not be written out; one at a time, as the
  // other has to give the result its shape.
  if (isStretching(node)) {
    const leanA = leanOperand(a, b);
    if (leanA !== a) return make(node.op, [leanA, b], {});
    const leanB = leanOperand(b, a);
    if (leanB !== b) return make(node.op, [a, leanB], {});
  }
  return node;
}

/**
 * The gradients of one filter from two batches as that from both, Σ x₁y₁ + Σ x₂y₂ = Σ over images of [x₁; x₂] and [y₁; y₂]: one longer
 * product and no sum. Undefined where the images are larger than the filter, so that joining them costs more than that saves; and with
 * a stride, where a lowering may take the windows from the convolution of the same images.
 */
function oneFilterGrad(a: Tensor<"convFilterGrad">, b: Tensor<"convFilterGrad">): Tensor | undefined {
  const inputs = [...a.inputs, ...b.inputs];
  const isSmall = inputs.reduce((sum, { size }) => sum + size, 0) <= 2 * a.size;
  const isSame =
    attributesKey(a) === attributesKey(b) && sameShape(a.inputs[0].shape.slice(1), b.inputs[0].shape.slice(1));
  if (a === b || !isSmall || !isSame || a.attributes.strides.some((stride) => stride > 1)) return undefined;
  const [x, y] = [0, 1].map((i) => concat([a.inputs[i], b.inputs[i]], 0));
  return make("convFilterGrad", [x, y], a.attributes);
}

function isStretching(node: Tensor): node is Tensor<"add" | "sub" | "mul" | "div" | "maximum" | "minimum"> {
  return ["add", "sub", "mul", "div", "maximum", "minimum"].includes(node.op);
}

/** `operand` without its broadcast, where `other` gives the result its shape. */
function leanOperand(operand: Tensor, other: Tensor): Tensor {
  const full = sameShape(operand.shape, other.shape);
  if (full && operand.is("broadcast")) return operand.inputs[0];
  if (full && operand.is("fill") && operand.shape.length > 0) return fill(operand.attributes.value);
  return operand;
}

/** The value of an elementwise node whose inputs are all fills, in float64 so that chained factors lose nothing. */
function foldedValue(node: Tensor): number {
  const scalars = node.inputs.map((input) => fill((input as Tensor<"fill">).attributes.value));
  const scalar = node.is("broadcast") || node.is("reshape") ? scalars[0] : make(node.op, scalars, node.attributes);
  return evaluate([scalar])[0][0];
}

const isConstant = (node: Tensor): boolean => node.op === "constant" || node.op === "fill";

const isScalar = (node: Tensor): node is Tensor<"fill"> => node.is("fill") && node.shape.length === 0;

const isFill = (node: Tensor, value: number): boolean => node.is("fill") && node.attributes.value === value;

/** Two nodes with one key compute the same. Inputs by name, constants by content, the rest by operator, attributes and inputs. */
function keyOf(node: Tensor, ids: ReadonlyMap<Tensor, number>): string {
  return `${node.op} ${node.shape} ${attributesKey(node)} ${node.inputs.map((input) => ids.get(input))}`;
}

function attributesKey(node: Tensor): string {
  // JSON would write NaN and both infinities as null.
  if (node.is("fill")) return String(node.attributes.value);
  if (node.is("constant")) return node.attributes.data.join();
  return JSON.stringify(node.attributes);
}
