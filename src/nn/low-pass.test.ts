import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { applyTo } from "../../test/scope.ts";
import { constant } from "../graph/index.ts";
import { stream } from "../random/index.ts";
import { lowPassDouble, lowPassHalve, type Module } from "./index.ts";

const numbers = (module: Module, shape: readonly number[], x: ArrayLike<number>) => {
  const { y, numbersOf } = applyTo(module, shape, x);
  return { shape: y.shape, values: numbersOf(y) };
};

describe("lowPassHalve", () => {
  test("takes (1, 3, 3, 1)/8 of four pixels in each direction, around every second gap", () => {
    const row = [1, 10, 100, 1000];
    const image = [0, 1, 0, 0].flatMap((weight) => row.map((value) => value * weight));
    const { shape, values } = numbers(lowPassHalve(), [1, 1, 4, 4], image);
    expect(shape).toEqual([1, 1, 2, 2]);
    // columns: (3·1 + 3·10 + 100)/8 and (10 + 3·100 + 3·1000)/8; the second row counts 3/8 above and 1/8 below
    const [left, right] = [133 / 8, 3310 / 8];
    expect(values).toEqual([(3 * left) / 8, (3 * right) / 8, left / 8, right / 8]);
  });

  test("keeps each channel of each image to itself", () => {
    const x = [1, 2, 3, 4].flatMap((value) => new Array(16).fill(value));
    const { values } = numbers(lowPassHalve(), [2, 2, 4, 4], x);
    const corner = (7 / 8) ** 2; // of four pixels in each direction, one that weighs 1/8 is beyond the border
    expect(values).toEqual([1, 2, 3, 4].flatMap((value) => new Array(4).fill(value * corner)));
  });
});

describe("lowPassDouble", () => {
  test("puts between two pixels ¾ of the nearer and ¼ of the farther one", () => {
    const { shape, values } = numbers(lowPassDouble(), [1, 1, 1, 3], [1, 10, 100]);
    expect(shape).toEqual([1, 1, 2, 6]);
    const row = [3 / 4, (3 + 10) / 4, (1 + 30) / 4, (30 + 100) / 4, (10 + 300) / 4, 300 / 4];
    expect(values).toEqual([...row, ...row].map((value) => (value * 3) / 4));
  });

  test("leaves an even surface even, but for its border", () => {
    const { values } = numbers(lowPassDouble(), [1, 1, 4, 4], new Array(16).fill(5));
    for (let i = 1; i < 7; i++) for (let j = 1; j < 7; j++) expect(values[i * 8 + j]).toBe(5);
  });

  test("is 4 times the transpose of halving, and the gradient of each is the other", () => {
    const uniform = (name: string, size: number) => stream(1, name).fillUniform(new Float32Array(size), -1, 1);
    const [large, small] = [uniform("large", 2 * 3 * 64), uniform("small", 2 * 3 * 16)];
    const down = applyTo(lowPassHalve(), [2, 3, 8, 8], large);
    const up = applyTo(lowPassDouble(), [2, 3, 4, 4], small);
    const times4 = (values: ArrayLike<number>) => Array.from(values, (value) => 4 * value);
    const tolerance = { atol: 1e-6 }; // constants are float32
    expectClose(times4(down.gradientOf(down.x, constant(small, [2, 3, 4, 4]))), up.numbersOf(up.y), tolerance);
    expectClose(up.gradientOf(up.x, constant(large, [2, 3, 8, 8])), times4(down.numbersOf(down.y)), tolerance);
  });
});
