import { expect, test } from "vitest";
import { glyphs } from "./glyphs.ts";

const first = (n: number) => Array.from({ length: n }, (_, i) => i);

test("every digit comes about equally often", async () => {
  const { labels } = await glyphs.open({ seed: 1, size: 16 }).read(first(4000));
  const counts = new Float64Array(10);
  for (const label of labels) counts[label]++;
  for (const count of counts) expect(Math.abs(count - 400)).toBeLessThan(100); // 5 standard errors
});

test("at any size the ink is bright, keeps off the border (nearly so at 16 pixels), and covers what pen strokes cover", async () => {
  for (const size of [16, 28, 45, 128]) {
    const { values } = await glyphs.open({ seed: 2, size }).read(first(60));
    for (let k = 0; k < 60; k++) {
      const image = values.subarray(k * size * size, (k + 1) * size * size);
      const inked = image.reduce((sum, value) => sum + (value + 1) / 2, 0) / image.length;
      expect(inked).toBeGreaterThan(0.02);
      expect(inked).toBeLessThan(0.4);
      expect(image.reduce((most, value) => Math.max(most, value))).toBeGreaterThan(0.4);
      const border = image.filter(
        (_, i) => i % size === 0 || i % size === size - 1 || i < size || i >= size * (size - 1),
      );
      expect(border.reduce((most, value) => Math.max(most, value))).toBeLessThanOrEqual(size < 28 ? 0 : -1);
    }
  }
});

test("the same glyph is drawn at every size, and copied to colour and alpha", async () => {
  const read = (size: number, channels: 1 | 3 | 4) => glyphs.open({ seed: 3, size, channels }).read([5]);
  const [small, large] = [await read(32, 1), await read(64, 1)];
  let difference = 0;
  for (let y = 0; y < 32; y++) {
    for (let x = 0; x < 32; x++) {
      const at = 2 * y * 64 + 2 * x;
      const mean = (large.values[at] + large.values[at + 1] + large.values[at + 64] + large.values[at + 65]) / 4;
      difference += Math.abs(mean - small.values[y * 32 + x]) / 1024;
    }
  }
  expect(small.labels).toEqual(large.labels);
  expect(difference).toBeLessThan(0.06);
  const rgba = (await read(32, 4)).values;
  for (const c of [0, 1, 2]) expect(rgba.subarray(c * 1024, (c + 1) * 1024)).toEqual(small.values);
  expect(rgba.subarray(3 * 1024).every((value) => value === 1)).toBe(true);
  expect((await read(32, 3)).values).toEqual(rgba.subarray(0, 3 * 1024));
});

test("digits can be told apart: the nearest mean image names most of them", async () => {
  const dataset = glyphs.open({ seed: 4 });
  const length = 28 * 28;
  const [train, unseen] = [await dataset.read(first(2000)), await dataset.read(first(500).map((i) => i + 2000))];
  const means = Array.from({ length: 10 }, () => new Float64Array(length));
  const counts = new Float64Array(10);
  for (const [k, label] of train.labels.entries()) {
    counts[label]++;
    for (let i = 0; i < length; i++) means[label][i] += train.values[k * length + i];
  }
  for (const [label, mean] of means.entries()) for (let i = 0; i < length; i++) mean[i] /= counts[label];
  let right = 0;
  for (const [k, label] of unseen.labels.entries()) {
    const distances = means.map((mean) =>
      mean.reduce((sum, m, i) => sum + (m - unseen.values[k * length + i]) ** 2, 0),
    );
    if (distances.indexOf(Math.min(...distances)) === label) right++;
  }
  expect(right / 500).toBeGreaterThan(0.75); // MNIST itself gives 0.82
  expect(right / 500).toBeLessThan(1); // and not all, or the digits would not vary
});
