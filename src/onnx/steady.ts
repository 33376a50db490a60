// Products and sums whose bits do not depend on how many threads share them. onnxruntime cuts a product among threads by the longer of its
// sides, rows if they are equal; who gets columns sums over K in blocks that are the longer, the fewer columns there are, and a single row
// goes through a kernel of its own. The transposed product is cut along the other side. Held to in test/operators/threads.test.ts.

import type { Shape } from "../graph/index.ts";
import type { Emitter } from "./emitter.ts";
import { type Product, type ProductRule, plainProduct } from "./rules.ts";

/** Multiplications from which on onnxruntime takes a second thread. */
const SHARED = 2 ** 16;
/** The least length of the blocks in which K is summed over. */
const INNER_BLOCK = 128;
/** Columns that are not divided. */
const UNDIVIDED = 16;
/** Columns from which on each of 4 threads has more than the 64 for which blocks of K are as short as they get. */
const ENOUGH_COLUMNS = 4 * 64 + 3 * UNDIVIDED + 1;
/** Rows from which on each of 4 threads has two. */
const ENOUGH_ROWS = 8;

/** Whether the product a·b is summed in the same order by 1, 2 and 4 threads. */
function isSteady({ m, n, k }: Product): boolean {
  if (m * n * k < SHARED || m === 1) return true;
  if (n > m) return k <= INNER_BLOCK || n <= UNDIVIDED || n >= ENOUGH_COLUMNS;
  return n > 1 && m >= ENOUGH_ROWS;
}

/** a·b [M, N], as (bᵀ·aᵀ)ᵀ where only that is the same for any number of threads. */
export const steadyProduct: ProductRule = (emit, [a, b], product) => {
  const { m, n, k, transA = false, transB = false } = product;
  const turned: Product = { m: n, n: m, k, transA: !transB, transB: !transA };
  if (isSteady(product) || !isSteady(turned)) return plainProduct(emit, [a, b], product);
  const result = plainProduct(emit, [b, a], turned);
  return n === 1
    ? emit.node("Reshape", [result, emit.ints([m, 1])])
    : emit.node("Transpose", [result], { perm: [1, 0] });
};

/** Sums over the middle or both ends have a fast way if as much is kept as there are threads, each of which counts four times where cores are of two kinds. */
const KEPT = 16;

/** The sum of x over `axes`, which are kept with length 1, the same for any number of threads. */
export function steadySum(emit: Emitter, x: string, shape: Shape, axes: readonly number[]): string {
  const runs = runsOf(shape, axes);
  const kinds = runs.map(({ summed }) => (summed ? "R" : "K")).join("");
  const sizes = runs.map(({ size }) => size);
  const reduce = (name: string, over: readonly number[]) =>
    emit.node("ReduceSum", [name, emit.ints(over)], { keepdims: 1 });
  const merged = () => emit.node("Reshape", [x, emit.ints(sizes)]);
  const asGiven = (name: string) =>
    emit.node("Reshape", [name, emit.ints(shape.map((size, axis) => (axes.includes(axis) ? 1 : size)))]);
  if (kinds === "KRK" && sizes[0] < KEPT) {
    const ones = emit.node("Expand", [emit.scalar(1), emit.ints([1, sizes[1]])]);
    return asGiven(emit.node("MatMul", [ones, merged()]));
  }
  if (kinds === "RKR" && sizes[1] < KEPT) return asGiven(reduce(reduce(merged(), [2]), [0]));
  const summed = runs.flatMap((run) => (run.summed ? run.axes : []));
  return summed.length === 0 ? x : reduce(x, summed);
}

/** Neighbouring axes that are all summed over, or all kept, as one; an axis of length 1 is as the one before it, or as the first. */
function runsOf(shape: Shape, axes: readonly number[]) {
  const runs: { readonly summed: boolean; readonly axes: number[]; size: number }[] = [];
  const leading: number[] = [];
  shape.forEach((size, axis) => {
    const summed = axes.includes(axis);
    const last = runs.at(-1);
    if (size === 1) (last?.axes ?? leading).push(axis);
    else if (last?.summed === summed) {
      last.axes.push(axis);
      last.size *= size;
    } else runs.push({ summed, axes: [...(last === undefined ? leading : []), axis], size });
  });
  return runs;
}
