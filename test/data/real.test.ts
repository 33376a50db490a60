// Real public sets, where the shared data folder is at hand: counts, classes and pixels that others have published or that can be counted.
import { existsSync, readFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { type DataOptions, type Dataset, openDataset } from "../../src/data/index.node.ts";

const shared = new URL("../../../shared/data/", import.meta.url).pathname;
const absent = !existsSync(shared);
if (absent) console.info(`skipped: real data sets, as ${shared} is absent`);

const opened: Dataset[] = [];
const open = async (name: string, options: Partial<DataOptions> = {}) => {
  const dataset = await openDataset(shared + name, { seed: 1, ...options });
  opened.push(dataset);
  return dataset;
};
afterEach(async () => {
  for (const dataset of opened.splice(0)) await dataset.close();
});
const countsOf = (labels: Int32Array, classes: number) => {
  const counts = new Array(classes).fill(0);
  for (const label of labels) counts[label]++;
  return counts;
};

/** The share of pixels with a channel near full and one near none, of [n, 3, size, size]. */
const vivid = (values: Float32Array, size: number) => {
  const plane = size * size;
  let count = 0;
  for (let at = 0; at < values.length; at += 3 * plane) {
    for (let i = at; i < at + plane; i++) {
      const [r, g, b] = [values[i], values[i + plane], values[i + 2 * plane]];
      if (Math.max(r, g, b) > 0.5 && Math.min(r, g, b) < -0.5) count++;
    }
  }
  return (3 * count) / values.length;
};

describe.skipIf(absent)("real sets", () => {
  test("Fashion-MNIST: the folder's training half, and its test file, with all classes in equal number", async () => {
    const train = await open("fashion-mnist");
    expect([train.count, train.shape, train.classes.length]).toEqual([60000, [1, 28, 28], 10]);
    const { values, labels } = await train.read([0, 1, 59999]);
    expect([...labels]).toEqual([9, 0, 5]);
    expect(Math.round((values[4 * 28 + 16] + 1) * 127.5)).toBeGreaterThan(0);
    const test10k = await open("fashion-mnist/t10k-images-idx3-ubyte.gz");
    const all = await test10k.read(Array.from({ length: 10000 }, (_, i) => i));
    expect(countsOf(all.labels, 10)).toEqual(new Array(10).fill(1000));
    const mean = all.values.reduce((sum, value) => sum + (value + 1) / 2, 0) / all.values.length;
    expect(mean).toBeCloseTo(0.2868, 3); // the test half's mean grey
  });

  test("flowers128: a stored zip of JPEGs, its sub-folders the classes", async () => {
    const flowers = await open("flowers128/train.zip", { size: 32 });
    expect([flowers.count, flowers.shape]).toEqual([3132, [3, 32, 32]]);
    expect(flowers.classes).toEqual(["daisy", "dandelion", "rose", "sunflower", "tulip"]);
    const { labels, values } = await flowers.read([0, 1000, 2000, 3131]);
    expect([labels[0], labels[3]]).toEqual([0, 4]);
    expect(new Set(values).size).toBeGreaterThan(200);
    expect(flowers.problems).toEqual([]);
  });

  test("emoji-styles: palette PNGs with transparency, laid on white, aligned across styles", async () => {
    const [line, color] = [
      await open("emoji-styles/openmoji.zip", { size: 72 }),
      await open("emoji-styles/twemoji.zip", { size: 72 }),
    ];
    expect([line.count, color.count, line.shape]).toEqual([1603, 1603, [3, 72, 72]]);
    const { values } = await line.read([0, 400, 800, 1200]);
    for (let k = 0; k < 4; k++) expect(values[k * 3 * 72 * 72]).toBe(1); // the corner
    expect(line.problems).toEqual([]);
  });

  test("CIFAR-10 sample: 50 of each class, in turn", async () => {
    const cifar = await open("cifar10-jpg/sample500.bin");
    expect([cifar.count, cifar.shape]).toEqual([500, [3, 32, 32]]);
    const { labels } = await cifar.read(Array.from({ length: 500 }, (_, i) => i));
    expect(countsOf(labels, 10)).toEqual(new Array(10).fill(50));
  });

  test("CIFAR-10 as JPEGs in a zip shows the same pictures as the binary sample", async () => {
    const [records, pictures] = [await open("cifar10-jpg/sample500.bin"), await open("cifar10-jpg/test.zip")];
    expect([pictures.count, [...pictures.classes]]).toEqual([10000, [...records.classes]]);
    const a = await records.read([0, 1, 12]); // the sample goes through the classes in turn
    const b = await pictures.read([0, 1000, 2001]);
    expect(b.labels).toEqual(a.labels);
    const difference = a.values.reduce((sum, value, i) => sum + Math.abs(value - b.values[i]), 0) / a.values.length;
    expect(difference).toBeLessThan(0.02); // two JPEG decoders
  });

  test("facades: pairs side by side in three archives, photograph left and flat label colours right", async () => {
    const pairs = await open("facades", { kinds: ["pairs"], size: 64 });
    expect([pairs.count, pairs.shape, pairs.target]).toEqual([400, [3, 64, 64], [3, 64, 64]]);
    expect((await open("facades", { kinds: ["pairs"], split: "test" })).count).toBe(106);
    const { values, targets } = await pairs.read([0, 100, 200, 300]);
    expect(vivid(targets!, 64)).toBeGreaterThan(0.6);
    expect(vivid(values, 64)).toBeLessThan(0.3);
    expect(pairs.problems).toEqual([]);
    const hidden = await open("facades/train.zip", { kinds: ["domains"], size: 16 });
    expect([hidden.domains!.a.count, hidden.domains!.b.count]).toEqual([200, 200]);
  });

  test("emoji-styles: two archives as pairs by name, and as domains", async () => {
    const dataB = `${shared}emoji-styles/noto.zip`;
    const pairs = await open("emoji-styles/twemoji.zip", { kinds: ["pairs"], dataB, size: 24 });
    expect([pairs.count, pairs.kind]).toEqual([1603, "pairs"]);
    const { values, targets } = await pairs.read(Array.from({ length: 200 }, (_, i) => i * 8));
    const length = values.length / 200;
    const apart = (shift: number) => {
      let sum = 0;
      for (let i = 0; i < values.length; i++)
        sum += Math.abs(values[i] - targets![(i + shift * length) % values.length]);
      return sum / values.length;
    };
    for (const shift of [1, 7, 50]) expect(apart(0)).toBeLessThan(0.8 * apart(shift)); // the same emoji in both styles
    const domains = await open("emoji-styles/twemoji.zip", { kinds: ["domains"], dataB });
    expect([domains.domains!.a.count, domains.domains!.b.count, domains.shape]).toEqual([1603, 1603, [3, 64, 64]]);
  });

  test("horse2zebra and daisy2sunflower: domains of a folder of archives, of both parts", async () => {
    for (const [name, train, held] of [
      ["horse2zebra", 120, 20],
      ["daisy2sunflower", 120, 25],
    ] as const) {
      for (const [split, count] of [
        ["train", train],
        ["test", held],
      ] as const) {
        const { domains, problems } = await open(name, { kinds: ["domains"], size: 16, split });
        expect([domains!.a.count, domains!.b.count]).toEqual([count, count]);
        await domains!.b.read(Array.from({ length: count }, (_, i) => i));
        expect(problems).toEqual([]);
      }
    }
  });

  test("avatars: attributes as the table says, parts and all", async () => {
    const held = await open("avatars/micah.zip", { size: 8, split: "test", labels: "glasses,smile" });
    expect(held.attributes).toEqual(["glasses=none", "glasses=round", "glasses=square", "smile"]);
    const lines = readFileSync(`${shared}avatars/micah-attributes.csv`, "utf8").split("\n");
    const rows = lines.map((line) => line.split(",")).filter(([, split]) => split === "test");
    expect(held.count).toBe(rows.length);
    const { attributes } = await held.read(rows.map((_, i) => i));
    for (const [i, [, , glasses, smile]] of rows.entries()) {
      const expected = [...["none", "round", "square"].map((kind) => (kind === glasses ? 1 : 0)), Number(smile)];
      expect([...attributes!.subarray(4 * i, 4 * i + 4)]).toEqual(expected);
    }
    const train = await open("avatars/micah.zip");
    expect(train.count).toBe(2200 - rows.length);
  });

  test("sprites: a column of its table as classes, parts by character, few labels", async () => {
    const options = { labels: "action", size: 8 };
    const train = await open("sprites/frames.zip", { ...options, labelsPerClass: 10 });
    expect([train.count, train.labelled!.count, train.classes]).toEqual([2457, 30, ["slash", "spellcast", "walk"]]);
    const few = await train.labelled!.read(Array.from({ length: 30 }, (_, i) => i));
    expect(countsOf(few.labels, 3)).toEqual([10, 10, 10]);
    const held = await open("sprites/frames.zip", { ...options, split: "test" });
    const { labels } = await held.read(Array.from({ length: 360 }, (_, i) => i));
    expect(countsOf(labels, 3)).toEqual([120, 120, 120]);
  });

  test("Noto emoji with captions: names and keywords, of the training part and of the test part by the same words", async () => {
    for (const name of ["noto-emoji", "noto-emoji/images.zip"]) {
      const train = await open(name, { kinds: ["captions"], size: 32 });
      // 3,219 names; 450 of the 494 emoji without keywords are among them.
      expect([train.kind, train.count, train.problems]).toEqual(["captions", 3219 + 2769, []]);
      const heldOut = await open(name, { kinds: ["captions"], size: 32, split: "test" });
      expect(heldOut.text).toEqual(train.text);
      const captions = Array.from({ length: train.count }, (_, index) => train.caption!(index));
      const oden = captions.indexOf("oden");
      expect(captions[oden + 1]).toBe("food, kebab, oden, restaurant, seafood, skewer, stick");
      const { values, texts } = await train.read([oden, oden + 1]);
      expect(values.subarray(0, values.length / 2)).toEqual(values.subarray(values.length / 2));
      expect(texts!.subarray(0, texts!.length / 2)).not.toEqual(texts!.subarray(texts!.length / 2));
    }
  });

  test("Noto emoji: a deflated zip with a table in it", async () => {
    const emoji = await open("noto-emoji/images.zip", { channels: 4 });
    expect([emoji.count, emoji.shape, emoji.classes]).toEqual([3543, [4, 128, 128], []]);
    const { values } = await emoji.read([0, 3542]);
    expect(values[3 * 128 * 128]).toBe(-1); // a transparent corner
    expect(emoji.problems).toEqual([]);
  });

  test("horse2zebra keeps its one grey photograph in colour", async () => {
    const zebras = await open("horse2zebra/trainB.zip", { size: 16 });
    expect([zebras.count, zebras.shape]).toEqual([120, [3, 16, 16]]);
    await zebras.read(Array.from({ length: 120 }, (_, i) => i));
    expect(zebras.problems).toEqual([]);
  });
});
