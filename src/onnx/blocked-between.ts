// The operators between convolutions on blocked values.

import { type OpName, type Shape, sameShape, type Tensor } from "../graph/index.ts";
import { type BlockedRule, blockedShape, inBlocks, isBlockable, type Layout } from "./blocked-rule.ts";
import type { Emitter } from "./emitter.ts";
import { folded, mirrored } from "./mirror.ts";
import type { LowerRule } from "./rules.ts";
import { steadySum } from "./steady.ts";
import type { Value } from "./value.ts";

/** An elementwise operator with a blocked operand that does not stretch: the others follow it, in whatever way they do. */
export const elementwise = <K extends OpName>(
  node: Tensor<K>,
  inputs: readonly Value[],
  { emit, block, rules }: Layout,
) => {
  if (!inputs.some((input) => input.isBlocked && sameShape(input.shape, node.shape))) return undefined;
  const names = inputs.map((input) => operand(input, node.shape, emit, block));
  if (names.some((name) => name === undefined)) return undefined;
  return inBlocks((rules[node.op] as LowerRule<K>)(node, names as string[], emit));
};

/** An operand of a blocked result of shape `target`, so shaped that it stretches as it did; undefined where it cannot. */
function operand(value: Value, target: Shape, emit: Emitter, block: number): string | undefined {
  const { shape } = value;
  if (shape.length === 0) return value.plain();
  const [n, channels, height, width] = shape;
  if (channels !== target[1]) {
    return channels === 1 ? emit.node("Reshape", [value.plain(), emit.ints([n, 1, height, width, 1])]) : undefined;
  }
  if (height * width > 1 || target[3] === 1) return value.blocked();
  // One number a channel: repeated along a row, so that onnxruntime's inner loop is a row long rather than a block.
  return emit.node("Expand", [value.blocked(), emit.ints([n, channels / block, 1, target[3], block])]);
}

/** A sum over pixels, or pixels and images, of each channel. */
export const sum: BlockedRule<"sum"> = (node, [x], { emit, block }) => {
  if (!x.isBlocked) return undefined;
  const axes = node.attributes.axes.join();
  if (axes !== "0,2,3" && axes !== "2,3") return undefined;
  // [N, C/B, H, W, B] → [N, C/B, 1, 1, B] → [1, C/B, 1, 1, B], each along axes for which onnxruntime has a fast path
  const [n, groups, , , each] = blockedShape(x.shape, block);
  const ofImages = steadySum(emit, x.blocked(), blockedShape(x.shape, block), [2, 3]);
  return inBlocks(axes === "2,3" ? ofImages : steadySum(emit, ofImages, [n, groups, 1, 1, each], [0]));
};

/** Whether a cut at these channels falls between groups. */
const betweenBlocks = (channels: readonly number[], block: number): boolean => channels.every((c) => c % block === 0);

/** Along any axis of an image, as long as groups of channels stay whole. */
export const slice: BlockedRule<"slice"> = (node, [x], { emit, block }) => {
  const { starts, sizes } = node.attributes;
  if (!x.isBlocked || !betweenBlocks([starts[1], sizes[1]], block)) return undefined;
  const axes = starts.flatMap((_, axis) => (sizes[axis] === x.shape[axis] ? [] : [axis]));
  const unit = (axis: number) => (axis === 1 ? block : 1);
  const from = axes.map((axis) => starts[axis] / unit(axis));
  const to = axes.map((axis) => (starts[axis] + sizes[axis]) / unit(axis));
  return inBlocks(emit.node("Slice", [x.blocked(), emit.ints(from), emit.ints(to), emit.ints(axes)]));
};

export const pad: BlockedRule<"pad"> = (node, [x], { emit, block }) => {
  const { before, after } = node.attributes;
  if (!x.isBlocked || !betweenBlocks([before[1], after[1]], block)) return undefined;
  const inGroups = ([n, channels, height, width]: readonly number[]) => [n, channels / block, height, width, 0];
  return inBlocks(emit.node("Pad", [x.blocked(), emit.ints([...inGroups(before), ...inGroups(after)])]));
};

export const mirror: BlockedRule<"mirror"> = ({ attributes: { border } }, [x], { emit, block }) =>
  x.isBlocked
    ? inBlocks(mirrored(emit, { name: x.blocked(), shape: blockedShape(x.shape, block), axis: 2 }, border))
    : undefined;

export const fold: BlockedRule<"fold"> = ({ attributes: { border } }, [x], { emit, block }) =>
  x.isBlocked
    ? inBlocks(folded(emit, { name: x.blocked(), shape: blockedShape(x.shape, block), axis: 2 }, border))
    : undefined;

export const concat: BlockedRule<"concat"> = (node, inputs, { emit, block }) => {
  const fits = inputs.every(({ shape }) => shape.length === 4 && isBlockable(shape, block));
  if (!fits || !inputs.some(({ isBlocked }) => isBlocked)) return undefined;
  const { axis } = node.attributes;
  return inBlocks(
    emit.node(
      "Concat",
      inputs.map((input) => input.blocked()),
      { axis },
    ),
  );
};
