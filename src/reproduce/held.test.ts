// Samples in memory are the set's own, drawn by the seed where there are more.

import { expect, test } from "vitest";
import type { Dataset } from "../data/index.ts";
import { heldOf } from "./held.ts";

/** Sample i is [i, −i], of class i mod 3. */
function numbered(count: number) {
  const closed: boolean[] = [];
  const set: Dataset = {
    ...{ spec: "numbered", kind: "images", shape: [1, 1, 2], count, classes: ["a", "b", "c"] },
    ...{ fingerprint: `numbered ${count}`, problems: [] },
    read: async (indices) => ({
      values: Float32Array.from(Array.from(indices).flatMap((i) => [i, -i])),
      labels: Int32Array.from(indices, (i) => i % 3),
    }),
    close: async () => void closed.push(true),
  };
  return { set, closed };
}

const trial = (seed: number, shouldStop = () => false) => ({ seed, progress: () => {}, shouldStop });
const places = [0, 7, 3, 299];

test("of an endless set they are the first", async () => {
  const held = (await heldOf(numbered(Number.POSITIVE_INFINITY).set, 300, trial(1)))!;
  expect(held.count).toBe(300);
  const { values, labels } = await held.read(places);
  expect([...values]).toEqual(places.flatMap((i) => [i, -i]));
  expect([...labels]).toEqual(places.map((i) => i % 3));
});

test("of a finite set they are different ones that the seed draws, each with its class; all where it has no more", async () => {
  const heldBy = async (seed: number, most: number) => {
    const held = (await heldOf(numbered(1000).set, most, trial(seed)))!;
    const { values, labels } = await held.read(Array.from({ length: held.count }, (_, i) => i));
    const numbers = [...values].filter((_, k) => k % 2 === 0);
    expect([...labels]).toEqual(numbers.map((i) => i % 3));
    return numbers;
  };
  const drawn = await heldBy(1, 300);
  expect(new Set(drawn).size).toBe(300);
  expect(Math.max(...drawn)).toBeGreaterThan(700);
  expect(await heldBy(1, 300)).toEqual(drawn);
  expect(await heldBy(2, 300)).not.toEqual(drawn);
  expect((await heldBy(1, 5000)).sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
});

test("closing them closes the set, and giving up closes it at once", async () => {
  const kept = numbered(500);
  const held = (await heldOf(kept.set, 300, trial(1)))!;
  expect(kept.closed).toEqual([]);
  await held.close();
  expect(kept.closed).toEqual([true]);
  const given = numbered(500);
  expect(
    await heldOf(
      given.set,
      300,
      trial(1, () => true),
    ),
  ).toBeUndefined();
  expect(given.closed).toEqual([true]);
});
