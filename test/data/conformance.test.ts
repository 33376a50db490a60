// What every data set promises, checked for each embedded set and for a small example of each kind of file.
import { writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import {
  createLoader,
  type DataKind,
  type DataOptions,
  type Dataset,
  listDatasets,
  openDataset,
} from "../../src/data/index.node.ts";
import { cifar10, halves, idx, lmdb, noise, parquet, plain, tar, temporaryFolder, writeTree, zip } from "./fixtures.ts";

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

/** Twelve pictures, each a square of a colour and in a place of its own. */
async function twelve(folder: string): Promise<Record<string, Buffer>> {
  const files: Record<string, Buffer> = {};
  for (let i = 0; i < 12; i++) {
    const square = await plain([20 * i, 255 - 20 * i, 9 * folder.length], 9);
    const ground = sharp(await plain([250, 245, 240], 20));
    files[`${folder}/${i}.png`] = await ground.composite([{ input: square, left: i, top: 4 }]).toBuffer();
  }
  return files;
}

/** Two pictures side by side, six or twelve times; with one damaged. */
async function sideBySide(count: number): Promise<Record<string, Buffer>> {
  const files: Record<string, Buffer> = {};
  for (let i = 0; i < count; i++) files[`${i}.png`] = await halves([250, 20 * i, 3], [20 * i, 100, 200], 24);
  return { ...files, "99.png": files["0.png"].subarray(0, 60) };
}

const table = (names: readonly string[]) =>
  Buffer.from(
    `file,glasses,hat\n${names.map((name, i) => `${name},${["none", "round", "square"][i % 3]},${i % 2}`).join("\n")}`,
  );

/** A kind of data from files, its path and how it is asked for. */
const kindSets: Record<string, [DataKind, () => Promise<[string, Partial<DataOptions>]>]> = {
  "pairs in halves": ["pairs", async () => [await writeTree(path("halves"), await sideBySide(6)), {}]],
  "pairs of two archives by name": [
    "pairs",
    async () => {
      const entries = async (folder: string) =>
        Object.entries(await twelve(folder)).map(([name, data]) => ({ name, data }));
      return [
        await write("names-a.zip", zip(await entries("left"))),
        { dataB: await write("names-b.tar", tar(await entries("right"))) },
      ];
    },
  ],
  "pairs of folders A and B": [
    "pairs",
    async () => [await writeTree(path("sides"), { ...(await twelve("A")), ...(await twelve("B/x")) }), { size: 24 }],
  ],
  ...Object.fromEntries(
    (["edges", "grey", "blur", "colours"] as const).map((derive) => [
      `pairs derived: ${derive}`,
      ["pairs", async () => [await writeTree(path("derived"), await twelve("x")), { derive }]],
    ]),
  ),
  "domains of a folder of archives": [
    "domains",
    async () => {
      const archive = async (folder: string) =>
        zip(Object.entries(await twelve(folder)).map(([name, data]) => ({ name, data })));
      const files = {
        "trainA.zip": await archive("trainA"),
        "trainB.zip": await archive("b"),
        "testA.zip": await archive("t"),
      };
      return [await writeTree(path("archives"), files), {}];
    },
  ],
  "domains of pairs, the pairing hidden": [
    "domains",
    async () => [await writeTree(path("hidden"), await sideBySide(12)), {}],
  ],
  "images with attributes": [
    "images",
    async () => {
      const files = await twelve("x");
      const names = Object.keys(files);
      return [await writeTree(path("attributes"), { ...files, "attributes.csv": table(names) }), {}];
    },
  ],
  "images with labels from a table, few kept": [
    "images",
    async () => {
      const files = await twelve("x");
      const attributes = await write("labels-of-x.csv", table(Object.keys(files)));
      return [await writeTree(path("few"), files), { attributes, labels: "glasses", labelsPerClass: 2 }];
    },
  ],
  "an LMDB folder": [
    "images",
    async () => [await writeTree(path("x_train_lmdb"), { "data.mdb": lmdb(Object.values(await twelve("x"))) }), {}],
  ],
  "parquet files": [
    "images",
    async () => {
      const images = Object.values(await twelve("x"));
      const shard = (part: Buffer[]) =>
        parquet({ images: part, labels: part.map((_, i) => i % 3), names: ["x", "y", "z"] });
      const shards = {
        "data/train-00000.parquet": shard(images.slice(0, 7)),
        "data/train-00001.parquet": shard(images.slice(7)),
      };
      return [await writeTree(path("parquet"), shards), {}];
    },
  ],
};

type Opener = [name: string, open: () => Promise<Dataset>];

/** An opener of the set, or of domains, which are read each by itself, one for each side. */
const sides = (kind: DataKind, [name, open]: Opener): Opener[] =>
  kind !== "domains"
    ? [[name, open]]
    : (["a", "b"] as const).map((side) => [`${name}: ${side}`, async () => (await open()).domains![side]]);

const all: Opener[] = [
  ...listDatasets().flatMap(({ name, kind }) => {
    const size = kind === "points" ? undefined : 32;
    return sides(kind, [name, () => openDataset(name, { seed: 5, size })]);
  }),
  ...listDatasets()
    .filter(({ kind }) => kind === "domains")
    .map(({ name }): Opener => [`${name} as pairs`, () => openDataset(name, { seed: 5, size: 32, kinds: ["pairs"] })]),
  ...Object.entries(fileSets).map(([name, make]): Opener => [name, async () => openDataset(await make(), { seed: 5 })]),
  ...Object.entries(kindSets).flatMap(([name, [kind, make]]) => {
    const open = async () => {
      const [spec, options] = await make();
      return openDataset(spec, { seed: 5, kinds: [kind], ...options });
    };
    return sides(kind, [name, open]);
  }),
];

const sizeOf = (shape: readonly number[]) => shape.reduce((product, side) => product * side, 1);

describe.each(all)("%s", (_name, open) => {
  test("gives [n, ...shape] finite values, images within [−1, 1], labels of its classes, and all that its kind has", async () => {
    const dataset = await open();
    const { values, labels, targets, attributes, texts } = await dataset.read([0, 1, 2, 3, 4, 5]);
    expect(dataset.shape).toHaveLength(dataset.kind === "points" ? 1 : 3);
    expect([values.length, labels.length]).toEqual([6 * sizeOf(dataset.shape), 6]);
    expect(targets?.length).toBe(dataset.kind === "pairs" ? 6 * sizeOf(dataset.target!) : undefined);
    for (const numbers of [values, targets ?? []]) {
      expect(numbers.every((value) => Number.isFinite(value))).toBe(true);
      if (dataset.kind !== "points") expect(numbers.every((value) => value >= -1 && value <= 1)).toBe(true);
    }
    expect(attributes?.length ?? 0).toBe(6 * (dataset.attributes ?? []).length);
    expect((attributes ?? new Float32Array()).every((value) => value === 0 || value === 1)).toBe(true);
    const { text } = dataset;
    expect(text !== undefined).toBe(dataset.kind === "captions");
    expect(texts?.length).toBe(text && 6 * (text.kind === "words" ? text.words : text.size));
    expect(dataset.caption?.(5) ?? "").toMatch(text ? /\w/ : /^$/);
    const known = dataset.classes.length > 0 ? [dataset.labelled ? -1 : 0, dataset.classes.length - 1] : [-1, -1];
    expect(labels.every((label) => label >= known[0] && label <= known[1])).toBe(true);
    expect(dataset.count).toBeGreaterThanOrEqual(6);
    await dataset.close();
  });

  test("samples differ, and are the same in whatever order, batch or opening they are read", async () => {
    const [dataset, again] = [await open(), await open()];
    const first = await dataset.read([0, 1, 2, 3, 4, 5]);
    const { values } = first;
    const length = values.length / 6;
    const reordered = await again.read([5, 0, 5]);
    for (const part of ["values", "labels", "attributes", "targets", "texts"] as const) {
      const [numbers, others] = [first[part] ?? [], reordered[part] ?? []];
      const each = numbers.length / 6;
      for (const [place, index] of [5, 0, 5].entries()) {
        expect(others.slice(place * each, (place + 1) * each)).toEqual(numbers.slice(index * each, (index + 1) * each));
      }
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
    const options = { batch: 2, seed: 9, flip: dataset.kind !== "points" };
    const whole = createLoader(dataset, options);
    const batches = [];
    for (let i = 0; i < 8; i++) batches.push(await whole.next());
    const resumed = createLoader(dataset, { ...options, position: 5 });
    for (let i = 5; i < 8; i++) expect(await resumed.next()).toEqual(batches[i]);
    await Promise.all([whole.close(), resumed.close()]);
    await dataset.close();
  });
});
