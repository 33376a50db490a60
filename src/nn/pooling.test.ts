import { expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { constant, evaluate, grad, input, ShapeError, type Tensor } from "../graph/index.ts";
import { stream } from "../random/index.ts";
import { minPool } from "./pooling.ts";

const x = input("x", [2, 2, 4, 5]);
const data = stream(1, "x").fillNormal(new Float32Array(80));
const numbers = (tensor: Tensor) => [...evaluate([tensor], { x: data })[0]];
const at = (n: number, c: number, y: number, column: number) => data[((n * 2 + c) * 4 + y) * 5 + column];

test.each([1, 2, 3, 4])("takes the least of each %i × %i window, wherever it lies", (size) => {
  const expected = [];
  for (const n of [0, 1]) {
    for (const c of [0, 1]) {
      for (let y = 0; y + size <= 4; y++) {
        for (let column = 0; column + size <= 5; column++) {
          const window = Array.from({ length: size * size }, (_, i) =>
            at(n, c, y + Math.floor(i / size), column + (i % size)),
          );
          expected.push(Math.min(...window));
        }
      }
    }
  }
  const y = minPool(x, size);
  expect(y.shape).toEqual([2, 2, 5 - size, 6 - size]);
  expectClose(numbers(y), expected, { atol: 0 });
});

test("hands the gradient of a window to its least value alone, of all windows that it is the least of", () => {
  const map = constant([5, 4, 3, 6, 1, 7, 8, 9, 2], [1, 1, 3, 3]);
  const weights = constant([10, 20, 30, 40], [1, 1, 2, 2]);
  // 1, in the middle, is the least of all four windows
  expect(numbers(grad(minPool(map, 2).mul(weights).sum(), map))).toEqual([0, 0, 0, 0, 100, 0, 0, 0, 0]);
  const slope = constant([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 1, 3, 3]);
  expect(numbers(grad(minPool(slope, 2).mul(weights).sum(), slope))).toEqual([10, 20, 0, 30, 40, 0, 0, 0, 0]);
});

test("refuses a window larger than the map", () => {
  expect(() => minPool(x, 5)).toThrow(ShapeError);
  expect(() => minPool(x, 5)).toThrow("no window of 5 × 5 in [2, 2, 4, 5]");
});
