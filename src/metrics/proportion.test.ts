import { expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { stream } from "../random/index.ts";
import { wilson } from "./proportion.ts";

test("Wilson's interval is where the share is 1.96 of its own standard errors away", () => {
  for (const [hits, count] of [
    [3, 10],
    [50, 100],
    [2472, 2500],
  ]) {
    for (const edge of wilson(hits, count)) {
      expectClose(Math.abs(hits / count - edge) / Math.sqrt((edge * (1 - edge)) / count), 1.959964, { atol: 1e-6 });
    }
  }
});

test("it ends at 0 and 1, and is certain of neither", () => {
  const [low, high] = wilson(0, 20);
  expect(low).toBe(0);
  expectClose(high, 1.959964 ** 2 / (20 + 1.959964 ** 2), { atol: 1e-7 }); // z²/(n + z²)
  expectClose(wilson(20, 20), [1 - high, 1], { atol: 1e-12 });
});

test("it holds the truth 95 times in a hundred", () => {
  const random = stream(1, "coins");
  let held = 0;
  for (let k = 0; k < 4000; k++) {
    let hits = 0;
    for (let i = 0; i < 50; i++) if (random.uniform() < 0.3) hits++;
    const [low, high] = wilson(hits, 50);
    if (low <= 0.3 && 0.3 <= high) held++;
  }
  expectClose(held / 4000, 0.95, { atol: 0.02 }); // whole numbers of hits leave it a little off
});
