import { expect, test } from "vitest";
import { stream } from "../random/index.ts";
import { randomGroups } from "./groups.ts";

const sizes = (group: Uint16Array, groups: number) =>
  Array.from({ length: groups }, (_, g) => group.filter((each) => each === g).length);

test.each([
  [100, 10],
  [103, 10],
  [7, 7],
  [5, 1],
])("%i samples fall in %i groups whose sizes differ by one at most", (count, groups) => {
  const all = sizes(randomGroups(stream(1, count), count, groups), groups);
  expect(all.reduce((sum, size) => sum + size)).toBe(count);
  expect(Math.max(...all) - Math.min(...all)).toBeLessThanOrEqual(1);
});

test("each group has samples of every kind, where samples come in turn or sorted", () => {
  const group = randomGroups(stream(2), 2000, 10);
  for (const kindOf of [(i: number) => i % 10, (i: number) => Math.floor(i / 200)]) {
    for (let g = 0; g < 10; g++) {
      const kinds = new Set(Array.from(group.keys()).flatMap((i) => (group[i] === g ? [kindOf(i)] : [])));
      expect(kinds.size).toBe(10);
    }
  }
});
