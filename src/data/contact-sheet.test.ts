import { expect, test } from "vitest";
import { decodePng } from "../formats/index.ts";
import { arrayDataset } from "./array.ts";
import { contactSheet } from "./contact-sheet.ts";
import type { Dataset } from "./dataset.ts";
import { findDataset } from "./registry.ts";

/** The picture, and a function for its colour at a pixel. */
async function sheetOf(dataset: Dataset, count?: number) {
  const { width, height, channels, data } = decodePng(await contactSheet(dataset, count), "the sheet");
  const at = (x: number, y: number) => [...data.subarray((y * width + x) * channels, (y * width + x + 1) * channels)];
  return { width, height, channels, at };
}
const plain = (channels: number, size: number, value: number) => new Float32Array(channels * size * size).fill(value);
const greys = [-1, 0, 1, 0.5].map((value) => plain(1, 8, value));

test("pictures stand in a square grid, in order, small ones enlarged", async () => {
  const { width, height, channels, at } = await sheetOf(arrayDataset(greys, [1, 8, 8]));
  expect([width, height, channels]).toEqual([118, 118, 3]); // 2 + 56 + 2 + 56 + 2
  expect([at(5, 5), at(65, 5), at(5, 65), at(65, 65)].map(([red]) => red)).toEqual([0, 128, 255, 191]);
  expect(at(0, 0)).toEqual([128, 128, 128]);
  const some = await sheetOf(arrayDataset(greys, [1, 8, 8]), 2); // the first and the third
  expect([some.width, some.height, some.at(5, 5)[0], some.at(65, 5)[0]]).toEqual([118, 60, 0, 255]);
  const large = await sheetOf(arrayDataset([plain(1, 64, 0)], [1, 64, 64]));
  expect(large.width).toBe(68);
});

test("a pixel is enlarged to a square", async () => {
  const corner = plain(1, 8, -1).fill(1, 9, 10); // the second pixel of the second row
  const { at } = await sheetOf(arrayDataset([corner], [1, 8, 8]));
  const white = (x: number, y: number) => at(2 + x, 2 + y)[0] === 255;
  expect([white(7, 7), white(13, 13), white(6, 7), white(7, 6), white(14, 13)]).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});

test("what is transparent is laid on white", async () => {
  const half = plain(4, 8, -1).fill(0, 3 * 64); // black, half opaque
  const { at } = await sheetOf(arrayDataset([half], [4, 8, 8]));
  expect(at(5, 5)).toEqual([128, 128, 128]);
});

test("labels and captions stand under their pictures, in dark letters", async () => {
  const unlabelled = await sheetOf(arrayDataset(greys, [1, 8, 8]));
  const labelled: Dataset = {
    ...arrayDataset(greys, [1, 8, 8]),
    classes: ["cat"],
    read: async (indices) => ({ values: plain(indices.length, 8, 1), labels: new Int32Array(indices.length) }),
  };
  const captioned: Dataset = { ...labelled, kind: "captions", caption: () => "one two three four five" };
  const [one, more] = [await sheetOf(labelled), await sheetOf(captioned)];
  expect(one.height).toBeGreaterThan(unlabelled.height);
  expect(more.height).toBeGreaterThan(one.height); // more lines
  const under = (sheet: typeof one, top: number, bottom: number) => {
    let dark = 0;
    for (let y = top; y < bottom; y++) for (let x = 0; x < sheet.width; x++) if (sheet.at(x, y)[0] < 60) dark++;
    return dark;
  };
  expect(under(one, 58, 67)).toBeGreaterThan(10);
  expect(under(more, 98, 107)).toBeGreaterThan(10); // larger pictures, as there is more to say
});

test("a pair stands side by side without a gap, a on the left, grey beside colour", async () => {
  const pairs: Dataset = {
    ...arrayDataset(greys, [1, 8, 8]),
    kind: "pairs",
    target: [3, 8, 8],
    read: async (indices) => ({
      values: plain(indices.length, 8, -1),
      labels: new Int32Array(indices.length).fill(-1),
      targets: Float32Array.from({ length: indices.length * 192 }, (_, i) => (i % 192 < 64 ? 1 : -1)), // red
    }),
  };
  const { width, height, at } = await sheetOf(pairs);
  expect([width, height]).toEqual([2 * 114 + 2, 2 * 58 + 2]);
  for (const [x, y] of [
    [2, 2],
    [116, 60],
  ]) {
    expect([at(x, y), at(x + 55, y), at(x + 56, y), at(x + 111, y)]).toEqual([
      [0, 0, 0],
      [0, 0, 0],
      [255, 0, 0],
      [255, 0, 0],
    ]);
  }
});

test("domains stand one over the other, a white strip between, however many each has", async () => {
  const [a, b] = [arrayDataset(greys, [1, 8, 8]), arrayDataset([plain(3, 8, 1)], [3, 8, 8])];
  const domains: Dataset = { ...a, kind: "domains", target: [3, 8, 8], domains: { a, b } };
  const { width, height, at } = await sheetOf(domains);
  expect([width, height]).toEqual([118, 118 + 6 + 60]);
  expect([at(5, 5), at(5, 120), at(5, 124), at(5, 130)].map(([red]) => red)).toEqual([0, 255, 128, 255]);
});

test("points are plotted, thousands of them", async () => {
  const { width, height, at } = await sheetOf(findDataset("grid")!.open({ seed: 1 }));
  expect([width, height]).toEqual([384, 384]);
  let inked = 0;
  for (let y = 0; y < 384; y++) for (let x = 0; x < 384; x++) if (at(x, y)[0] < 255) inked++;
  expect(inked).toBeGreaterThan(25 * 50);
  expect(inked).toBeLessThan(384 * 384 * 0.2);
});
