// The earth mover's distance on the line and in the plane, and as a metric.

import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { measureFeatures } from "../../test/metrics/of-features.ts";
import { InputError } from "../errors/index.ts";
import { stream } from "../random/index.ts";
import { earthMover, earthMoverDistance, wasserstein1 } from "./earth-mover.ts";
import { sinkhornDivergence } from "./sinkhorn.ts";

const normal = (name: string, length: number, std = 1) => stream(1, name).fillNormal(new Float32Array(length), 0, std);
const shifted = (points: Float32Array, by: readonly number[]) => points.map((value, i) => value + by[i % by.length]);
/** Rounded so that sums with quarters stay exact. */
const coarse = (values: Float32Array) => values.map((value) => Math.round(256 * value) / 256);

describe("on the line", () => {
  test("is the distance of two points, and the mean one of sorted numbers", () => {
    expect(wasserstein1([2], [-3])).toBe(5);
    expect(wasserstein1([5, 1, 3], [2, 8, 2])).toBe((1 + 1 + 3) / 3);
    expect(wasserstein1([0, 0, 3], [1])).toBe(4 / 3);
  });

  test("of a set moved by v is |v|, exactly, and of a shuffled one 0", () => {
    const x = coarse(normal("x", 400));
    for (const v of [0.25, -1.5]) expect(wasserstein1(x, shifted(x, [v]))).toBe(Math.abs(v));
    expect(wasserstein1(x, x.toReversed())).toBe(0);
  });

  test.each([
    [4, 6],
    [5, 7],
    [1, 9],
    [12, 12],
  ])("of %i numbers against %i is that of as many copies of each as make them equally many", (n, m) => {
    const [x, y] = [normal("x", n), normal("y", m, 2)];
    const copied = (values: Float32Array, times: number) =>
      [...values].flatMap((v) => new Array<number>(times).fill(v));
    expectClose(wasserstein1(x, y), wasserstein1(copied(x, m), copied(y, n)), { rtol: 1e-12 });
    expectClose(wasserstein1(y, x), wasserstein1(x, y), { rtol: 1e-12 });
    expect(wasserstein1(x, copied(x, 3))).toBe(0);
  });

  test("of normal laws of deviations 1 and 2 is √(2/π), of means 0 and 3 it is 3", () => {
    const [x, y] = [normal("one", 100_000), normal("two", 80_000, 2)];
    // √(2/π): E|z|; its error is that of two means of |z|, the second of twice the width.
    const error = Math.sqrt((1 - 2 / Math.PI) * (1 / 100_000 + 4 / 80_000));
    expectClose(wasserstein1(x, y), 0.7978845608, { atol: 3 * error });
    expectClose(wasserstein1(x, shifted(normal("three", 80_000), [3])), 3, {
      atol: 3 * Math.sqrt(1 / 100_000 + 1 / 80_000),
    });
  });

  test("of n numbers from [0, 1] is 0.31333/√n to the law and 0.44311/√n to n others, on average", () => {
    const [n, draws] = [400, 300];
    const law = Float64Array.from({ length: 40_000 }, (_, i) => (i + 0.5) / 40_000);
    const uniform = (name: string, k: number) => stream(1, name, k).fillUniform(new Float32Array(n));
    const cases: [number, (k: number) => number][] = [
      [0.31333, (k) => wasserstein1(uniform("a", k), law)],
      [0.44311, (k) => wasserstein1(uniform("a", k), uniform("b", k))],
    ];
    for (const [constant, of] of cases) {
      const seen = Array.from({ length: draws }, (_, k) => of(k) * Math.sqrt(n));
      const mean = seen.reduce((a, b) => a + b) / draws;
      const error = Math.sqrt(seen.reduce((sum, v) => sum + (v - mean) ** 2, 0)) / draws;
      expectClose(mean, constant, { atol: 3 * error + 0.4 / n }); // and terms of the order 1/n
    }
  });

  test("of no numbers is a mistake", () => {
    expect(() => wasserstein1([], [1])).toThrow("0 and 1 numbers");
  });
});

describe("in the plane", () => {
  test("is the least mean distance of all assignments", () => {
    const distance = (x: Float32Array, y: Float32Array, i: number, j: number) =>
      Math.hypot(x[2 * i] - y[2 * j], x[2 * i + 1] - y[2 * j + 1]);
    const best = (x: Float32Array, y: Float32Array, rest: readonly number[], i = 0): number =>
      rest.length === 0
        ? 0
        : Math.min(
            ...rest.map((j) => {
              const others = rest.filter((k) => k !== j);
              return distance(x, y, i, j) + best(x, y, others, i + 1);
            }),
          );
    for (const n of [1, 2, 5, 7]) {
      const [x, y] = [normal(`x${n}`, 2 * n), normal(`y${n}`, 2 * n)];
      const all = Array.from({ length: n }, (_, i) => i);
      expectClose(earthMover(x, y), best(x, y, all) / n, { rtol: 1e-12 });
    }
  });

  test("of a set moved by v is |v|, and of a shuffled one 0", () => {
    const x = coarse(normal("x", 600));
    expectClose(earthMover(x, shifted(x, [0.375, 0.5])), 0.625, { atol: 1e-13 });
    expectClose(earthMover(x, shifted(x, [-3, 0])), 3, { atol: 1e-13 });
    const order = stream(1, "order").permutation(300);
    expect(
      earthMover(
        x,
        x.map((_, i) => x[2 * order[i >> 1] + (i % 2)]),
      ),
    ).toBe(0);
  });

  test("of points on a line is the line's", () => {
    const [x, y] = [normal("x", 500), normal("y", 500, 2)];
    const flat = (values: Float32Array) => values.map((value, i) => (i % 2 === 0 ? value : 0));
    const evens = (values: Float32Array) => values.filter((_, i) => i % 2 === 0);
    expectClose(earthMover(flat(x), flat(y)), wasserstein1(evens(x), evens(y)), { rtol: 1e-12 });
  });

  test("the sides change places; of sets of other sizes it is a mistake", () => {
    const [x, y] = [normal("x", 200), normal("y", 200, 0.5)];
    expectClose(earthMover(x, y), earthMover(y, x), { rtol: 1e-12 });
    expect(() => earthMover(x, y.subarray(2))).toThrow("100 and 99 points");
  });
});

describe("as a metric", () => {
  const real = normal("real", 2 * 700);
  const made = normal("made", 2 * 700, 0.7);

  test("is exact on the first 500 of each side", async () => {
    const { figures, protocol } = await measureFeatures(earthMoverDistance, { real, made, d: 2, batch: 130 });
    expect(figures.emd.value).toBe(earthMover(real.subarray(0, 1000), made.subarray(0, 1000)));
    expect(protocol).toBe("500 against 500, exact assignment");
  });

  test("takes Sinkhorn's way where more are asked for, or sides differ, and tells ε", async () => {
    const [few, many] = [real.subarray(0, 400), made.subarray(0, 600)];
    const uneven = await measureFeatures(earthMoverDistance, {
      real: few,
      made: many,
      d: 2,
      options: { epsilon: 0.1 },
    });
    expect(uneven.figures.emd.value).toBe(sinkhornDivergence(few, many, 0.1));
    expect(uneven.protocol).toBe("300 against 200, debiased Sinkhorn, epsilon 0.1");
    const options = { most: 600, epsilon: 0.2 };
    const { figures, protocol } = await measureFeatures(earthMoverDistance, { real, made, d: 2, options });
    expect(protocol).toBe("600 against 600, debiased Sinkhorn, epsilon 0.2");
    expect(figures.emd.value).toBe(sinkhornDivergence(real.subarray(0, 1200), made.subarray(0, 1200), 0.2));
  });

  test("refuses fewer points than tell anything", async () => {
    const few = { real: normal("few", 198), made, d: 2 };
    await expect(measureFeatures(earthMoverDistance, few)).rejects.toThrow(InputError);
    await expect(measureFeatures(earthMoverDistance, few)).rejects.toThrow("at least 100 real samples, got 99");
  });
});
