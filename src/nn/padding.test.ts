import { expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { applyTo } from "../../test/scope.ts";
import { constant } from "../graph/index.ts";
import { stream } from "../random/index.ts";
import { reflectionPad } from "./index.ts";

const numbers = (count: number, name: string) => stream(1, "pad", name).fillNormal(new Float32Array(count));

test("mirrors at the border pixels and does not repeat them", () => {
  const { y, numbersOf } = applyTo(reflectionPad(1), [1, 1, 2, 3], [1, 2, 3, 4, 5, 6]);
  expect(y.shape).toEqual([1, 1, 4, 5]);
  expect(numbersOf(y)).toEqual([
    ...[5, 4, 5, 6, 5], //
    ...[2, 1, 2, 3, 2],
    ...[5, 4, 5, 6, 5],
    ...[2, 1, 2, 3, 2],
  ]);
});

test("deeper, it is x at |i − p| and back from the far border, in every channel of every picture", () => {
  const [n, c, h, w, p] = [2, 3, 5, 4, 3];
  const x = numbers(n * c * h * w, "deep");
  const { y, numbersOf } = applyTo(reflectionPad(p), [n, c, h, w], x);
  const mirrored = (i: number, size: number) => size - 1 - Math.abs(size - 1 - Math.abs(i - p));
  const expected: number[] = [];
  for (let image = 0; image < n * c; image++) {
    for (let i = 0; i < h + 2 * p; i++) {
      for (let j = 0; j < w + 2 * p; j++) expected.push(x[(image * h + mirrored(i, h)) * w + mirrored(j, w)]);
    }
  }
  expect(y.shape).toEqual([n, c, h + 2 * p, w + 2 * p]);
  expect(numbersOf(y)).toEqual(expected);
});

test("its gradient counts how often a pixel was used", () => {
  const { x, gradientOf } = applyTo(reflectionPad(2), [1, 1, 3, 4], [], {});
  // along 3 pixels 2 1|0 1 2|1 0 show them 2, 3, 2 times; along 4, 2 1|0 1 2 3|2 1 show them 1, 3, 3, 1 times
  const [rows, columns] = [
    [2, 3, 2],
    [1, 3, 3, 1],
  ];
  expect(gradientOf(x)).toEqual(rows.flatMap((row) => columns.map((column) => row * column)));
});

test("is linear, and its gradient its transpose: ⟨pad(x), w⟩ = ⟨x, padᵀ(w)⟩", () => {
  const [x, w] = [numbers(2 * 2 * 4 * 5, "x"), numbers(2 * 2 * 8 * 9, "w")];
  const padded = applyTo(reflectionPad(2), [2, 2, 4, 5], x);
  const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a, (v, i) => v * b[i]).reduce((s, v) => s + v);
  const form = dot(padded.numbersOf(padded.y), w);
  expect(Math.abs(form)).toBeGreaterThan(1e-3);
  expectClose(dot(x, padded.gradientOf(padded.x, constant(w, [2, 2, 8, 9]))), form, { rtol: 1e-12 });
});

test("a picture too small to mirror names the layer and both sizes", () => {
  expect(() => applyTo(reflectionPad(3), [1, 8, 3, 9], [], { path: "G.model.0" })).toThrow(
    'ReflectionPad2d "G.model.0": has nothing to mirror 3 pixels deep in [1, 8, 3, 9]',
  );
});
