import { describe, expect, test } from "vitest";
import { concat, constant, evaluate, fill, grad, input, make, ShapeError, stopGradient, type Tensor } from "./index.ts";

const x = input("x", [3]);
const y = input("y", [3]);
const values = { x: [1, -2, 3], y: [4, 5, -6] };
const arrays = (tensors: readonly Tensor[]) => evaluate(tensors, values).map((array) => [...array]);

describe("grad", () => {
  test("gives the derivative of a scalar with respect to each tensor, in the tensor's shape", () => {
    const [dx, dy] = grad(x.square().mul(y).sum(), [x, y]);
    expect([dx.shape, dy.shape]).toEqual([[3], [3]]);
    expect(arrays([dx, dy])).toEqual([
      [8, -20, -36], // 2xy
      [1, 4, 9], // x²
    ]);
  });

  test("of one tensor is one tensor", () => {
    expect(arrays([grad(x.square().sum(), x)])).toEqual([[2, -4, 6]]);
  });

  test("is zeros, of the tensor's shape, where y does not depend on it", () => {
    const gradient = grad(y.sum(), x);
    expect(gradient.shape).toEqual([3]);
    expect(arrays([gradient])).toEqual([[0, 0, 0]]);
    expect(arrays([grad(fill(3), x)])).toEqual([[0, 0, 0]]);
  });

  test("of a scalar with respect to itself is 1", () => {
    const s = input("s", []);
    expect(evaluate([grad(s, s)], { s: [7] })[0][0]).toBe(1);
  });

  test("sums over every path to a tensor", () => {
    const twice = x.mul(2);
    expect(arrays([grad(twice.mul(x).add(twice).sum(), x)])).toEqual([[6, -6, 14]]); // 4x + 2
  });

  test("reaches tensors inside the graph, not inputs only", () => {
    const inner = x.mul(y);
    expect(arrays([grad(inner.square().sum(), inner)])).toEqual([[8, -20, -36]]);
    expect(arrays([grad(inner.square().sum(), [inner, x])[1]])).toEqual([[32, -100, 216]]); // 2xy²: past the inner target
  });

  test("does not pass stopGradient, nor use what lies behind it", () => {
    const product = stopGradient(x.square()).mul(x);
    expect(arrays([grad(product.sum(), x)])).toEqual([[1, 4, 9]]); // x² as if it were a constant
    expect(arrays([grad(x.square().stopGradient().sum(), x)])).toEqual([[0, 0, 0]]);
  });

  test("stops what is asked about in its own right: a stopped tensor still has a gradient", () => {
    const stopped = x.stopGradient();
    expect(arrays([grad(stopped.square().sum(), stopped)])).toEqual([[2, -4, 6]]);
  });

  test("of a gradient is the second derivative, and of that the third", () => {
    const cube = x.mul(x).mul(x).sum();
    const first = grad(cube, x);
    const second = grad(first.sum(), x);
    const third = grad(second.sum(), x);
    expect(arrays([first, second, third])).toEqual([
      [3, 12, 27],
      [6, -12, 18],
      [6, 6, 6],
    ]);
  });

  test("differentiates a penalty on a gradient: d/dw (d/dx w·x²)² = 8wx²", () => {
    const slope = grad(y.mul(x.square()).sum(), x);
    expect(arrays([grad(slope.square().sum(), y)])).toEqual([[32, 160, -432]]);
  });

  test("undoes every kind of stretching", () => {
    const column = input("column", [2, 1]);
    const row = input("row", [1, 3]);
    const s = input("s", []);
    const gradients = grad(column.mul(row).mul(s).sum(), [column, row, s]);
    expect(gradients.map((g) => g.shape)).toEqual([[2, 1], [1, 3], []]);
    const given = { column: [1, 2], row: [3, 4, 5], s: [10] };
    expect(evaluate(gradients, given).map((g) => [...g])).toEqual([[120, 120], [30, 30, 30], [36]]);
  });

  test("gives every maximum of a tie the gradient, and the second of two equal operands all of it", () => {
    const tie = constant([2, 2, 1]);
    expect(arrays([grad(tie.max(), tie)])).toEqual([[1, 1, 0]]);
    const [left, right] = [constant([1, 2]), constant([1, 3])];
    expect(arrays(grad(left.maximum(right).sum(), [left, right]))).toEqual([
      [0, 0],
      [1, 1],
    ]);
    expect(arrays(grad(left.minimum(right).sum(), [left, right]))).toEqual([
      [0, 1],
      [1, 0],
    ]);
  });

  test("is 0 at the kink of ReLU and of the absolute value", () => {
    const zero = constant([0]);
    expect(arrays(grad(zero.relu().add(zero.abs()).sum(), [zero]))).toEqual([[0]]);
    expect(arrays(grad(make("leakyRelu", [zero], { slope: 0.2 }).sum(), [zero]))[0][0]).toBeCloseTo(0.2, 6);
  });

  test("refuses a y that is not a scalar, naming its shape", () => {
    expect(() => grad(x, x)).toThrow(new ShapeError("grad: y must be a scalar, got [3]; sum or average it"));
  });

  test("walks a graph 20 000 nodes deep without overflowing the stack", () => {
    let deep = x;
    for (let i = 0; i < 20_000; i++) deep = deep.mul(i % 2 === 0 ? 2 : 0.5);
    expect(arrays([grad(concat([deep, x], 0).sum(), x)])).toEqual([[2, 2, 2]]);
  });
});
