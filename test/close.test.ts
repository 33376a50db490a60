import { expect, test } from "vitest";
import { expectClose, expectSameBits, relativeNorm } from "./close.ts";

test("a difference beyond the tolerance fails on either side, naming the place and both values", () => {
  const tolerance = { atol: 0.1 };
  expectClose([1, 2.05], [1, 2], tolerance);
  expect(() => expectClose([1, 2.2], [1, 2], tolerance, "y")).toThrow("y[1]: got 2.2, expected 2 ± 0.1");
  expect(() => expectClose([1, 1.8], [1, 2], tolerance, "y")).toThrow("y[1]: got 1.8, expected 2 ± 0.1");
});

test("a relative tolerance grows with the expected value", () => {
  expectClose([100.5], [100], { rtol: 0.01 });
  expect(() => expectClose([1.5], [1], { rtol: 0.01 })).toThrow("expected 1 ± 0.01");
  expectClose([0, Infinity], [0, Infinity], { rtol: 0 });
});

test("NaN, a wrong length and a missing tolerance never pass", () => {
  expect(() => expectClose(Number.NaN, 0, { atol: 1e9 })).toThrow("got NaN");
  expect(() => expectClose([0, 1, Number.NaN], [0, 1, Number.NaN], { atol: 1e9 })).toThrow("[2]: got NaN");
  expect(() => expectClose([Number.NaN, 1], [0, 1], { atol: 1e9 })).toThrow("[0]: got NaN");
  expect(() => expectClose(Number.NaN, 1, { norm: 1e9 })).toThrow("relative norm NaN");
  expect(() => expectClose([1, 2], [1], { atol: 1 })).toThrow("2 numbers, expected 1");
  expect(() => expectClose(1, 1, {})).toThrow("no tolerance");
});

test("the relative norm is ‖a − b‖ / ‖b‖", () => {
  expect(relativeNorm([3, 4.5], [3, 4])).toBe(0.1);
  expect(relativeNorm([0, 0], [0, 0])).toBe(0);
  expect(relativeNorm([1], [0])).toBe(Infinity);
  expect(() => expectClose([3, 4.5], [3, 4], { norm: 0.09 })).toThrow("relative norm 0.1");
});

test("bits are compared without rounding", () => {
  expectSameBits([0, Number.NaN], [0, Number.NaN]);
  expect(() => expectSameBits([0], [-0])).toThrow("got 0, expected 0");
  expect(() => expectSameBits([1 + Number.EPSILON], [1])).toThrow("[0]");
});
