import { describe, expect, test } from "vitest";
import { InputError } from "../errors/index.ts";
import { sampleOrder } from "./order.ts";

const ten = { spec: "./cats", kind: "images", count: 10 } as const;

describe("a finite set", () => {
  const order = sampleOrder(ten, { batch: 3, seed: 1 });
  const epoch = (n: number) => [0, 1, 2].flatMap((k) => order.indices(3 * n + k));

  test("is gone through in epochs of whole batches without a sample coming twice", () => {
    for (const n of [0, 1, 7]) {
      const seen = epoch(n);
      expect(new Set(seen).size).toBe(9);
      for (const index of seen) expect(Number.isInteger(index) && index >= 0 && index < 10).toBe(true);
    }
    expect([0, 2, 3, 8, 9].map(order.epochOf)).toEqual([0, 0, 1, 2, 3]);
  });

  test("has a new order each epoch and for each seed, and leaves out another sample each time", () => {
    expect(epoch(0)).not.toEqual(epoch(1));
    expect(sampleOrder(ten, { batch: 3, seed: 2 }).indices(0)).not.toEqual(order.indices(0));
    const left = Array.from({ length: 100 }, (_, n) => 45 - epoch(n).reduce((sum, index) => sum + index, 0));
    expect(new Set(left).size).toBe(10);
  });

  test("gives the same batch at a position however it is reached", () => {
    const forward = Array.from({ length: 12 }, (_, position) => order.indices(position));
    for (const position of [11, 0, 5, 4, 9]) {
      expect(order.indices(position)).toEqual(forward[position]);
      expect(sampleOrder(ten, { batch: 3, seed: 1 }).indices(position)).toEqual(forward[position]);
    }
  });

  test("of exactly one batch is that batch, shuffled", () => {
    const whole = sampleOrder(ten, { batch: 10, seed: 1 });
    expect([...whole.indices(5)].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(whole.epochOf(5)).toBe(5);
  });

  test("smaller than a batch is refused, with what to do", () => {
    const few = { spec: "./cats", kind: "images", count: 3 } as const;
    const refused = () => sampleOrder(few, { batch: 64, seed: 1 });
    expect(refused).toThrow(InputError);
    expect(refused).toThrow(
      "--data: ./cats has 3 images; batch size 64 needs at least 64. Pass --batch 3 or give more images.",
    );
    for (const batch of [0, -1, 1.5, Number.NaN]) expect(() => sampleOrder(few, { batch, seed: 1 })).toThrow("--batch");
  });
});

test("an endless set is counted up", () => {
  const order = sampleOrder({ spec: "ring", kind: "points", count: Number.POSITIVE_INFINITY }, { batch: 4, seed: 1 });
  expect(order.indices(0)).toEqual([0, 1, 2, 3]);
  expect(order.indices(2 ** 40)[3]).toBe(2 ** 42 + 3);
  expect(order.epochOf(1e9)).toBe(0);
});
