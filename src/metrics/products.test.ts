import { test } from "vitest";
import { expectClose, expectSameBits } from "../../test/close.ts";
import { stream } from "../random/index.ts";
import { addProducts } from "./products.ts";

const random = (name: string, length: number) =>
  Float64Array.from(stream(1, name).fillNormal(new Float32Array(length)));

/** [n, m]: the products of rows of [n, k] and [m, k], one after another. */
function plain(a: Float64Array, b: Float64Array, k: number): Float64Array {
  const [n, m] = [a.length / k, b.length / k];
  return Float64Array.from({ length: n * m }, (_, at) => {
    const [i, j] = [Math.floor(at / m), at % m];
    let sum = 0;
    for (let c = 0; c < k; c++) sum += a[i * k + c] * b[j * k + c];
    return sum;
  });
}

test.each([
  [1, 1, 1],
  [2, 3, 5],
  [5, 2, 700],
  [63, 65, 255],
  [64, 64, 256],
  [130, 67, 257],
  [0, 4, 3],
])("products of %i rows with %i rows of %i numbers are what they are by hand, added to what was there", (n, m, k) => {
  const [a, b, before] = [random("a", n * k), random("b", m * k), random("before", n * m)];
  const out = before.slice();
  addProducts(out, a, b, k);
  const expected = plain(a, b, k).map((value, i) => value + before[i]);
  expectClose(out, expected, { atol: 1e-10 });
});

test("rows of zeros among others give zeros, and leave the others as they are", () => {
  const [n, k] = [200, 600];
  const a = random("a", n * k);
  a.fill(0, 60 * k, 140 * k);
  const out = new Float64Array(n * n);
  addProducts(out, a, a, k);
  expectClose(out, plain(a, a, k), { atol: 1e-10 });
});

test("the lower triangle alone is that of the whole, and above it nothing is touched", () => {
  const [n, k] = [150, 30];
  const a = random("a", n * k);
  const [whole, lower] = [new Float64Array(n * n), new Float64Array(n * n)];
  addProducts(whole, a, a, k);
  addProducts(lower, a, a, k, true);
  const expected = whole.map((value, at) => (at % n <= Math.floor(at / n) ? value : 0));
  expectSameBits(lower, expected);
});
