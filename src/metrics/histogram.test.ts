import { expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { stream } from "../random/index.ts";
import { klFloor, klFromUniform } from "./histogram.ts";

/** How many of MNIST's 70,000 digits are 0, 1, … 9. */
const DIGITS = [6903, 7877, 6990, 7141, 6824, 6313, 6876, 7293, 6825, 6958];

test("KL from uniform is 0 of even counts, log K of one class alone or none, and log K − H between", () => {
  expect(klFromUniform([7, 7, 7])).toBe(0);
  expectClose(klFromUniform([0, 9, 0, 0]), Math.log(4), { atol: 1e-15 });
  expect(klFromUniform([0, 0, 0, 0])).toBe(Math.log(4));
  const entropy = -(0.5 * Math.log(0.5) + 0.25 * Math.log(0.25) * 2);
  expectClose(klFromUniform([2, 1, 1, 0]), Math.log(4) - entropy, { atol: 1e-15 });
});

test("KL by chance is (K − 1)/2N: 0.0014 on the ring, 0.0048 on the grid, 0.01921 of stacked digits", () => {
  expectClose([klFloor(8, 2500), klFloor(25, 2500)], [0.0014, 0.0048], { atol: 1e-12 });
  expect(klFloor(1000, 26_000)).toBe(999 / 52_000);
  expectClose(klFloor(1000, 26_000), 0.01921, { atol: 5e-6 });
});

test.each([
  [8, 2500, 400],
  [25, 2500, 400],
  [1000, 26_000, 40],
])("even draws over %i classes, %i of them, have it on average", (classes, count, draws) => {
  const random = stream(1, "even", classes);
  const seen = Array.from({ length: draws }, () => {
    const counts = new Float64Array(classes);
    for (let i = 0; i < count; i++) counts[random.integer(classes)]++;
    return klFromUniform(counts);
  });
  const mean = seen.reduce((a, b) => a + b) / draws;
  // 2N·KL is χ² of K − 1 degrees of freedom, of variance 2(K − 1); the next term of its mean is of the order K²/12N².
  const error = Math.sqrt(2 * (classes - 1)) / (2 * count) / Math.sqrt(draws);
  expectClose(mean, klFloor(classes, count), { atol: 3 * error + classes ** 2 / (6 * count ** 2) });
});

test("digits of MNIST are not equally many: stacks of them have 0.0043 more, 0.024 in all", () => {
  const shares = DIGITS.map((n) => n / 70_000);
  const stacks = shares.flatMap((a) => shares.flatMap((b) => shares.map((c) => a * b * c)));
  expectClose(klFromUniform(stacks), 3 * klFromUniform(DIGITS), { atol: 1e-12 });
  expectClose(klFromUniform(stacks), 0.004348, { atol: 5e-7 });
  expectClose(klFromUniform(stacks) + klFloor(1000, 26_000), 0.024, { atol: 5e-4 });
});
