import { expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { stream } from "../random/index.ts";
import { earthMover } from "./earth-mover.ts";
import { sinkhornDivergence } from "./sinkhorn.ts";

const normal = (name: string, n: number, std = 1) => stream(1, name).fillNormal(new Float32Array(2 * n), 0, std);

test("one point against one is their distance", () => {
  expectClose(sinkhornDivergence(Float32Array.of(1, 1), Float32Array.of(4, 5), 0.01), 5, { atol: 1e-4 });
});

test("one point against two at the same distance a is a + ε/2 log((1 + e^(−2a/ε)) / 2)", () => {
  for (const [a, epsilon] of [
    [1, 0.1],
    [0.25, 0.5],
    [0.125, 1],
  ]) {
    const expected = a + (epsilon / 2) * Math.log((1 + Math.exp((-2 * a) / epsilon)) / 2);
    const [one, two] = [Float32Array.of(0, 0), Float32Array.of(a, 0, -a, 0)];
    expectClose(sinkhornDivergence(one, two, epsilon), expected, { atol: 1e-3 * epsilon });
    expectClose(sinkhornDivergence(two, one, epsilon), expected, { atol: 1e-3 * epsilon });
  }
});

test("equal sets are 0 apart, in whatever order, and a set is as near as its double", () => {
  const [x, y] = [normal("x", 60), normal("y", 90)];
  const order = stream(1, "order").permutation(60);
  const shuffled = x.map((_, i) => x[2 * order[i >> 1] + (i % 2)]);
  expect(sinkhornDivergence(x, x, 0.05)).toBeLessThan(1e-3 * 0.05);
  expect(sinkhornDivergence(x, shuffled, 0.05)).toBeLessThan(1e-3 * 0.05);
  const twice = Float32Array.of(...x, ...x);
  expectClose(sinkhornDivergence(twice, y, 0.05), sinkhornDivergence(x, y, 0.05), { atol: 5e-3 * 0.05 });
});

test("the two sides change places", () => {
  const [x, y] = [normal("x", 60), normal("y", 90, 0.4)];
  expectClose(sinkhornDivergence(x, y, 0.05), sinkhornDivergence(y, x, 0.05), { atol: 5e-3 * 0.05 });
});

test("it is within ε log n of the earth mover's distance, and comes nearer as ε falls", () => {
  const x = normal("x", 80);
  const away = x.map((value, i) => value + (i % 2 === 0 ? 3 : 4));
  for (const y of [normal("y", 80, 0.3), normal("z", 80), away]) {
    const exact = earthMover(x, y);
    const off = [0.4, 0.1, 0.025, 0.00625].map((epsilon) => {
      const value = sinkhornDivergence(x, y, epsilon);
      expectClose(value, exact, { atol: epsilon * Math.log(80) });
      return Math.abs(value - exact);
    });
    for (const k of [1, 2, 3]) expect(off[k]).toBeLessThan(off[k - 1]);
  }
});

test("the unit of the points is that of ε and of the distance", () => {
  const [x, y] = [normal("x", 50), normal("y", 50, 0.5)];
  const scaled = (points: Float32Array) => points.map((value) => 8 * value);
  const small = sinkhornDivergence(x, y, 0.05);
  expectClose(sinkhornDivergence(scaled(x), scaled(y), 0.4), 8 * small, { rtol: 1e-9 });
});
