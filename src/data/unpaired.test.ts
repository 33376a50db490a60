// What is made of one set: domains with the pairing hidden, pairs from pictures, few labels.
import { expect, test } from "vitest";
import { InputError } from "../errors/index.ts";
import { arrayDataset } from "./array.ts";
import type { Dataset } from "./dataset.ts";
import { withDerived } from "./derived.ts";
import { withFewLabels } from "./few-labels.ts";
import { findDataset } from "./registry.ts";
import { asDomains } from "./unpaired.ts";

/** Pairs of one pixel: a is i, b is −i. */
const pairs = (count: number): Dataset => ({
  ...arrayDataset([new Float32Array(1)], [1, 1, 1]),
  kind: "pairs",
  target: [1, 1, 1],
  count,
  async read(indices) {
    const values = Float32Array.from(indices, (index) => index);
    return { values, targets: values.map((index) => -index), labels: new Int32Array(values.length).fill(-1) };
  },
});

test("of a finite set each pair gives a or b and never both, all are given, and the seed decides", async () => {
  for (const count of [9, 10]) {
    const { domains } = asDomains(pairs(count), 3);
    const [a, b] = [domains!.a, domains!.b];
    expect([a.count, b.count]).toEqual([5, count - 5]);
    const fromA = (await a.read(Array.from({ length: a.count }, (_, i) => i))).values;
    const fromB = (await b.read(Array.from({ length: b.count }, (_, i) => i))).values;
    const numbers = [...fromA, ...fromB.map((value) => -value)].sort((x, y) => x - y);
    expect(numbers).toEqual(Array.from({ length: count }, (_, i) => i));
    expect((await asDomains(pairs(count), 4).domains!.a.read([0, 1, 2, 3, 4])).values).not.toEqual(fromA);
  }
});

test("of an endless set even samples give a and odd ones b", async () => {
  const { domains, count } = asDomains(pairs(Number.POSITIVE_INFINITY));
  expect([count, domains!.a.count, domains!.b.count]).toEqual(Array(3).fill(Number.POSITIVE_INFINITY));
  expect([...(await domains!.a.read([0, 1, 7])).values]).toEqual([0, 2, 14]);
  expect([...(await domains!.b.read([0, 1, 7])).values]).toEqual([-1, -3, -15]);
});

test("domains are read one by one, and closing them closes the pairs", async () => {
  let closed = 0;
  const set = asDomains({
    ...pairs(4),
    close: async () => {
      closed++;
    },
  });
  await expect(set.read([0])).rejects.toThrow("each by itself");
  await set.close();
  expect(closed).toBe(1);
});

/** A picture [3, 16, 16]: a red square on green. */
const picture = Float32Array.from({ length: 768 }, (_, i) => {
  const [channel, y, x] = [Math.floor(i / 256), Math.floor(i / 16) % 16, i % 16];
  const inside = x > 3 && x < 12 && y > 3 && y < 12;
  return channel === 0 ? (inside ? 0.9 : -0.8) : channel === 1 ? (inside ? -0.9 : 0.7) : -1;
});

test("what is derived keeps the picture as its target", async () => {
  const images = arrayDataset([picture], [3, 16, 16]);
  for (const how of ["edges", "grey", "blur", "colours"] as const) {
    const set = withDerived(images, how);
    const { values, targets } = await set.read([0, 0]);
    expect(set.shape).toEqual(how === "edges" || how === "grey" ? [1, 16, 16] : [3, 16, 16]);
    expect(targets).toEqual(Float32Array.of(...picture, ...picture));
    expect(values.subarray(0, values.length / 2)).toEqual(values.subarray(values.length / 2));
    expect(set.fingerprint).not.toBe(images.fingerprint);
  }
});

test("grey is lightness, flat colours are the main ones, edges are black on white, in each channel asked for", async () => {
  const images = arrayDataset([picture], [3, 16, 16]);
  const of = async (how: "edges" | "grey" | "colours", channels?: number) =>
    (await withDerived(images, how, channels).read([0])).values;
  const grey = await of("grey");
  expect(grey[0]).toBeCloseTo(0.299 * -0.8 + 0.587 * 0.7 - 0.114, 5);
  expect(grey[8 * 16 + 8]).toBeCloseTo(0.299 * 0.9 - 0.587 * 0.9 - 0.114, 5);
  expect([...(await of("grey", 3))]).toEqual([...grey, ...grey, ...grey]);
  const flat = await of("colours");
  expect([flat[136], flat[256 + 136], flat[512 + 136]]).toEqual([1, -1, -1]);
  expect([flat[0], flat[256], flat[512]]).toEqual([-1, 1, -1]);
  const edges = await of("edges");
  expect(new Set(edges)).toEqual(new Set([-1, 1]));
  expect(edges.filter((value) => value === -1).length).toBeLessThan(50);
});

test("few labels of a set that must be read to know them are right, and alpha is left as it is", async () => {
  const glyphs = findDataset("glyphs")!.open({ seed: 1, size: 16 });
  const few = await withFewLabels(glyphs, 1, 1);
  const batch = await few.labelled!.read(Array.from({ length: few.labelled!.count }, (_, i) => i));
  expect([...batch.labels].sort((a, b) => a - b)).toEqual(glyphs.classes.map((_, label) => label));
  await expect(withFewLabels(arrayDataset([picture], [3, 16, 16]), 1, 1)).rejects.toThrow(InputError);
  const clear = Float32Array.of(...picture, ...new Float32Array(256).fill(-0.5));
  const { values } = await withDerived(arrayDataset([clear], [4, 16, 16]), "blur").read([0]);
  expect(new Set(values.subarray(768))).toEqual(new Set([-0.5]));
});
