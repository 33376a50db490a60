import { expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { stream } from "../random/index.ts";
import { assign } from "./assignment.ts";

/** The least sum over all permutations. */
function bruteForce(costs: Float64Array, n: number, row = 0, taken = 0): number {
  if (row === n) return 0;
  let least = Number.POSITIVE_INFINITY;
  for (let j = 0; j < n; j++) {
    if (taken & (1 << j)) continue;
    least = Math.min(least, costs[row * n + j] + bruteForce(costs, n, row + 1, taken | (1 << j)));
  }
  return least;
}

const sumOf = (costs: Float64Array, columns: Int32Array) =>
  columns.reduce((sum, j, i) => sum + costs[i * columns.length + j], 0);

test.each([1, 2, 3, 4, 5, 6, 7])("%i rows get what the best of all permutations gives, each column once", (n) => {
  const random = stream(1, "costs", n);
  for (let k = 0; k < 30; k++) {
    // Every third time whole numbers from 0 to 2, so that many are equal; every other third, some are negative.
    const cost = () => (k % 3 === 0 ? random.integer(3) : random.uniform() - (k % 3 === 1 ? 0.5 : 0));
    const costs = Float64Array.from({ length: n * n }, cost);
    const columns = assign(costs, n);
    expect(new Set(columns).size).toBe(n);
    expectClose(sumOf(costs, columns), bruteForce(costs, n), { atol: 1e-12 });
  }
});

test("equal costs everywhere are an assignment too, and none are none", () => {
  expect(new Set(assign(new Float64Array(900).fill(2), 30)).size).toBe(30);
  expect(assign(new Float64Array(), 0)).toHaveLength(0);
});

test("a hidden permutation is found again", () => {
  const n = 200;
  const order = stream(2, "order").permutation(n);
  const costs = stream(2, "costs").fillUniform(new Float32Array(n * n), 1, 2);
  const hidden = Float64Array.from(costs, (cost, at) => (order[Math.floor(at / n)] === at % n ? 0.5 : cost));
  expect([...assign(hidden, n)]).toEqual([...order]);
});
