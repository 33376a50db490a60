// Labels of images from files: tables of attributes and classes, parts of the data, few labels, parquet.
import { gzipSync } from "node:zlib";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import type { Dataset } from "../../src/data/index.node.ts";
import { InputError } from "../../src/errors/index.ts";
import { stream } from "../../src/random/index.ts";
import { findRecipe } from "../../src/recipes/index.ts";
import { checkRecipeData } from "../../src/train/index.ts";
import { cifar10, idx, lmdb, noise, parquet, plain, zip } from "./fixtures.ts";
import { pixelOf, workplace } from "./opening.ts";

const { open, file, folder, refusal } = workplace();

/** Pictures 0, 1, 2 … of which each one's red is 20 times its number. */
async function pictures(count: number, name = (i: number) => `${i}.png`): Promise<Record<string, Buffer>> {
  const files: Record<string, Buffer> = {};
  for (let i = 0; i < count; i++) files[name(i)] = await plain([20 * i, 100, 50]);
  return files;
}
const text = (lines: readonly string[]) => Buffer.from(`${lines.join("\n")}\n`);
const all = (dataset: Dataset) => dataset.read(Array.from({ length: dataset.count }, (_, i) => i));
/** The numbers of the pictures, by their red. */
const numbers = async (dataset: Dataset) => {
  const { values } = await all(dataset);
  const length = values.length / dataset.count;
  return Array.from(
    { length: dataset.count },
    (_, i) => pixelOf(values.subarray(i * length), dataset.shape, 0, 0)[0] / 20,
  );
};
const attributesOf = async (dataset: Dataset) => {
  const { attributes } = await all(dataset);
  const width = dataset.attributes!.length;
  return Array.from({ length: dataset.count }, (_, i) =>
    [...attributes!.subarray(i * width, (i + 1) * width)].join(""),
  );
};

const TABLE = [
  "file,split,glasses,smile,hair,id",
  "2.png,train,round,0,long,x2",
  "1.png,test,none,1,short,x1",
  "0.png,train,none,1,short,x0",
  "3.png,train,square,0,short,x3",
];

describe("a table of attributes", () => {
  test("among the images gives each what its row says, and their parts", async () => {
    const files = await pictures(4, (i) => `images/${i}.png`);
    const spec = await file(
      "x.zip",
      zip(Object.entries({ ...files, "attributes.csv": text(TABLE) }).map(([name, data]) => ({ name, data }))),
    );
    const dataset = await open(spec);
    expect(dataset.attributes).toEqual([
      "glasses=none",
      "glasses=round",
      "glasses=square",
      "smile",
      "hair=short",
      ...["x0", "x1", "x2", "x3"].map((id) => `id=${id}`),
    ]);
    expect([await numbers(dataset), dataset.classes]).toEqual([[0, 2, 3], []]);
    expect((await attributesOf(dataset)).map((each) => each.slice(0, 5))).toEqual(["10011", "01000", "00101"]);
    const held = await open(spec, { split: "test" });
    expect([await numbers(held), held.attributes]).toEqual([[1], dataset.attributes]); // the same in both parts
    expect(held.fingerprint).not.toBe(dataset.fingerprint);
  });

  test("by path tells of images anywhere, by their name with or without extension and folders", async () => {
    const files = await pictures(4, (i) => `x/${i}/${i === 3 ? "2" : i}.png`);
    const attributes = await file(
      "what.tsv",
      text(["smile\timage", "yes\tx/0/0.png", "no\t1", "no\t./2/2.png", "yes\t3\\2"]),
    );
    const dataset = await open(await folder(files), { attributes });
    expect([dataset.attributes, await attributesOf(dataset)]).toEqual([["smile"], ["1", "0", "0", "1"]]);
    expect(dataset.classes).toEqual(["0", "1", "2", "3"]); // of the folders
  });

  test("is CelebA's list in its layout", async () => {
    const files = await pictures(3, (i) => `img_align_celeba/00000${i + 1}.jpg`);
    const list = text([
      "3",
      "Eyeglasses Smiling Young",
      "000001.jpg -1  1  1",
      "000002.jpg  1 -1  1",
      "000003.jpg  1  1 -1",
    ]);
    const dataset = await open(await folder({ ...files, "list_attr_celeba.txt": list }));
    expect(dataset.attributes).toEqual(["Eyeglasses", "Smiling", "Young"]);
    expect(await attributesOf(dataset)).toEqual(["011", "101", "110"]);
    const apart = await open(await folder(files), {
      attributes: await file("list_attr_celeba.txt", list),
      labels: "Young,Smiling",
    });
    expect([apart.attributes, await attributesOf(apart)]).toEqual([
      ["Young", "Smiling"],
      ["11", "10", "01"],
    ]);
  });

  test("is CelebA's list in its zip, or beside it", async () => {
    const files = await pictures(3, (i) => `img_align_celeba/00000${i + 1}.jpg`);
    const list = text(["3", "Eyeglasses Smiling", "000001.jpg -1  1", "000002.jpg  1 -1", "000003.jpg  1  1"]);
    const packed = (entries: Record<string, Buffer>) =>
      zip(Object.entries(entries).map(([name, data]) => ({ name, data, deflate: name.endsWith(".txt") })));
    const beside = await file("img_align_celeba.zip", packed(files));
    for (const dataset of [
      await open(await file("celeba.zip", packed({ ...files, "list_attr_celeba.txt": list }))),
      await open(await file("celeba.zip", packed({ ...files, "Anno/list_attr_celeba.txt": list }))),
      await open(beside, { attributes: await file("list_attr_celeba.txt", list) }),
    ]) {
      expect([dataset.attributes, await attributesOf(dataset)]).toEqual([
        ["Eyeglasses", "Smiling"],
        ["01", "10", "11"],
      ]);
      expect([await numbers(dataset), dataset.problems]).toEqual([[0, 1, 2], []]);
      expect(() => checkRecipeData(findRecipe("stargan"), dataset)).not.toThrow();
    }
    expect((await open(beside)).attributes).toBeUndefined();
    const smiles = await open(beside, { attributes: await file("list.txt", list), labels: "Smiling" });
    expect([smiles.classes, [...(await all(smiles)).labels]]).toEqual([
      ["-1", "1"],
      [1, 0, 1],
    ]);
    const odd = text(["1", "Eyeglasses Smiling", "000001.jpg -1  2"]);
    expect(await refusal(await file("odd.zip", packed({ ...files, "list_attr_celeba.txt": odd })))).toMatch(
      /list_attr_celeba\.txt: line 3: Smiling is "2", and may be 1 or -1\./,
    );
  });

  test("makes classes of one column, attributes of several, and says which columns it cannot use", async () => {
    const many = Array.from({ length: 9 }, (_, i) => `${i}.png,${i % 3 === 0 ? "" : `k${i % 3}`},v${i},${i % 2},same`);
    const spec = await folder({
      ...(await pictures(9)),
      "labels.csv": text(["file,kind,number,odd,constant", ...many]),
    });
    const dataset = await open(spec, { labels: "kind" });
    expect([dataset.classes, dataset.attributes, [...(await all(dataset)).labels]]).toEqual([
      ["k1", "k2"],
      undefined,
      [-1, 0, 1, -1, 0, 1, -1, 0, 1],
    ]);
    const two = await open(spec, { labels: "odd, kind" });
    expect([two.classes, two.attributes]).toEqual([[], ["odd", "kind=k1", "kind=k2"]]);
    const whole = await open(spec);
    expect([whole.attributes, whole.problems]).toEqual([
      ["kind=k1", "kind=k2", "odd"],
      [
        {
          item: "labels.csv",
          reason:
            'these columns are no attributes: number (has 9 values, more than 8), constant (has the value "same" alone)',
        },
      ],
    ]);
    expect(await refusal(spec, { labels: "odd,number" })).toContain(
      '--labels: the column "number" of labels.csv has 9 values',
    );
    const one = await folder({
      ...(await pictures(2)),
      "labels.csv": text(["file,kind,split", "0.png,a,train", "1.png,b,test"]),
    });
    const part = await open(one, { labels: "kind" });
    expect([part.classes, part.empty]).toEqual([["a", "b"], ["b"]]);
    expect(() => checkRecipeData(findRecipe("acgan"), part)).toThrow(/has one class only, "a"/);
    expect(await refusal(spec, { labels: "kinds" })).toMatch(
      /labels\.csv has no column "kinds"; did you mean "kind"\?$/,
    );
    expect(await refusal(await folder(await pictures(2)), { labels: "kind" })).toContain(
      "--labels: no table lies among the files",
    );
  });

  test("is refused where rows and images do not match, unless it is about other images and nobody named it", async () => {
    const files = await pictures(3);
    const wrong = ["file,smile", "0.png,1", "9.png,0", "8.png,1"];
    const message = await refusal(await folder({ ...files, "attributes.csv": text(wrong) }));
    expect(message).toContain(
      "2 of its 3 files are not there (9.png, 8.png); 2 of 3 images have no row (1.png, 2.png)",
    );
    const other = text(["file,smile", "a.png,1", "b.png,0"]);
    expect((await open(await folder({ ...files, "attributes.csv": other }))).attributes).toBeUndefined();
    const attributes = await file("other.csv", other);
    expect(await refusal(await folder(files), { attributes })).toContain(
      "2 of its 2 files are not there (a.png, b.png)",
    );
    const twice = text(["file,smile", "0.png,1", "0.png,0", "1.png,0", "2.png,0"]);
    expect(await refusal(await folder({ ...files, "labels.csv": twice }))).toContain('the file "0.png" comes twice');
    const doubled = await folder({
      "a/1.png": files["0.png"],
      "b/1.png": files["1.png"],
      "labels.csv": text(["file,smile", "1.png,1"]),
    });
    expect(await refusal(doubled)).toContain('the file "1.png" fits 2 images, a/1.png the first');
    expect(await refusal(await folder(files), { attributes: "none.csv" })).toContain(
      "--attributes: none.csv does not exist",
    );
    expect(await refusal(await file("x-idx3", idx([2, 8, 8], noise(128))), { attributes })).toContain(
      "--attributes: is for image files",
    );
    expect(await refusal("glyphs", { attributes })).toContain(
      "--attributes: is for files, and glyphs is an embedded set",
    );
  });

  test("of all parts serves a set whose folders tell the part", async () => {
    const files = await pictures(4, (i) => `${i < 3 ? "train" : "test"}/${i}.png`);
    const rows = ["file,smile", "0.png,1", "1.png,0", "2.png,0", "3.png,1"];
    const spec = await folder({ ...files, "attributes.csv": text(rows) });
    expect(await attributesOf(await open(spec))).toEqual(["1", "0", "0"]);
    expect(await attributesOf(await open(spec, { split: "test" }))).toEqual(["1"]);
  });
});

describe("the test part", () => {
  test("is reached in folders, archives, IDX and CIFAR files", async () => {
    const files = {
      ...(await pictures(2, (i) => `train/${i}/x.png`)),
      ...(await pictures(3, (i) => `val/${i}/y.png`)),
    };
    expect((await open(await folder(files), { split: "test" })).count).toBe(3);
    expect((await open(await folder(files), { split: "train" })).count).toBe(2);
    const zipped = (count: number) =>
      pictures(count).then((each) => zip(Object.entries(each).map(([name, data]) => ({ name, data }))));
    const archives = await folder({
      "train.zip": await zipped(4),
      "test.zip": await zipped(1),
      "val.zip": await zipped(2),
    });
    expect([(await open(archives)).count, (await open(archives, { split: "test" })).count]).toEqual([4, 1]);
    const mnist = await folder({
      "train-images-idx3-ubyte": idx([3, 8, 8], noise(192)),
      "t10k-images-idx3-ubyte": idx([2, 8, 8], noise(128)),
    });
    expect([(await open(mnist)).count, (await open(mnist, { split: "test" })).count]).toEqual([3, 2]);
    const cifar = await folder({ "data_batch_1.bin": cifar10([6, 9]), "test_batch.bin": cifar10([0]) });
    expect([(await open(cifar)).count, (await open(cifar, { split: "test" })).count]).toEqual([2, 1]);
    expect((await open(`${archives}/test.zip`, { split: "test" })).count).toBe(1); // its name tells
  });

  test("that is not there is refused", async () => {
    expect(await refusal(await folder(await pictures(2)), { split: "test" })).toContain(
      "has no test part: no folder test",
    );
    const files = await folder(await pictures(2, (i) => `${["test", "val"][i]}/${i}.png`));
    expect(await refusal(files)).toMatch(
      /^--split: .* is divided into test, val and has no train part\. Pass --split test\.$/,
    );
    const mnist = await file("train-images-idx3-ubyte", idx([3, 8, 8], noise(192)));
    expect(await refusal(mnist, { split: "test" })).toContain("has no test part");
  });
});

describe("few labels", () => {
  const spec = async (count: number) => folder(await pictures(count, (i) => `${i % 3 === 0 ? "c" : "d"}/${i}.png`));

  test("are kept by as many of each class as asked, chosen by the seed, and these are a set of their own", async () => {
    const path = await spec(12);
    const dataset = await open(path, { labelsPerClass: 2 });
    const { labels } = await all(dataset);
    const kept = [...labels.keys()].filter((index) => labels[index] >= 0);
    expect([dataset.count, kept.length, dataset.labelled!.count]).toEqual([12, 4, 4]);
    const whole = await all(await open(path));
    for (const index of kept) expect(labels[index]).toBe(whole.labels[index]);
    const few = await all(dataset.labelled!);
    expect([...few.labels].sort()).toEqual([0, 0, 1, 1]);
    expect(few.values).toEqual((await dataset.read(kept)).values);
    expect([...(await all(await open(path, { labelsPerClass: 2 }))).labels]).toEqual([...labels]);
    const others = await Promise.all(
      [2, 3, 4].map(async (seed) => (await all(await open(path, { labelsPerClass: 2, seed }))).labels.join()),
    );
    expect(new Set([labels.join(), ...others]).size).toBeGreaterThan(1);
  });

  test("of an endless set are those of the first drawn of each class", async () => {
    const [few, whole] = [await open("glyphs", { labelsPerClass: 2, size: 16 }), await open("glyphs", { size: 16 })];
    const indices = Array.from({ length: 200 }, (_, i) => i);
    const [{ labels }, { labels: truth }] = [await few.read(indices), await whole.read(indices)];
    const seen = whole.classes.map(() => 0);
    const expected = truth.map((label) => (seen[label]++ < 2 ? label : -1));
    expect([...labels]).toEqual([...expected]);
    expect(few.labelled!.count).toBe(2 * whole.classes.length);
    expect((await few.labelled!.read([0])).labels[0]).toBe(truth[0]);
  });

  test("are refused where there are no classes, or fewer samples", async () => {
    expect(await refusal(await folder(await pictures(3)), { labelsPerClass: 1 })).toContain("has no classes");
    expect(await refusal(await spec(12), { labelsPerClass: 5 })).toContain(
      'has 4 samples of the class "c", 5 were asked for. Pass --labels-per-class 4',
    );
    for (const labelsPerClass of [0, 1.5, -1])
      expect(await refusal(await spec(3), { labelsPerClass })).toContain(`got ${labelsPerClass}`);
  });
});

describe("parquet", () => {
  const images = async (count: number) => Object.values(await pictures(count));

  test("gives images with their labels, over row groups and files, of one part", async () => {
    const ten = await images(10);
    const shard = (from: number, to: number) =>
      parquet({
        images: ten.slice(from, to),
        labels: ten.slice(from, to).map((_, i) => (i === 2 ? null : (from + i) % 2)),
        names: ["even", "odd"],
      });
    const spec = await folder({
      "data/train-00000-of-00002.parquet": shard(0, 5),
      "data/train-00001-of-00002.parquet": shard(5, 8),
      "data/test-00000-of-00001.parquet": shard(8, 10),
      "README.md": Buffer.from("a card"),
    });
    const dataset = await open(spec);
    expect([dataset.count, dataset.shape, dataset.classes]).toEqual([8, [3, 16, 16], ["even", "odd"]]);
    expect(await numbers(dataset)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect([...(await dataset.read([7, 0, 1, 2, 5])).labels]).toEqual([-1, 0, 1, -1, 1]);
    const held = await open(spec, { split: "test" });
    expect([await numbers(held), [...(await all(held)).labels]]).toEqual([
      [8, 9],
      [0, 1],
    ]);
    const lone = await open(`${spec}/data/train-00001-of-00002.parquet`);
    expect(await numbers(lone)).toEqual([5, 6, 7]);
    const packed = await open(await file("p.zip", zip([{ name: "x.parquet", data: shard(0, 5), deflate: true }])));
    expect(await numbers(packed)).toEqual([0, 1, 2, 3, 4]);
  });

  test("gives bytes without a path, labels without names, and the column of labels asked for", async () => {
    const bytes = Buffer.from(
      parquetWriteBuffer({
        schema: [
          { name: "root", num_children: 4 },
          { name: "id", type: "INT32", repetition_type: "REQUIRED" },
          { name: "picture", type: "BYTE_ARRAY", repetition_type: "REQUIRED" },
          { name: "label", type: "INT32", repetition_type: "REQUIRED" },
          { name: "style", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "REQUIRED" },
        ],
        columnData: [
          { name: "id", data: [0, 1, 2] },
          { name: "picture", data: await images(3) },
          { name: "label", data: [7, 5, 7] },
          { name: "style", data: ["old", "new", "new"] },
        ],
        codec: "GZIP",
        compressors: { GZIP: (input) => new Uint8Array(gzipSync(input)) },
      }),
    );
    const spec = await file("x.parquet", bytes);
    const dataset = await open(spec);
    expect([await numbers(dataset), dataset.classes, [...(await all(dataset)).labels]]).toEqual([
      [0, 1, 2],
      ["5", "7"],
      [1, 0, 1],
    ]);
    expect((await open(spec, { labels: "style" })).classes).toEqual(["new", "old"]);
    expect(await refusal(spec, { labels: "stile" })).toContain('has no column "stile"; did you mean "style"?');
  });

  test("without images, damaged, or with labels out of range is refused; a row without image is passed over", async () => {
    const good = parquet({ images: await images(4), labels: [0, 1, 2, 3], names: ["a", "b"] });
    expect(await refusal(await file("x.parquet", good))).toContain(
      'the column "label" has the label 3, and 2 classes are named',
    );
    expect(await refusal(await file("x.parquet", good.subarray(0, good.length - 20)))).toContain(
      "cannot be read as parquet",
    );
    const text = Buffer.from(parquetWriteBuffer({ columnData: [{ name: "words", data: ["a", "b"], type: "STRING" }] }));
    expect(await refusal(await file("x.parquet", text))).toContain("has no column of images among its columns: words");
    const holed = parquet({ images: [...(await images(2)), new Uint8Array()] });
    const dataset = await open(await file("holed.parquet", holed));
    await dataset.read([2]);
    expect(dataset.problems).toEqual([
      { item: expect.stringContaining("holed.parquet row 2"), reason: "no image in this row" },
    ]);
  });

  test("is read without the rows whose images are damaged, and refused when cut off", async () => {
    const five = await images(5);
    const rows = { labels: [0, 1, 2, 3, 4], names: ["a", "b", "c", "d", "e"] };
    const whole = parquet({ images: five, ...rows });
    const packed = Buffer.from(whole);
    packed.fill(0, 100, 120); // among the first group's images, packed together
    const pictures = parquet({ images: [five[0].subarray(0, 40), ...five.slice(1)], ...rows });
    for (const [bytes, first, damaged] of [
      [packed, 3, [0, 1, 2]],
      [pictures, 1, [0]],
    ] as const) {
      const dataset = await open(await file("damaged.parquet", bytes));
      expect((await all(dataset)).labels[0]).toBe(first);
      expect(dataset.problems.map(({ item }) => Number(item.at(-1)))).toEqual(damaged);
    }
    for (const length of [5, 100, whole.length - 1]) {
      const spec = await file("cut.parquet", whole.subarray(0, length));
      expect(await refusal(spec)).toMatch(/cut\.parquet cannot be read as parquet: .*Download the file again\.$/);
    }
  });
});

describe("LMDB", () => {
  const values = async (count: number) => Object.values(await pictures(count));

  test("gives the images of LSUN's folders, each a class, of one part", async () => {
    const ten = await values(10);
    const wide = await plain([180, 100, 50], 100, "webp");
    const large = Buffer.concat([ten[9], noise(9000)]); // on overflow pages
    const spec = await folder({
      "church_train_lmdb/data.mdb": lmdb(ten.slice(0, 4)),
      "church_train_lmdb/lock.mdb": Buffer.alloc(8192),
      "bridge_train_lmdb/data.mdb": lmdb([...ten.slice(4, 9), large]),
      "church_val_lmdb/data.mdb": lmdb([wide]),
    });
    const dataset = await open(spec, { size: 16 });
    expect([dataset.count, dataset.classes]).toEqual([10, ["bridge", "church"]]);
    expect(await numbers(dataset)).toEqual([4, 5, 6, 7, 8, 9, 0, 1, 2, 3]);
    expect([...(await all(dataset)).labels]).toEqual([...Array(6).fill(0), ...Array(4).fill(1)]);
    const held = await open(spec, { split: "test" });
    expect([held.count, held.shape, held.classes]).toEqual([1, [3, 64, 64], []]);
    const lone = await open(`${spec}/bridge_train_lmdb`, { size: 16 });
    expect([lone.count, lone.classes, lone.problems]).toEqual([6, [], []]);
    expect([held.folder, (await open(await folder({ "church_train_lmdb/data.mdb": lmdb(ten) }))).folder]).toEqual([
      "church",
      "church",
    ]);
    const archive = zip([{ name: "x/data.mdb", data: lmdb(ten), deflate: true }]);
    expect(await numbers(await open(await file("l.zip", archive)))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("that is cut off, goes in circles, or holds more than images is refused", async () => {
    const whole = lmdb(await values(7));
    expect(await refusal(await file("data.mdb", whole.subarray(0, -1)))).toMatch(
      /cannot be read as LMDB: cut off: 6 pages need 24576 bytes, it has 24575\. Download or make it again\.$/,
    );
    const circle = Buffer.from(whole);
    circle.writeUInt32LE(5, 5 * 4096 + circle.readUInt16LE(5 * 4096 + 16)); // the root's first node, to the root
    expect(await refusal(await file("data.mdb", circle))).toContain("point to one another in a circle");
    const named = Buffer.from(whole);
    named.writeUInt16LE(2, 2 * 4096 + named.readUInt16LE(2 * 4096 + 16) + 4);
    expect(await refusal(await file("data.mdb", named))).toContain("it holds named databases");
    const texts = lmdb(["a", "b"].map((text) => Buffer.from(text)));
    expect(await refusal(await file("data.mdb", texts))).toContain("no image that can be read among its 2 values");
  });

  test("damaged anywhere is read in part or refused in one line", async () => {
    const whole = lmdb([...(await values(10)), noise(9000)], 512);
    const random = stream(1, "damage");
    const ends = new Set<string>();
    for (let trial = 0; trial < 150; trial++) {
      const damaged = Buffer.from(whole);
      const reach = random.integer(2) === 0 ? 160 : whole.length;
      for (let k = 0; k < 3; k++) damaged[random.integer(reach)] = random.integer(256);
      const length = whole.length - random.integer(2) * random.integer(600);
      const end = await open(await file("data.mdb", damaged.subarray(0, length)))
        .then((dataset) => all(dataset))
        .then(
          () => "read",
          (error) => (error instanceof InputError ? "refused" : error),
        );
      ends.add(end);
    }
    expect([...ends].sort()).toEqual(["read", "refused"]);
  });
});
