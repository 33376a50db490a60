// What every data set promises, checked for each embedded set and for a small example of each kind of file.
import { writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { createLoader, type Dataset, listDatasets, openDataset } from "../../src/data/index.node.ts";
import { cifar10, idx, noise, plain, tar, temporaryFolder, writeTree, zip } from "./fixtures.ts";

const path = temporaryFolder();

/** Six pictures in two classes, one of them in each format and one damaged. */
async function pictures(): Promise<Record<string, Buffer>> {
  return {
    "cats/a.png": await plain([250, 10, 20], 20),
    "cats/b.jpg": await plain([10, 240, 30], 24, "jpeg"),
    "cats/c.png": (await plain([1, 2, 3], 20)).subarray(0, 40),
    "dogs/a.webp": await plain([20, 30, 230], 33, "webp"),
    "dogs/b.gif": await plain([128, 128, 0], 16, "gif"),
    "dogs/c.png": await plain([255, 255, 255], 40),
  };
}
const files = async () => Object.entries(await pictures()).map(([name, data]) => ({ name, data }));
const write = async (name: string, bytes: Uint8Array) => {
  await writeFile(path(name), bytes);
  return path(name);
};

const fileSets: Record<string, () => Promise<string>> = {
  "a folder of images": async () => writeTree(path("folder"), await pictures()),
  "a zip of stored images": async () => write("stored.zip", zip(await files())),
  "a zip of deflated images": async () => {
    const deflated = (await files()).map((file) => ({ ...file, deflate: true }));
    return write("deflated.zip", zip(deflated));
  },
  "a tar of images": async () => write("images.tar", tar(await files())),
  "a gzipped tar of images": async () => write("images.tar.gz", gzipSync(tar(await files()))),
  "an IDX file with labels": async () => {
    await write("x-labels-idx1-ubyte", idx([6], [0, 1, 2, 0, 1, 2]));
    return write("x-images-idx3-ubyte", idx([6, 9, 9], noise(6 * 81)));
  },
  "a gzipped IDX file without labels": async () => write("alone.gz", gzipSync(idx([6, 9, 9], noise(6 * 81)))),
  "a CIFAR-10 file": async () => write("batch.bin", cifar10([3, 1, 4, 1, 5, 9])),
  "a CIFAR-10 archive": async () => {
    const batches = [1, 2].map((k) => ({
      name: `cifar-10-batches-bin/data_batch_${k}.bin`,
      data: cifar10([k, k + 2, 9]),
    }));
    return write("cifar-10-binary.tar.gz", gzipSync(tar(batches)));
  },
};

const all: [string, () => Promise<Dataset>][] = [
  ...listDatasets().map(({ name }): [string, () => Promise<Dataset>] => [name, () => openDataset(name, { seed: 5 })]),
  ...Object.entries(fileSets).map(([name, make]): [string, () => Promise<Dataset>] => [
    name,
    async () => openDataset(await make(), { seed: 5 }),
  ]),
];

describe.each(all)("%s", (_name, open) => {
  test("gives [n, ...shape] finite values, images within [−1, 1], and labels of its classes", async () => {
    const dataset = await open();
    const { values, labels } = await dataset.read([0, 1, 2, 3, 4, 5]);
    const length = dataset.shape.reduce((product, side) => product * side, 1);
    expect(dataset.shape).toHaveLength(dataset.kind === "images" ? 3 : 1);
    expect([values.length, labels.length]).toEqual([6 * length, 6]);
    expect(values.every((value) => Number.isFinite(value))).toBe(true);
    if (dataset.kind === "images") expect(values.every((value) => value >= -1 && value <= 1)).toBe(true);
    const known = dataset.classes.length > 0 ? [0, dataset.classes.length - 1] : [-1, -1];
    expect(labels.every((label) => label >= known[0] && label <= known[1])).toBe(true);
    expect(dataset.count).toBeGreaterThanOrEqual(6);
    await dataset.close();
  });

  test("samples differ, and are the same in whatever order, batch or opening they are read", async () => {
    const [dataset, again] = [await open(), await open()];
    const { values, labels } = await dataset.read([0, 1, 2, 3, 4, 5]);
    const length = values.length / 6;
    const reordered = await again.read([5, 0, 5]);
    for (const [place, index] of [5, 0, 5].entries()) {
      const expected = values.subarray(index * length, (index + 1) * length);
      expect(reordered.values.subarray(place * length, (place + 1) * length)).toEqual(expected);
      expect(reordered.labels[place]).toBe(labels[index]);
    }
    expect((await dataset.read([5])).values).toEqual(values.subarray(5 * length)); // now from the cache
    expect(values.subarray(0, length)).not.toEqual(values.subarray(5 * length));
    expect((await dataset.read([])).values).toHaveLength(0);
    expect(again.fingerprint).toBe(dataset.fingerprint);
    expect(again.spec).toBe(dataset.spec);
    await Promise.all([dataset.close(), again.close()]);
  });

  test("its loader, started in the middle, gives what it gave from the start", async () => {
    const dataset = await open();
    const options = { batch: 2, seed: 9, flip: dataset.kind === "images" };
    const whole = createLoader(dataset, options);
    const batches = [];
    for (let i = 0; i < 8; i++) batches.push(await whole.next());
    const resumed = createLoader(dataset, { ...options, position: 5 });
    for (let i = 5; i < 8; i++) expect(await resumed.next()).toEqual(batches[i]);
    await Promise.all([whole.close(), resumed.close()]);
    await dataset.close();
  });
});
