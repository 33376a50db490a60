// Convolutions in onnxruntime's blocked layout (its internal NCHWc operators), and the operators between them on blocked
// values, so that reordering vanishes inside a network. An input gradient becomes one small convolution for each phase of
// the stride. Internals of onnxruntime may change: runtime/cpu checks them at start-up and leaves them out where they fail.

import type { OpName, Shape, Tensor } from "../graph/index.ts";
import type { Emitter } from "./emitter.ts";
import type { LowerRule, LowerRules } from "./rules.ts";
import { NCHWC, type Value } from "./value.ts";

/** Emits a node in the blocked layout and returns its name as [N, C/B, H, W, B]; undefined where the plain rule does better. */
export type BlockedRule<K extends OpName> = (
  node: Tensor<K>,
  inputs: readonly Value[],
  layout: Layout,
) => string | undefined;

export interface Layout {
  readonly emit: Emitter;
  /** The plain rules, which elementwise operators keep. */
  readonly rules: LowerRules;
  /** B, channels in a group: as many floats as a vector register of the processor holds. */
  readonly block: number;
}

export type BlockedRules = { readonly [K in OpName]?: BlockedRule<K> };

const isBlockable = ([, channels]: Shape, block: number): boolean => channels % block === 0;

/** [N, C, H, W] → [N, C/B, H, W, B] */
const blockedShape = ([n, channels, height, width]: Shape, block: number): number[] => [
  n,
  channels / block,
  height,
  width,
  block,
];

function toBlocked(emit: Emitter, name: string, shape: Shape, block: number): string {
  return emit.node("Reshape", [name, emit.ints(blockedShape(shape, block))]);
}

/**
 * w [O, I, kh, kw] as onnxruntime's blocked filter [O/B, I/B, kh, kw, B of I, B of O]. In two moves, since one that
 * scatters single numbers is several times slower than one that moves rows of B.
 */
function blockFilter(emit: Emitter, w: string, [outputs, inputs, kh, kw]: Shape, block: number): string {
  if (inputs < block) {
    // few inputs stay together: [O/B, I, kh, kw, B of O]
    const split = emit.node("Reshape", [w, emit.ints([outputs / block, block, inputs * kh * kw])]);
    const moved = emit.node("Transpose", [split], { perm: [0, 2, 1] });
    return emit.node("Reshape", [moved, emit.ints([outputs, inputs, kh, kw])]);
  }
  const split = emit.node("Reshape", [w, emit.ints([outputs / block, block, inputs * kh * kw])]);
  const outputsInside = emit.node("Transpose", [split], { perm: [0, 2, 1] });
  const rows = emit.node("Reshape", [
    outputsInside,
    emit.ints([outputs / block, inputs / block, block, kh * kw, block]),
  ]);
  const moved = emit.node("Transpose", [rows], { perm: [0, 1, 3, 2, 4] });
  return emit.node("Reshape", [moved, emit.ints([outputs, inputs, kh, kw])]);
}

/** A convolution between blocked values; x may be plain where it has fewer channels than a block. */
const conv: BlockedRule<"conv"> = (node, [x, w], { emit, block }) => {
  const { strides, pads, dilations, groups } = node.attributes;
  const channels = x.shape[1];
  const fits = isBlockable(node.shape, block) && (isBlockable(x.shape, block) || channels < block);
  if (!fits || groups !== 1 || node.shape[2] * node.shape[3] === 1) return undefined;
  const source = channels < block ? x.plain() : x.nchwc();
  const filter = blockFilter(emit, w.plain(), w.shape, block);
  const y = emit.node(
    "Conv",
    [source, filter],
    { strides, pads, dilations, group: 1, kernel_shape: w.shape.slice(2) },
    NCHWC,
  );
  return toBlocked(emit, y, node.shape, block);
};

/** What one phase of an input gradient is along one axis: a convolution with stride 1 of every stride-th tap, reversed. */
interface Phase {
  /** The taps p₀, p₀ + stride, … of the filter. */
  readonly first: number;
  readonly taps: number;
  readonly before: number;
  readonly after: number;
}

/**
 * The rows r = stride·i + a of x: tap p reaches them from row (r + pad − p)/stride of y, so p₀ = (a + pad) mod stride,
 * and row i sees rows i + c, i + c − 1, … of y with c = (a + pad − p₀)/stride. Undefined where that is no convolution
 * with padding.
 */
function phasesOf(size: number, ySize: number, kernel: number, stride: number, pad: number): Phase[] | undefined {
  if (size % stride !== 0) return undefined;
  const phases = Array.from({ length: stride }, (_, a) => {
    const first = (a + pad) % stride;
    const taps = Math.ceil((kernel - first) / stride);
    const before = taps - 1 - (a + pad - first) / stride;
    return { first, taps, before, after: size / stride - ySize + taps - 1 - before };
  });
  return phases.every(({ taps, before, after }) => taps > 0 && before >= 0 && after >= 0) ? phases : undefined;
}

/** Each phase of the stride as a blocked convolution of y; their pixels alternate in the result. */
const convInputGrad: BlockedRule<"convInputGrad"> = (node, [y, w], { emit, block }) => {
  const { strides, pads, dilations, groups } = node.attributes;
  const [n, channels, height, width] = node.shape;
  const fits = isBlockable(y.shape, block) && isBlockable(node.shape, block);
  if (!fits || groups !== 1 || dilations.some((d) => d !== 1) || y.shape[2] * y.shape[3] === 1) return undefined;
  const rowPhases = phasesOf(height, y.shape[2], w.shape[2], strides[0], pads[0]);
  const columnPhases = phasesOf(width, y.shape[3], w.shape[3], strides[1], pads[1]);
  if (rowPhases === undefined || columnPhases === undefined) return undefined;

  const rows = rowPhases.map((row) => {
    const columns = columnPhases.map((column) => {
      const filter = phaseFilter(emit, w, row, column, strides, block);
      const x = emit.node(
        "Conv",
        [y.nchwc(), filter],
        {
          strides: [1, 1],
          pads: [row.before, column.before, row.after, column.after],
          dilations: [1, 1],
          group: 1,
          kernel_shape: [row.taps, column.taps],
        },
        NCHWC,
      );
      return toBlocked(emit, x, [n, channels, height / strides[0], width / strides[1]], block);
    });
    // [N, C/B, H/s, W/s, B] side by side along the last axis: columns alternate
    const joined = columns.length === 1 ? columns[0] : emit.node("Concat", columns, { axis: 4 });
    return emit.node("Reshape", [joined, emit.ints([n, channels / block, height / strides[0], width * block])]);
  });
  // whole rows side by side: rows alternate
  const joined = rows.length === 1 ? rows[0] : emit.node("Concat", rows, { axis: 3 });
  return toBlocked(emit, joined, node.shape, block);
};

/** Every stride-th tap of w [O, I, kh, kw] in reverse, as the blocked filter of a convolution from O to I channels. */
function phaseFilter(
  emit: Emitter,
  w: Value,
  row: Phase,
  column: Phase,
  [strideY, strideX]: readonly [number, number],
  block: number,
): string {
  const [outputs, inputs, kh, kw] = w.shape;
  const flat = emit.node("Reshape", [w.plain(), emit.ints([outputs, inputs, kh * kw])]);
  const inputsInside = emit.node("Transpose", [flat], { perm: [0, 2, 1] });
  const rows = emit.node("Reshape", [inputsInside, emit.ints([outputs / block, block, kh, kw, inputs / block, block])]);
  const blocked = emit.node("Transpose", [rows], { perm: [4, 0, 2, 3, 1, 5] }); // [I/B, O/B, kh, kw, B of O, B of I]
  const starts = [row.first + strideY * (row.taps - 1), column.first + strideX * (column.taps - 1)];
  const ends = [-kh - 1, -kw - 1];
  const steps = [-strideY, -strideX];
  const taps = emit.node("Slice", [blocked, emit.ints(starts), emit.ints(ends), emit.ints([2, 3]), emit.ints(steps)]);
  return emit.node("Reshape", [taps, emit.ints([inputs, outputs, row.taps, column.taps])]);
}

/** An elementwise operator with a blocked operand: the others follow it, in whatever way they stretch. */
const elementwise = <K extends OpName>(node: Tensor<K>, inputs: readonly Value[], { emit, block, rules }: Layout) => {
  if (!inputs.some((input) => input.isBlocked)) return undefined;
  const names = inputs.map((input) => operand(input, node.shape, emit, block));
  if (names.some((name) => name === undefined)) return undefined;
  return (rules[node.op] as LowerRule<K>)(node, names as string[], emit);
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

/** A sum over pixels, or pixels and images, of each channel; or over everything of an image. */
const sum: BlockedRule<"sum"> = (node, [x], { emit, block }) => {
  if (!x.isBlocked) return undefined;
  const axes = node.attributes.axes.join();
  const [n, channels, height, width] = x.shape;
  const reduce = (name: string, over: readonly number[]) =>
    emit.node("ReduceSum", [name, emit.ints(over)], { keepdims: 1 });
  if (axes === "0,2,3" || axes === "2,3") {
    // [N, C/B, H·W, B] → [N, C/B, 1, B] → [1, C/B, 1, B], each along an axis for which onnxruntime has a fast path
    const pixels = emit.node("Reshape", [x.blocked(), emit.ints([n, channels / block, height * width, block])]);
    const ofImages = reduce(pixels, [2]);
    const total = axes === "2,3" ? ofImages : reduce(ofImages, [0]);
    return emit.node("Reshape", [total, emit.ints([axes === "2,3" ? n : 1, channels / block, 1, 1, block])]);
  }
  return undefined;
};

/** The blocked forms of the operators that convolutional networks consist of; the rest is lowered plainly. */
export const blockedRules: BlockedRules = {
  conv,
  convInputGrad,
  sum,
  neg: elementwise,
  exp: elementwise,
  sqrt: elementwise,
  tanh: elementwise,
  sigmoid: elementwise,
  leakyRelu: elementwise,
  leakyReluGrad: elementwise,
  add: elementwise,
  sub: elementwise,
  mul: elementwise,
  div: elementwise,
};
