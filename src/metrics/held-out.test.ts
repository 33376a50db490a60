import { describe, expect, test } from "vitest";
import { type Dataset, findDataset } from "../data/index.ts";
import { partsOf } from "./held-out.ts";

/** Images [1, 8, 8] whose first pixel is their number, divided by their count. */
function numbered(count: number, changes: Partial<Dataset> = {}): Dataset {
  return {
    ...{ spec: "numbered", kind: "images", shape: [1, 8, 8], count, classes: ["even", "odd"] },
    ...{ fingerprint: `numbered ${count}`, problems: [] },
    async read(indices) {
      const values = new Float32Array(indices.length * 64);
      for (let k = 0; k < indices.length; k++) values[64 * k] = indices[k];
      return { values, labels: Int32Array.from(indices, (index) => index % 2) };
    },
    async close() {},
    ...changes,
  };
}

const numbersOf = async (set: Dataset, count = set.count) => {
  const { values, labels } = await set.read(Array.from({ length: count }, (_, i) => i));
  const numbers = Array.from({ length: count }, (_, i) => values[64 * i]);
  expect(Array.from(labels)).toEqual(numbers.map((number) => number % 2));
  return numbers;
};

describe("the parts of a set", () => {
  test("are a tenth and the rest, drawn by the seed, nothing in both", async () => {
    const { learned, heldOut } = partsOf(numbered(205), undefined, 1);
    const [seen, unseen] = [await numbersOf(learned), await numbersOf(heldOut)];
    expect(unseen).toHaveLength(20);
    expect([...seen, ...unseen].sort((a, b) => a - b)).toEqual(Array.from({ length: 205 }, (_, i) => i));
    expect(unseen).not.toEqual(unseen.toSorted((a, b) => a - b)); // of files sorted by class, some of each
    const again = (seed: number) => numbersOf(partsOf(numbered(205), undefined, seed).heldOut);
    expect(await again(1)).toEqual(unseen);
    expect(await again(2)).not.toEqual(unseen);
  });

  test("with a test part of the same labels learn the same, and are tried on that", async () => {
    const { learned, heldOut } = partsOf(numbered(50), numbered(30), 1);
    expect(await numbersOf(learned)).toEqual(await numbersOf(partsOf(numbered(50), undefined, 1).learned));
    expect((await numbersOf(heldOut)).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, i) => i));
    const other = numbered(30, { classes: ["odd", "even"] });
    expect(partsOf(numbered(50), other, 1).heldOut.count).toBe(5);
  });

  test("of an endless set are its beginning and samples from far away", async () => {
    const glyphs = findDataset("glyphs")!.open({ seed: 1, size: 16 });
    const { learned, heldOut } = partsOf(glyphs, undefined, 1);
    expect(learned.count).toBe(Number.POSITIVE_INFINITY);
    expect((await learned.read([5])).values).toEqual((await glyphs.read([5])).values);
    expect((await heldOut.read([5])).values).toEqual((await glyphs.read([1_000_000_005])).values);
  });

  test("of a set with few labels are of those labels", async () => {
    const labelled = numbered(40);
    const { learned, heldOut } = partsOf(numbered(1000, { labelled }), undefined, 1);
    expect([learned.count, heldOut.count]).toEqual([36, 4]);
  });

  test("of a set that lacks pictures of some classes are to be had while two have any", () => {
    const { learned } = partsOf(
      numbered(50, { classes: ["even", "odd", "neither"], empty: ["neither"] }),
      undefined,
      1,
    );
    expect(learned.classes).toEqual(["even", "odd", "neither"]);
  });

  test.each([
    ["no labels", numbered(50, { classes: [] }), "has no labels"],
    ["one class", numbered(50, { classes: ["all"] }), 'has one class, "all"'],
    [
      "pictures of one class only",
      numbered(50, { classes: ["cat", "dog", "cow"], empty: ["cat", "cow"] }),
      'has pictures of "dog" alone of its 3 classes',
    ],
    ["points", numbered(50, { kind: "points" }), "holds points"],
    ["too few samples", numbered(19), "has 19 labelled images, and a classifier needs at least 20"],
  ])("are not to be had with %s", (_, set, reason) => {
    expect(() => partsOf(set, undefined, 1)).toThrow(new RegExp(`^--data: numbered .*${reason}`));
  });
});
