import { expect, test } from "vitest";
import { evaluate, grad, input, substitute } from "./index.ts";

const x = input("x", [3]);
const w = input("w", [3]);

test("an input gives way to what is put in its place, and gradients pass as before", () => {
  const y = input("y", [3]);
  const before = x.mul(w).square().sum();
  const [after] = substitute([before], new Map([["x", y.add(1)]]));
  const feeds = { y: Float32Array.of(0, 1, 2), w: Float32Array.of(2, 3, 4) };
  expect(evaluate([after], feeds)).toEqual([Float64Array.of(4 + 36 + 144)]);
  // d/dy Σ ((y + 1) w)² = 2 (y + 1) w²
  expect(evaluate(grad(after, [y]), feeds)).toEqual([Float64Array.of(8, 36, 96)]);
});

test("what depends on none of the inputs named stays the node it is", () => {
  const [kept, moved] = substitute([w.exp(), x.exp()], new Map([["x", w]]));
  expect(kept.inputs).toEqual([w]);
  expect(moved.inputs).toEqual([w]);
  expect(substitute([kept], new Map([["x", w]]))[0]).toBe(kept);
});

test("a value of another shape is refused", () => {
  expect(() => substitute([x], new Map([["x", input("y", [4])]]))).toThrow('"x" is [3], got [4]');
});
