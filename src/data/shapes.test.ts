import { describe, expect, test } from "vitest";
import { measureShape } from "./shape-measure.ts";
import { allShapeTraits, describeShape, type ShapeTraits, shapes, shapeTraitsAt } from "./shapes.ts";
import { encodeWords, wordsOf } from "./text.ts";

const first = (count: number) => Array.from({ length: count }, (_, i) => i);

describe("shapes", () => {
  test.each([32, 64, 128].map((size) => ({ size })))("what $size pixels show is what was meant", async ({ size }) => {
    const set = shapes.open({ seed: 3, size });
    const count = { 32: 300, 64: 120, 128: 25 }[size]!;
    const { values } = await set.read(first(count));
    const length = 3 * size * size;
    let right = 0;
    for (const i of first(count)) {
      const { fit, ...seen } = measureShape(values.subarray(i * length, (i + 1) * length), set.shape)!;
      expect(fit).toBeGreaterThan(0.8);
      const { shape, ...meant } = shapeTraitsAt(3, i);
      expect(seen).toMatchObject(meant);
      right += seen.shape === shape ? 1 : 0;
    }
    expect(right / count).toBeGreaterThanOrEqual(size === 32 ? 0.98 : 1);
  });

  test("the caption of a sample says its traits and no others, in each of four phrasings", () => {
    const set = shapes.open({ seed: 5 });
    const known = Object.keys(allShapeTraits()[0]) as (keyof ShapeTraits)[];
    const values = new Set(allShapeTraits().flatMap((traits) => known.map((key) => traits[key])));
    const phrasings = new Set<number>();
    for (const i of first(100)) {
      const traits = shapeTraitsAt(5, i);
      const caption = set.caption!(i);
      expect(
        wordsOf(caption)
          .filter((word) => (values as Set<string>).has(word))
          .sort(),
      ).toEqual(Object.values(traits).sort());
      phrasings.add(first(4).findIndex((phrasing) => describeShape(traits, phrasing) === caption));
    }
    expect([...phrasings].sort()).toEqual(first(4));
  });

  test("gives each sample's caption as numbers, and no word of any caption is unknown", async () => {
    const set = shapes.open({ seed: 5, size: 32 });
    const form = set.text!;
    if (form.kind !== "words") throw new Error("words expected");
    const { texts, labels } = await set.read([4, 9, 0]);
    for (const [place, index] of [4, 9, 0].entries()) {
      expect(texts!.subarray(place * form.words, (place + 1) * form.words)).toEqual(
        encodeWords(set.caption!(index), form).values,
      );
      expect(set.classes[labels[place]]).toBe(shapeTraitsAt(5, index).shape);
    }
    for (const traits of allShapeTraits()) {
      for (const phrasing of first(4)) expect(encodeWords(describeShape(traits, phrasing), form).unknown).toEqual([]);
    }
  });

  test("has all 200 combinations, about equally often", () => {
    const counts = new Map<string, number>();
    for (const i of first(20_000)) {
      const sentence = describeShape(shapeTraitsAt(1, i));
      counts.set(sentence, (counts.get(sentence) ?? 0) + 1);
    }
    expect(counts.size).toBe(200);
    // 100 expected of each, standard deviation 10.
    expect(Math.min(...counts.values())).toBeGreaterThan(55);
    expect(Math.max(...counts.values())).toBeLessThan(150);
  });

  test("pictures with the same caption differ, and stay as they are whatever the phrasing", async () => {
    const set = shapes.open({ seed: 1, size: 32 });
    const found = first(2000).filter((i) => describeShape(shapeTraitsAt(1, i)) === "a large red star at the top");
    const { values } = await set.read(found.slice(0, 2));
    expect(values.subarray(0, values.length / 2)).not.toEqual(values.subarray(values.length / 2));
  });

  test("opens as plain images for who wants those", async () => {
    const set = shapes.open({ seed: 1, size: 32, kinds: ["points", "images"] });
    expect([set.kind, set.text, set.caption]).toEqual(["images", undefined, undefined]);
    expect((await set.read([0])).texts).toBeUndefined();
    expect(shapes.open({ seed: 1, kinds: ["captions"] }).kind).toBe("captions");
  });
});

describe("measureShape", () => {
  test("sees nothing in a plain picture", () => {
    expect(measureShape(new Float32Array(3 * 32 * 32).fill(0.7), [3, 32, 32])).toBeUndefined();
  });

  test("refuses grey pictures and pictures that are not square", () => {
    expect(() => measureShape(new Float32Array(1024), [1, 32, 32])).toThrow("in colours, got [1, 32, 32]");
    expect(() => measureShape(new Float32Array(3 * 512), [3, 16, 32])).toThrow("square picture");
  });
});
