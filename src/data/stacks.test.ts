// Stacks of three grey pictures: what they are made of, their classes, which pictures, and refusals.

import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { InputError } from "../errors/index.ts";
import { stream } from "../random/index.ts";
import { arrayDataset } from "./array.ts";
import type { DataOptions, Dataset } from "./dataset.ts";
import { withFewLabels } from "./few-labels.ts";
import { openDataset } from "./open.node.ts";
import { withStacks } from "./stacks.ts";

/** Grey pictures of one pixel: picture i holds i / 100, and its class is i mod 3; the last has none. */
function numbered(count: number, classes = ["x", "y", "z"]): Dataset {
  const set = arrayDataset(
    Array.from({ length: count }, (_, i) => [i / 100]),
    [1, 1, 1],
  );
  return {
    ...set,
    classes,
    read: async (indices) => ({
      ...(await set.read(indices)),
      labels: Int32Array.from(indices, (i) => (i === count - 1 ? -1 : i % 3)),
    }),
  };
}

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);
const numbersOf = (values: Float32Array) => [...values].map((value) => Math.round(100 * value));

test("a stack has three pictures of the set in its colours, and a class made of theirs", async () => {
  const { dataset } = withStacks(numbered(20), 1);
  expect([dataset.shape, dataset.count, dataset.classes.length]).toEqual([[3, 1, 1], Number.POSITIVE_INFINITY, 27]);
  const { values, labels } = await dataset.read(upTo(500));
  const pictures = numbersOf(values);
  let unlabelled = 0;
  for (const [i, label] of labels.entries()) {
    const three = pictures.slice(3 * i, 3 * i + 3);
    if (three.includes(19)) unlabelled++;
    const [a, b, c] = three.map((picture) => picture % 3);
    expect(label).toBe(three.includes(19) ? -1 : 9 * a + 3 * b + c);
    if (label >= 0) expect(dataset.classes[label]).toBe([a, b, c].map((k) => "xyz"[k]).join(""));
  }
  expect(unlabelled).toBeGreaterThan(0);
});

test("each picture is as likely in each colour as any other, and colours know nothing of each other", async () => {
  const { values } = await withStacks(numbered(4), 7).dataset.read(upTo(6400));
  const pictures = numbersOf(values);
  for (let colour = 0; colour < 3; colour++) {
    const pairs = new Array<number>(16).fill(0);
    for (let i = 0; i < 6400; i++) pairs[4 * pictures[3 * i + colour] + pictures[3 * i + ((colour + 1) % 3)]]++;
    for (const count of pairs) expect(Math.abs(count - 400)).toBeLessThan(4 * Math.sqrt(400)); // 4σ of a binomial
  }
});

test("stack i is the same in whatever order it is read, and another for another seed", async () => {
  const stacks = (seed: number) => withStacks(numbered(20), seed).dataset;
  const { values, labels } = await stacks(3).read([0, 1, 900]);
  const again = await stacks(3).read([900, 0]);
  expect([...again.values]).toEqual([...values.slice(6), ...values.slice(0, 3)]);
  expect([...again.labels]).toEqual([labels[2], labels[0]]);
  expect((await stacks(4).read([0, 1, 900])).values).not.toEqual(values);
});

test("stack i of an endless set is its pictures 3i, 3i + 1 and 3i + 2", async () => {
  const { dataset } = withStacks({ ...numbered(100), count: Number.POSITIVE_INFINITY }, 1);
  expect(numbersOf((await dataset.read([5, 0, 32])).values)).toEqual([15, 16, 17, 0, 1, 2, 96, 97, 98]);
});

test("labels can be known without reading, where those of the pictures can", async () => {
  const { dataset, labelOf } = withStacks(numbered(20), 1, (i) => (i === 19 ? -1 : i % 3));
  expect(upTo(200).map(labelOf!)).toEqual([...(await dataset.read(upTo(200))).labels]);
  expect(withStacks(numbered(20), 1).labelOf).toBeUndefined();
  for (const known of [labelOf, undefined]) {
    const { labelled } = await withFewLabels(dataset, 2, 1, known);
    const kept = await labelled!.read(upTo(labelled!.count));
    expect([...kept.labels].sort((a, b) => a - b)).toEqual(upTo(54).map((i) => Math.floor(i / 2)));
  }
});

test("longer names of classes stay apart", () => {
  expect(withStacks(numbered(3, ["cat", "dog"]), 1).dataset.classes.slice(0, 3)).toEqual([
    "cat-cat-cat",
    "cat-cat-dog",
    "cat-dog-cat",
  ]);
});

test("glyphs stack at any of their sizes, down to a few pixels", async () => {
  for (const size of [14, 28]) {
    const dataset = await openDataset("glyphs", { seed: 2, size, stack: true });
    const grey = await (await openDataset("glyphs", { seed: 2, size })).read([12, 13, 14]);
    const { values, labels } = await dataset.read([4]);
    expect(values).toEqual(grey.values);
    expect([...labels]).toEqual([100 * grey.labels[0] + 10 * grey.labels[1] + grey.labels[2]]);
    expect(dataset.classes[labels[0]]).toBe([...grey.labels].join(""));
    expect(dataset.shape).toEqual([3, size, size]);
  }
});

const mnist = new URL("../../../shared/data/mnist/t10k-images-idx3-ubyte.gz", import.meta.url).pathname;
const absent = !existsSync(mnist);
if (absent) console.info(`skipped: stacks of MNIST, as ${mnist} is absent`);

test.skipIf(absent)("MNIST's files stack, and few labels of stacks need no picture to be read", async () => {
  const options = { seed: 1, size: 14 };
  const [grey, dataset, few] = [
    await openDataset(mnist, options),
    await openDataset(mnist, { ...options, stack: true }),
    await openDataset(mnist, { ...options, stack: true, labelsPerClass: 1 }),
  ];
  expect([dataset.shape, dataset.classes.length, few.labelled!.count]).toEqual([[3, 14, 14], 1000, 1000]);
  const { values, labels } = await dataset.read([7, 9]);
  const drawn = [7, 9].flatMap((i) => {
    const random = stream(1, "stack", i);
    return [random.integer(10_000), random.integer(10_000), random.integer(10_000)];
  });
  const pictures = await grey.read(drawn);
  expect(values).toEqual(pictures.values);
  expect([...labels]).toEqual([0, 3].map((k) => Number(pictures.labels.slice(k, k + 3).join(""))));
  for (const each of [grey, dataset, few]) await each.close();
});

test("what cannot be stacked is refused in one line", async () => {
  const refusal = async (spec: string, options: Partial<DataOptions> = {}) => {
    const error = await openDataset(spec, { seed: 1, stack: true, ...options }).catch((failed) => failed);
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).not.toContain("\n");
    return error.message;
  };
  expect(await refusal("ring")).toContain("--stack: ring holds points");
  expect(await refusal("faces")).toContain("--stack: faces has 3 channels");
  expect(await refusal("glyphs", { channels: 1 })).toBe("--channels: stacks have 3, got 1. Leave it out.");
  expect(await refusal("glyphs", { kinds: ["pairs"], derive: "edges" })).toContain("--stack: is for images, and pairs");
  expect(await refusal("glyphs", { derive: "edges" })).toContain("and pairs or domains are wanted");
  expect(() => withStacks(arrayDataset([[0]], [1, 1, 1]), 1)).toThrow("--stack: the array has no classes");
  expect(() =>
    withStacks(
      numbered(
        60,
        upTo(51).map((k) => `${k}`),
      ),
      1,
    ),
  ).toThrow("has 51 classes");
  const asked = await openDataset("glyphs", { seed: 1, stack: true, channels: 3 }); // as a run's own settings say
  expect(asked.shape[0]).toBe(3);
});

test("closing the stacks closes the set", async () => {
  let closed = 0;
  const close = async () => {
    closed++;
  };
  await withStacks({ ...numbered(5), close }, 1).dataset.close();
  expect(closed).toBe(1);
});
