// Reflection padding and its transpose: the first is onnxruntime's own operator, the second folds the borders back onto the pixels they
// came from. Along a short axis that is a product with the matrix of zeros and ones which says where each came from: one pass, and
// exact in whatever order it sums; along a long one, where the product would cost more, cuts and a join.

import type { Emitter } from "./emitter.ts";

/** Pixels along an axis, with both borders, up to which it is folded by a product. */
const SHORT = 64;

/** An array as a name and the axes of its picture, rows and columns. */
interface Picture {
  readonly name: string;
  readonly shape: readonly number[];
  /** Of rows; columns are the next. */
  readonly axis: number;
}

/** The picture with `border` pixels more on each side, mirrored at its own border pixels. */
export function mirrored(emit: Emitter, { name, shape, axis }: Picture, border: number): string {
  const one = shape.map((_, i) => (i === axis || i === axis + 1 ? border : 0));
  return emit.node("Pad", [name, emit.ints([...one, ...one])], { mode: "reflect" });
}

/** The transpose of `mirrored`: every border pixel is added to the one that it mirrors. */
export function folded(emit: Emitter, { name, shape, axis }: Picture, border: number): string {
  const rows = fold(emit, { name, shape, axis }, border);
  const after = shape.map((size, i) => (i === axis ? size - 2 * border : size));
  return fold(emit, { name: rows, shape: after, axis: axis + 1 }, border);
}

/** Along one axis alone. */
function fold(emit: Emitter, { name, shape, axis }: Picture, border: number): string {
  const size = shape[axis] - 2 * border;
  if (shape[axis] > SHORT && size > 2 * border + 1) return foldByCuts(emit, { name, shape, axis }, border);
  const origins = originsOf(size, border);
  if (axis === shape.length - 1) return emit.node("MatMul", [name, emit.floats(origins, [shape[axis], size])]);
  const transposed = Float32Array.from(
    origins,
    (_, i) => origins[(i % shape[axis]) * size + Math.floor(i / shape[axis])],
  );
  const matrix = emit.floats(transposed, [size, shape[axis]]);
  // [.., axis, everything behind it]
  const behind = shape.slice(axis + 1).reduce((product, each) => product * each, 1);
  const isLast = axis === shape.length - 2;
  const flat = [...shape.slice(0, axis), shape[axis], behind];
  const x = isLast ? name : emit.node("Reshape", [name, emit.ints(flat)]);
  const y = emit.node("MatMul", [matrix, x]);
  return isLast ? y : emit.node("Reshape", [y, emit.ints(shape.map((each, i) => (i === axis ? size : each)))]);
}

/** [size + 2·border, size]: a 1 where a pixel of the padded axis mirrors, or is, one of the axis. */
function originsOf(size: number, border: number): Float32Array {
  const matrix = new Float32Array((size + 2 * border) * size);
  for (let i = 0; i < size + 2 * border; i++) {
    const at = Math.abs(i - border);
    matrix[i * size + (at < size ? at : 2 * (size - 1) - at)] = 1;
  }
  return matrix;
}

function foldByCuts(emit: Emitter, { name, shape, axis }: Picture, p: number): string {
  const end = shape[axis];
  const ints = (value: number) => emit.ints([value]);
  const cut = (from: number, to: number) => emit.node("Slice", [name, ints(from), ints(to), ints(axis)]);
  /** From `to` − 1 down to `from`. */
  const turned = (from: number, to: number) =>
    emit.node("Slice", [name, ints(to - 1), ints(from === 0 ? -end - 1 : from - 1), ints(axis), ints(-1)]);
  const parts = [
    cut(p, p + 1),
    emit.node("Add", [cut(p + 1, 2 * p + 1), turned(0, p)]),
    ...(end > 4 * p + 2 ? [cut(2 * p + 1, end - 2 * p - 1)] : []),
    emit.node("Add", [cut(end - 2 * p - 1, end - p - 1), turned(end - p, end)]),
    cut(end - p - 1, end - p),
  ];
  return emit.node("Concat", parts, { axis });
}
