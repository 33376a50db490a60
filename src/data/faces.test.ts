import { describe, expect, test } from "vitest";
import { faces, faceWith } from "./faces.ts";

const first = (count: number) => Array.from({ length: count }, (_, i) => i);
const { attributes: names = [] } = faces.open({ seed: 1 });

/** Face `index` of seed 1 with all of its own attributes but one, and the pixels in which the two differ much, as [x, y] in [0, 1). */
function toggled(index: number, size: number, name: string, own: ArrayLike<number>) {
  const other = Array.from(own, (value, i) => (names[i] === name ? 1 - value : value));
  const [before, after] = [own, other].map((attributes) => faceWith({ seed: 1, size }, index, attributes));
  const changed = (least: number) =>
    first(size * size)
      .filter((i) => [0, 1, 2].some((c) => Math.abs(before[c * size * size + i] - after[c * size * size + i]) > least))
      .map((i): [x: number, y: number] => [(i % size) / size, Math.floor(i / size) / size]);
  return { other, changed };
}

/** Where an attribute is drawn, whatever the place and size of the head: [left, right, top, bottom]. */
const REGIONS: Readonly<Record<string, readonly [number, number, number, number]>> = {
  glasses: [0.15, 0.85, 0.4, 0.7],
  smile: [0.24, 0.76, 0.6, 0.88],
  "long-hair": [0.08, 0.92, 0.15, 1],
  hat: [0.08, 0.92, 0, 0.48],
  "turned-left": [0.05, 0.95, 0, 1],
};

describe("faces", () => {
  test("each attribute is a fair coin of its own: none tells of another, nor of the ground's colour", async () => {
    const count = 800;
    const { values, attributes } = await faces.open({ seed: 4, size: 32 }).read(first(count));
    const coin = (i: number, a: number) => 2 * attributes![i * names.length + a] - 1;
    const ground = (i: number) => values[i * 3 * 32 * 32] - 0.8;
    const bound = 5 / Math.sqrt(count); // five standard errors of a mean of ±1
    const mean = (of: (i: number) => number) => first(count).reduce((sum, i) => sum + of(i), 0) / count;
    expect(attributes).toHaveLength(count * 5);
    for (const [a, name] of names.entries()) {
      expect(Math.abs(mean((i) => coin(i, a))), name).toBeLessThan(bound);
      expect(Math.abs(mean((i) => coin(i, a) * ground(i))), `${name} and ground`).toBeLessThan(bound / 2);
      for (const [b, other] of names.slice(0, a).entries()) {
        expect(Math.abs(mean((i) => coin(i, a) * coin(i, b))), `${name} and ${other}`).toBeLessThan(bound);
      }
    }
  });

  test("a sample is the face with its own attributes", async () => {
    for (const channels of [1, 3, 4] as const) {
      const options = { seed: 1, size: 32, channels };
      const { values, attributes, labels } = await faces.open(options).read([7]);
      expect(values).toEqual(faceWith(options, 7, attributes!));
      expect([...labels]).toEqual([-1]);
    }
  });

  describe.each(Object.entries(REGIONS))("%s", (name, [left, right, top, bottom]) => {
    test.each([32, 64])("shows at %i pixels on every face, where it is drawn and nowhere else", async (size) => {
      const count = 12;
      const { attributes } = await faces.open({ seed: 1, size }).read(first(count));
      for (const i of first(count)) {
        const { changed } = toggled(i, size, name, attributes!.subarray(5 * i, 5 * i + 5));
        expect(changed(0.3).length, `face ${i}`).toBeGreaterThanOrEqual((6 * size) / 32);
        for (const [x, y] of changed(0)) {
          expect(x >= left && x < right && y >= top && y < bottom, `face ${i} changes at ${x}, ${y}`).toBe(true);
        }
      }
    });
  });

  test("looks to the side that turned-left says: the mouth, where a smile changes it, lies there", async () => {
    const { attributes } = await faces.open({ seed: 1 }).read(first(16));
    for (const i of first(16)) {
      const own = attributes!.subarray(5 * i, 5 * i + 5);
      const mouth = toggled(i, 64, "smile", own).changed(0.1);
      const middle = mouth.reduce((sum, [x]) => sum + x, 0) / mouth.length;
      if (own[names.indexOf("turned-left")] === 1) expect(middle).toBeLessThan(0.48);
      else expect(middle).toBeGreaterThan(0.52);
    }
  });

  test("the same face is drawn at every size", async () => {
    const [small, large] = await Promise.all([32, 128].map((size) => faces.open({ seed: 3, size }).read([5])));
    let difference = 0;
    for (let i = 0; i < small.values.length; i++) {
      const [c, y, x] = [Math.floor(i / 1024), Math.floor(i / 32) % 32, i % 32];
      let mean = 0;
      for (let k = 0; k < 16; k++)
        mean += large.values[c * 128 * 128 + (4 * y + (k >> 2)) * 128 + 4 * x + (k % 4)] / 16;
      difference += Math.abs(mean - small.values[i]) / small.values.length;
    }
    expect(small.attributes).toEqual(large.attributes);
    expect(difference).toBeLessThan(0.03);
    expect(difference).toBeGreaterThan(0);
  });
});
