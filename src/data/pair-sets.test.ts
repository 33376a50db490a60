// What the embedded sets of pairs and domains promise: each counterpart is the stated one, pixel by pixel.
import { describe, expect, test } from "vitest";
import { InputError } from "../errors/index.ts";
import { colourSwapped } from "./colour-swapped.ts";
import type { DataOptions, DatasetSource } from "./dataset.ts";
import { measureEdgesShapes } from "./edges-measure.ts";
import { edgesShapes, edgesShapesAnswers } from "./edges-shapes.ts";
import { rotated } from "./rotated.ts";
import { stripesPlain } from "./stripes-plain.ts";

const sources = [edgesShapes, stripesPlain, rotated, colourSwapped];
const first = (n: number) => Array.from({ length: n }, (_, i) => i);

/** Pictures of the first `count` pairs: [n][channel][pixel], row by row. */
async function pairsOf(source: DatasetSource, count: number, options: Partial<DataOptions> = {}) {
  const pairs = source.open({ seed: 3, kinds: ["pairs"], ...options });
  const { values, targets } = await pairs.read(first(count));
  const [channels, size] = pairs.shape;
  const plane = size * size;
  const pictures = (numbers: Float32Array) =>
    first(count).map((n) =>
      first(channels).map((c) => numbers.subarray((n * channels + c) * plane, (n * channels + c + 1) * plane)),
    );
  return { a: pictures(values), b: pictures(targets!), size, plane };
}

/** Whether all numbers are the same; quicker than toEqual. */
const same = (a: Float32Array, b: Float32Array) => a.length === b.length && a.every((value, i) => value === b[i]);

const meanDistance = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i] - b[i]);
  return sum / a.length;
};

describe.each(sources.map((source) => [source.name, source] as const))("%s", (_, source) => {
  test("opens as pairs or as domains, whichever is wanted first, and as its own kind where neither is", () => {
    const kindOf = (kinds?: DataOptions["kinds"]) => source.open({ seed: 1, kinds }).kind;
    expect([kindOf(["pairs", "domains"]), kindOf(["domains", "pairs"])]).toEqual(["pairs", "domains"]);
    expect([kindOf(["images", "domains"]), kindOf(["captions"]), kindOf()]).toEqual([
      "domains",
      source.kind,
      source.kind,
    ]);
  });

  test("as domains holds in a the even pairs and in b the odd ones: no picture's counterpart is in the other domain", async () => {
    const pairs = await source.open({ seed: 3, size: 32, kinds: ["pairs"] }).read(first(16));
    const { a, b } = source.open({ seed: 3, size: 32, kinds: ["domains"] }).domains!;
    const length = pairs.values.length / 16;
    const part = (numbers: Float32Array, n: number) => numbers.subarray(n * length, (n + 1) * length);
    const [ofA, ofB] = [await a.read(first(8)), await b.read(first(8))];
    for (let i = 0; i < 8; i++) {
      expect(same(part(ofA.values, i), part(pairs.values, 2 * i))).toBe(true);
      expect(same(part(ofB.values, i), part(pairs.targets!, 2 * i + 1))).toBe(true);
      for (let k = 0; k < 8; k++) expect(same(part(ofB.values, k), part(pairs.targets!, 2 * i))).toBe(false);
    }
  });

  test("draws the same pictures at every size", async () => {
    const [small, large] = [await pairsOf(source, 4, { size: 32 }), await pairsOf(source, 4, { size: 64 })];
    for (const side of ["a", "b"] as const) {
      for (const [n, picture] of small[side].entries()) {
        for (const [c, pixels] of picture.entries()) {
          const halved = Float32Array.from({ length: 32 * 32 }, (_, i) => {
            const at = 2 * Math.floor(i / 32) * 64 + 2 * (i % 32);
            const of = large[side][n][c];
            return (of[at] + of[at + 1] + of[at + 64] + of[at + 65]) / 4;
          });
          expect(meanDistance(halved, pixels)).toBeLessThan(0.02);
        }
      }
    }
  });

  test("has as many channels as asked for, the fourth opaque, and refuses sizes that it is not drawn at", async () => {
    const [rgb, rgba] = [await pairsOf(source, 2, { size: 32 }), await pairsOf(source, 2, { size: 32, channels: 4 })];
    for (const side of ["a", "b"] as const) {
      for (const c of first(3)) expect(same(rgba[side][1][c], rgb[side][1][c])).toBe(true);
      expect(rgba[side][1][3].every((value) => value === 1)).toBe(true);
    }
    for (const size of [31, 129, 40.5]) expect(() => source.open({ seed: 1, size })).toThrow(InputError);
  });
});

test("rotated: b is a, turned a quarter clockwise, to the last bit", async () => {
  for (const options of [{ size: 32 }, { size: 63 }, { size: 32, channels: 1 as const }]) {
    const { a, b, size } = await pairsOf(rotated, 12, options);
    for (const n of first(12)) {
      for (const [c, upright] of a[n].entries()) {
        const turned = upright.map((_, i) => upright[(size - 1 - (i % size)) * size + Math.floor(i / size)]);
        expect(same(b[n][c], turned)).toBe(true);
      }
      expect(meanDistance(a[n][0], b[n][0])).toBeGreaterThan(0.01); // and not the same
    }
  }
});

test("colour-swapped: b is a with red and blue changed for one another, to the last bit; a is warm, b cold", async () => {
  const { a, b, plane } = await pairsOf(colourSwapped, 20, { size: 32 });
  const mean = (pixels: Float32Array) => pixels.reduce((sum, value) => sum + value, 0) / plane;
  for (const n of first(20)) {
    for (const c of first(3)) expect(same(b[n][c], a[n][2 - c])).toBe(true);
    expect(mean(a[n][0])).toBeGreaterThan(mean(a[n][2]));
  }
  expect(() => colourSwapped.open({ seed: 1, channels: 1 })).toThrow(/^--channels: colour-swapped .* got 1/);
});

test("stripes-plain: outside the shape a and b are equal; inside, b is one colour and a is that colour or darker, half and half", async () => {
  const { a, b, size, plane } = await pairsOf(stripesPlain, 10);
  for (const n of first(10)) {
    const colours = first(plane).map((i) => `${b[n].map((pixels) => pixels[i])}`);
    const ground = colours[0];
    // The commonest other colour is the coat; the few that remain are mixed, along the edge.
    const counts = new Map<string, number>();
    for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1);
    const [[coat, inside]] = [...counts].filter(([colour]) => colour !== ground).sort(([, k], [, m]) => m - k);
    expect(plane - counts.get(ground)! - inside).toBeLessThan(6 * size);
    let [light, dark] = [0, 0];
    let [wrong, brighter] = [0, 0];
    for (const i of first(plane)) {
      const apart = a[n].some((pixels, c) => pixels[i] !== b[n][c][i]);
      if (colours[i] === ground && apart) wrong++;
      if (a[n].some((pixels, c) => colours[i] === coat && pixels[i] > b[n][c][i])) brighter++;
      if (colours[i] === coat && !apart) light++;
      if (colours[i] === coat && a[n].every((pixels) => pixels[i] < -0.6)) dark++;
    }
    expect([wrong, brighter]).toEqual([0, 0]);
    expect(light / inside).toBeGreaterThan(0.3);
    expect(dark / inside).toBeGreaterThan(0.25);
  }
});

describe("edges-shapes", () => {
  const answersOf = (index: number, count: number) => {
    const all = edgesShapesAnswers({ seed: 3, size: 32 }, index, count);
    const length = all.length / count;
    return first(count).map((k) => all.subarray(k * length, (k + 1) * length));
  };

  test("its picture b is one of the answers, and their mean is none of them", async () => {
    const { targets } = await edgesShapes.open({ seed: 3, size: 32 }).read(first(6));
    for (const index of first(6)) {
      const b = targets!.subarray(index * 3072, (index + 1) * 3072);
      const answers = answersOf(index, 32);
      const nearest = (picture: ArrayLike<number>) =>
        Math.min(...answers.map((answer) => meanDistance(answer, picture)));
      const mean = b.map((_, i) => answers.reduce((sum, answer) => sum + answer[i], 0) / 32);
      const apart = meanDistance(answers[0], answers[1]); // neighbours, a thirty-second of a turn apart
      expect(nearest(b)).toBeLessThan(0.7 * apart);
      expect(nearest(mean)).toBeGreaterThan(3 * apart);
    }
  });

  test("is measured by the nearest answer and by how strong the stripes are: 1 in each answer, 0 in their mean, half in between", async () => {
    const { targets } = await edgesShapes.open({ seed: 3, size: 32 }).read(first(6));
    for (const index of first(6)) {
      const b = targets!.slice(index * 3072, (index + 1) * 3072);
      const answers = answersOf(index, 32);
      const mean = b.map((_, i) => answers.reduce((sum, answer) => sum + answer[i], 0) / 32);
      const measure = (picture: Float32Array) => measureEdgesShapes({ seed: 3, size: 32 }, index, picture);
      const half = measure(b.map((value, i) => (value + mean[i]) / 2));
      expect(measure(answers[5]).error).toBe(0);
      expect(measure(b).stripes).toBeCloseTo(1, 1);
      expect(half.stripes).toBeCloseTo(measure(b).stripes / 2, 4);
      expect(measure(mean).stripes).toBeCloseTo(0, 4);
      expect(measure(mean).error).toBeGreaterThan(half.error);
      expect(half.error).toBeGreaterThan(measure(b).error);
    }
    expect(() => measureEdgesShapes({ seed: 3, size: 32 }, 0, new Float32Array(768))).toThrow("768");
  });

  test("the answers differ inside the shapes alone, where each pixel is light in half of them and dark in the other half", async () => {
    let [strays, uneven] = [0, 0];
    const { a, b, plane } = await pairsOf(edgesShapes, 6, { size: 32 });
    for (const n of first(6)) {
      const answers = answersOf(n, 32);
      for (let i = 0; i < plane; i += 3) {
        const red = answers.map((answer) => answer[i]);
        const [low, high] = [Math.min(...red), Math.max(...red)];
        const lightShare = red.filter((value) => value > (low + high) / 2).length / 32;
        if (b[n][0][i] === b[n][0][0] && a[n][0][i] === 1) strays += high - low;
        if (low !== high && Math.abs(lightShare - 0.5) > 0.1) uneven++;
      }
    }
    expect([strays, uneven]).toEqual([0, 0]);
  });

  test("the drawing is dark lines on white paper, its pictures coloured on a ground of their own", async () => {
    const { a, b, plane } = await pairsOf(edgesShapes, 20, { size: 32 });
    const saturation = (colour: readonly number[]) => Math.max(...colour) - Math.min(...colour);
    for (const n of first(20)) {
      const paper = a[n][0].filter((value) => value === 1).length / plane;
      expect(paper).toBeGreaterThan(0.75);
      expect(Math.min(...a[n][0])).toBeLessThan(0);
      const coloured = first(plane).filter((i) => saturation(b[n].map((pixels) => pixels[i])) > 0.2).length / plane;
      expect(coloured).toBeGreaterThan(0.04);
      expect(coloured).toBeLessThan(0.45);
    }
  });
});
