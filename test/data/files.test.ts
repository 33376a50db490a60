// Data sets from files: what pictures become, how sets are laid out, and that every kind of bad input ends in one clear line.
import { chmodSync } from "node:fs";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { crc32, gzipSync } from "node:zlib";
import sharp from "sharp";
import { afterEach, describe, expect, test } from "vitest";
import {
  type DataOptions,
  type Dataset,
  inspectDataset,
  inspectionRows,
  openDataset,
} from "../../src/data/index.node.ts";
import { InputError } from "../../src/errors/index.ts";
import { stream } from "../../src/random/index.ts";
import { findRecipe } from "../../src/recipes/index.ts";
import { checkRecipeData } from "../../src/train/index.ts";
import { cifar10, idx, noise, plain, type Rgb, tar, temporaryFolder, writeTree, zip } from "./fixtures.ts";

const path = temporaryFolder();
let made = 0;

/** A new path with this ending. */
const fresh = (ending: string) => path(`${made++}-${ending}`);
const file = async (ending: string, bytes: Uint8Array) => {
  const at = fresh(ending);
  await writeFile(at, bytes);
  return at;
};
const folder = (files: Record<string, Uint8Array>) => writeTree(fresh("folder"), files);
const opened: Dataset[] = [];
const open = async (spec: string, options: Partial<DataOptions> = {}) => {
  const dataset = await openDataset(spec, { seed: 1, ...options });
  opened.push(dataset);
  return dataset;
};
afterEach(async () => {
  for (const dataset of opened.splice(0)) await dataset.close();
});

/** The bytes 0 … 255 of one sample's channels at one pixel. */
async function pixel(dataset: Dataset, index: number, x: number, y: number): Promise<number[]> {
  const [channels, height, width] = dataset.shape;
  const { values } = await dataset.read([index]);
  return Array.from({ length: channels }, (_, c) => Math.round((values[(c * height + y) * width + x] + 1) * 127.5));
}

/** Whether each channel is within 4 of the colour's. */
function expectNear(seen: readonly number[], color: readonly number[]) {
  for (const [c, value] of seen.entries()) expect(Math.abs(value - color[c])).toBeLessThanOrEqual(4);
}

/** The one line an unusable spec is refused with. */
async function refusal(spec: string, options: Partial<DataOptions> = {}): Promise<string> {
  const error = await open(spec, options)
    .then((dataset) => dataset.read([0]))
    .then(
      () => undefined,
      (failed) => failed,
    );
  expect(error).toBeInstanceOf(InputError);
  expect(error.message).not.toContain("\n");
  expect(error.message).toMatch(/^--\w+: .*\.$|did you mean/);
  return error.message;
}

const RED: Rgb = [220, 20, 30];
const GREEN: Rgb = [10, 200, 40];
const BLUE: Rgb = [30, 40, 210];

describe("a picture", () => {
  const stripes = async () => {
    const part = async (color: Rgb, left: number) => ({ input: await plain(color, 16), left, top: 0 });
    const image = sharp({ create: { width: 48, height: 16, channels: 3, background: "#000" } });
    return image
      .composite([await part(RED, 0), await part(GREEN, 16), await part(BLUE, 32)])
      .png()
      .toBuffer();
  };

  test("of any of the four formats keeps its colours, whatever its name says", async () => {
    const files: Record<string, Buffer> = {};
    for (const [i, format] of (["png", "jpeg", "webp", "gif"] as const).entries()) {
      files[`${i}.jpg`] = await plain(RED, 16, format);
      files[`${i + 4}`] = await plain(RED, 16, format);
    }
    const dataset = await open(await folder(files), { size: 16 });
    expect(dataset.count).toBe(8);
    for (let i = 0; i < 8; i++) {
      expectNear(await pixel(dataset, i, 7, 7), RED);
    }
    expect(dataset.problems).toEqual([]);
  });

  test("is cut to its centre, or squeezed whole", async () => {
    const spec = await folder({ "a.png": await stripes() });
    const centred = await open(spec, { size: 8 });
    const squeezed = await open(spec, { size: 12, crop: "none" });
    expect(await pixel(centred, 0, 3, 0)).toEqual([...GREEN]);
    expect(await pixel(centred, 0, 4, 7)).toEqual([...GREEN]);
    for (const x of [0, 7]) expect((await pixel(centred, 0, x, 4))[1]).toBeGreaterThan(180); // edges blend a little
    expectNear(await pixel(squeezed, 0, 1, 0), RED);
    expectNear(await pixel(squeezed, 0, 5, 5), GREEN);
    expectNear(await pixel(squeezed, 0, 10, 11), BLUE);
  });

  test("is smoothed when made smaller: a checkerboard turns into its mean", async () => {
    const board = Uint8Array.from({ length: 64 * 64 }, (_, i) => ((i + Math.floor(i / 64)) % 2) * 255);
    const image = await sharp(board, { raw: { width: 64, height: 64, channels: 1 } })
      .png()
      .toBuffer();
    const dataset = await open(await folder({ "a.png": image }), { size: 16 });
    const { values } = await dataset.read([0]);
    for (const value of values) expect(Math.abs(value)).toBeLessThan(0.1);
  });

  test("is turned as its Exif says", async () => {
    const turned = await sharp(await stripes())
      .withMetadata({ orientation: 6 })
      .jpeg({ quality: 100 })
      .toBuffer();
    const dataset = await open(await folder({ "a.jpg": turned }), { size: 12, crop: "none" });
    const [top, bottom] = [await pixel(dataset, 0, 6, 1), await pixel(dataset, 0, 6, 10)];
    expect(top[0]).toBeGreaterThan(200); // a quarter turn to the right: left becomes top
    expect(bottom[2]).toBeGreaterThan(190);
  });

  test("lies on white where it is transparent, unless alpha is asked for", async () => {
    const half = sharp({
      create: { width: 16, height: 16, channels: 4, background: { r: 200, g: 0, b: 0, alpha: 0.5 } },
    });
    const spec = await folder({ "a.png": await half.png().toBuffer() });
    expectNear(await pixel(await open(spec), 0, 3, 3), [227, 127, 127]);
    expect(await pixel(await open(spec, { channels: 4 }), 0, 3, 3)).toEqual([200, 0, 0, 128]);
    expect((await open(spec)).shape).toEqual([3, 16, 16]);
  });

  test("of 16 bits, a palette or CMYK becomes 8-bit RGB", async () => {
    const deep = new Uint16Array(16 * 16 * 3).fill(0x8000);
    const files = {
      "a.png": await sharp(deep, { raw: { width: 16, height: 16, channels: 3 } })
        .toColourspace("rgb16")
        .png()
        .toBuffer(),
      "b.png": await sharp(await plain(GREEN))
        .png({ palette: true })
        .toBuffer(),
      "c.jpg": await sharp(await plain(GREEN))
        .toColourspace("cmyk")
        .jpeg({ quality: 100 })
        .toBuffer(),
    };
    expect((await sharp(files["a.png"]).metadata()).depth).toBe("ushort");
    expect((await sharp(files["c.jpg"]).metadata()).space).toBe("cmyk");
    const dataset = await open(await folder(files));
    expect(await pixel(dataset, 0, 5, 5)).toEqual([128, 128, 128]);
    expect(await pixel(dataset, 1, 5, 5)).toEqual([...GREEN]);
    const [r, g, b] = await pixel(dataset, 2, 5, 5); // ink has no such green; it must still be one
    expect(g - Math.max(r, b)).toBeGreaterThan(50);
    expect(dataset.problems).toEqual([]);
  });

  test("grey sets have one channel, mixed ones three, and either can be asked for", async () => {
    const grey = await sharp(await plain([90, 90, 90]))
      .toColourspace("b-w")
      .png()
      .toBuffer();
    const deepGrey = await sharp(await plain([90, 90, 90]))
      .toColourspace("grey16")
      .png()
      .toBuffer();
    const greys = await folder({ "a.png": grey, "b.png": deepGrey });
    expect((await open(greys)).shape).toEqual([1, 16, 16]);
    for (const index of [0, 1]) {
      expect(await pixel(await open(greys), index, 0, 0)).toEqual([90]);
      expect(await pixel(await open(greys, { channels: 3 }), index, 0, 0)).toEqual([90, 90, 90]);
      expect(await pixel(await open(greys, { channels: 4 }), index, 0, 0)).toEqual([90, 90, 90, 255]);
    }
    const mixed = await open(await folder({ "a.png": grey, "b.png": await plain(RED) }));
    expect(mixed.shape).toEqual([3, 16, 16]);
    expect(await pixel(mixed, 1, 0, 0)).toEqual([...RED]);
    const single = await open(await folder({ "a.png": await plain([255, 255, 255]), "b.png": await plain(RED) }), {
      channels: 1,
    });
    expect(await pixel(single, 0, 0, 0)).toEqual([255]);
  });

  test("a folder's own size is its first image's, rounded down to a power of two within 16 and 128", async () => {
    for (const [own, expected] of [
      [5, 16],
      [31, 16],
      [100, 64],
      [300, 128],
    ]) {
      expect((await open(await folder({ "a.png": await plain(RED, own) }))).shape).toEqual([3, expected, expected]);
    }
  });
});

describe("a damaged picture", () => {
  test("gives its place to the next good one, label and all, and is listed once", async () => {
    const bytes = await plain(RED, 64);
    const spec = await folder({
      "x/a.png": await plain(GREEN),
      "x/b.png": bytes.subarray(0, bytes.length - 30),
      "y/c.jpg": new Uint8Array(),
      "y/d.webp": await plain(BLUE, 16, "webp"),
      "y/e.png": Buffer.from("a text that calls itself a picture"),
      "y/f.bmp": Buffer.from("BM......"),
    });
    const dataset = await open(spec, { size: 16 });
    expect(dataset.problems).toEqual([]);
    const { labels, values } = await dataset.read([0, 1, 2, 3, 4, 5, 1, 2]);
    expect([...labels]).toEqual([0, 1, 1, 1, 0, 0, 1, 1]);
    const length = values.length / 8;
    expect(values.subarray(length, 2 * length)).toEqual(values.subarray(3 * length, 4 * length));
    expect(values.subarray(5 * length, 6 * length)).toEqual(values.subarray(0, length));
    expect(dataset.problems.map(({ item }) => item)).toEqual(["x/b.png", "y/c.jpg", "y/e.png", "y/f.bmp"]);
    expect(dataset.problems[0].reason).toMatch(/^cannot be decoded/);
    expect(dataset.problems[2].reason).toBe("not a PNG, JPEG, WebP or GIF image");
  });

  test("of 30,000 × 30,000 pixels is refused by its header", async () => {
    const huge = await plain(RED);
    huge.writeUInt32BE(30000, 16);
    huge.writeUInt32BE(30000, 20);
    huge.writeUInt32BE(crc32(huge.subarray(12, 29)), 29);
    const dataset = await open(await folder({ "a.png": huge, "b.png": await plain(GREEN) }));
    expect(await pixel(dataset, 0, 0, 0)).toEqual([...GREEN]);
    expect(dataset.problems).toEqual([{ item: "a.png", reason: expect.stringContaining("exceeds pixel limit") }]);
  });

  test("among damaged ones only is an error", async () => {
    const spec = await folder({ "a.png": Buffer.from("no"), "b.png": Buffer.from("no") });
    expect(await refusal(spec)).toContain(
      "no image that can be read; a.png: not a PNG, JPEG, WebP or GIF image (and 1 more",
    );
    const shallow = (await plain(RED, 64)).subarray(0, 80); // a good header and nothing after it
    expect(await refusal(await folder({ "a.png": shallow }))).toContain("none of the 1 images");
  });
});

describe("the layout", () => {
  const red = () => plain(RED);

  test("sub-folders are classes, in sorted order, below what all share", async () => {
    const a = await red();
    const dataset = await open(
      await folder({ "all/b/1.png": a, "all/b/x/2.png": a, "all/a/3.png": a, "all/note.txt": a }),
    );
    expect(dataset.classes).toEqual(["a", "b"]);
    expect([...(await dataset.read([0, 1, 2])).labels]).toEqual([0, 1, 1]);
  });

  test("images beside sub-folders, or in one alone, have no labels", async () => {
    const a = await red();
    for (const spec of [await folder({ "b/1.png": a, "2.png": a }), await folder({ "b/1.png": a, "b/2.png": a })]) {
      const dataset = await open(spec);
      expect([dataset.count, dataset.classes]).toEqual([2, []]);
      expect([...(await dataset.read([0, 1])).labels]).toEqual([-1, -1]);
    }
  });

  test("one folder in which all images lie is told, where it is no part of the data", async () => {
    const a = await red();
    const folderOf = async (names: readonly string[], options: Partial<DataOptions> = {}) =>
      (await open(await folder(Object.fromEntries(names.map((name) => [name, a]))), options)).folder;
    expect(await folderOf(["cat/1.png", "cat/2.png"])).toBe("cat");
    expect(await folderOf(["pets/train/cat/1.png", "pets/test/cat/2.png"])).toBe("cat");
    expect(await folderOf(["cat/train/1.png", "cat/test/2.png"])).toBe("cat");
    expect(await folderOf(["cat/train/1.png", "dog/test/2.png"])).toBe("cat");
    for (const names of [
      ["1.png", "2.png"],
      ["train/1.png", "train/2.png"],
      ["cat/1.png", "dog/2.png"],
    ]) {
      expect(await folderOf(names)).toBeUndefined();
    }
    const one = await open(await folder({ "cat/1.png": a, "cat/2.png": a }));
    expect(() => checkRecipeData(findRecipe("acgan"), one)).toThrow(/has one class only, "cat", and acgan/);
  });

  test("of the splits train, val and test, train is taken", async () => {
    const a = await red();
    const dataset = await open(
      await folder({ "test/a/1.png": a, "train/a/2.png": a, "train/b/3.png": a, "val/a/4.png": a }),
    );
    expect([dataset.count, dataset.classes]).toEqual([2, ["a", "b"]]);
  });

  test("other files are passed over in silence, hidden ones too", async () => {
    const a = await red();
    const files = {
      "1.png": a,
      "list.csv": a,
      ".DS_Store": a,
      ".thumbs/2.png": a,
      "__MACOSX/._1.png": a,
      readme: Buffer.from("x"),
    };
    const asZip = await file("x.zip", zip(Object.entries(files).map(([name, data]) => ({ name, data }))));
    for (const spec of [await folder(files), asZip]) {
      const dataset = await open(spec);
      expect([dataset.count, dataset.problems]).toEqual([1, []]);
    }
  });

  test("links are followed, and a loop of them ends", async () => {
    const spec = await folder({ "a/1.png": await red() });
    await symlink(spec, `${spec}/a/loop`);
    await symlink(`${spec}/a/1.png`, `${spec}/a/2.png`);
    await symlink(`${spec}/nowhere`, `${spec}/a/3.png`);
    expect((await open(spec)).count).toBe(2);
  });

  test("the fingerprint tells other content from the same", async () => {
    const [a, b] = [await red(), await plain(GREEN)];
    const of = async (files: { name: string; data: Uint8Array }[]) =>
      (await open(await file("f.zip", zip(files)))).fingerprint;
    const first = await of([
      { name: "1.png", data: a },
      { name: "2.png", data: b },
    ]);
    expect(
      await of([
        { name: "2.png", data: b },
        { name: "1.png", data: a },
      ]),
    ).toBe(first);
    expect(
      await of([
        { name: "1.png", data: b },
        { name: "2.png", data: a },
      ]),
    ).not.toBe(first);
    expect(
      await of([
        { name: "1.png", data: a },
        { name: "3.png", data: b },
      ]),
    ).not.toBe(first);
    const [x, y] = [idx([1, 8, 8], noise(64, 1)), idx([1, 8, 8], noise(64, 2))];
    expect((await open(await file("x", x))).fingerprint).not.toBe((await open(await file("y", y))).fingerprint);
  });
});

describe("a zip archive", () => {
  test("with paths that point outside is read: nothing is written", async () => {
    const names = ["../../up.png", "/abs.png", "C:\\win.png", "same.png", "same.png"];
    const data = await plain(RED);
    const dataset = await open(await file("paths.zip", zip(names.map((name) => ({ name, data })))));
    expect(dataset.count).toBe(5);
    expect(await pixel(dataset, 4, 0, 0)).toEqual([...RED]);
    expect(dataset.problems).toEqual([]);
  });

  test("that lies about sizes or checksums has the entry listed and the others read", async () => {
    const data = await plain(RED);
    const spec = await file(
      "lies.zip",
      zip([
        { name: "a.png", data: await plain(GREEN) },
        { name: "longer.png", data, deflate: true, size: data.length + 5 },
        { name: "shorter.png", data, deflate: true, size: data.length - 5 },
        { name: "stored.png", data, size: data.length - 5 },
        { name: "sum.png", data, crc: 1 },
        { name: "z-secret.png", data, encrypted: true },
        { name: "zz-bomb.png", data: new Uint8Array(20 * 2 ** 20), deflate: true },
      ]),
    );
    const dataset = await open(spec);
    expect(dataset.count).toBe(5);
    for (const index of [1, 2, 3, 4]) expect(await pixel(dataset, index, 0, 0)).toEqual([...GREEN]);
    const reasons = Object.fromEntries(dataset.problems.map(({ item, reason }) => [item, reason]));
    expect(Object.keys(reasons)).toHaveLength(6);
    expect(reasons["longer.png"]).toBe(`unpacks to less than the ${data.length + 5} bytes it declares`);
    expect(reasons["shorter.png"]).toBe(`unpacks to more than the ${data.length - 5} bytes it declares`);
    expect(reasons["sum.png"]).toContain("checksum");
    expect(reasons["z-secret.png"]).toBe("encrypted");
    expect(reasons["zz-bomb.png"]).toContain("zip bomb");
  });

  test("cut off, of encrypted images only, or without any is refused", async () => {
    const whole = zip([{ name: "a.png", data: await plain(RED) }]);
    expect(await refusal(await file("cut.zip", whole.subarray(0, whole.length - 30)))).toMatch(
      /cut\.zip cannot be read as a zip archive: .*trunc/i,
    );
    const locked = zip([{ name: "a.png", data: await plain(RED), encrypted: true }]);
    expect(await refusal(await file("locked.zip", locked))).toContain("a.png: encrypted");
    expect(await refusal(await file("none.zip", zip([])))).toContain("none.zip is empty");
    expect(await refusal(await file("text.zip", zip([{ name: "a.txt", data: noise(9) }])))).toContain(
      "no images among its 1 files",
    );
  });
});

describe("a tar archive", () => {
  test("with long names by prefix, pax and GNU headers gives them whole", async () => {
    const data = await plain(RED);
    const long = `${"d".repeat(120)}/é.png`;
    const record = ` path=${long}\n`;
    const length = Buffer.byteLength(record) + 3;
    const spec = await file(
      "long.tar",
      tar([
        { name: "pax", type: "x", data: Buffer.from(`${length}${record}`) },
        { name: "cut-short.png", data },
        { name: "././@LongLink", type: "L", data: Buffer.from(`${"g".repeat(130)}/2.png\0`) },
        { name: "cut-short.png", data },
        { name: "3.png", prefix: "p".repeat(130), data },
        { name: "p".repeat(90), type: "5", data: new Uint8Array() },
        { name: "./4.png", data: (await plain(GREEN)).subarray(0, 30) },
        { name: "link.png", type: "2", data: new Uint8Array() },
      ]),
    );
    const dataset = await open(spec);
    expect(dataset.count).toBe(4);
    await dataset.read([0, 1, 2, 3]);
    expect(dataset.problems.map(({ item }) => item)).toEqual(["4.png"]);
    const others = ["d", "g", "p"].map((letter) => letter.repeat(letter === "d" ? 120 : 130));
    expect(dataset.classes).toEqual([]); // 4.png lies beside the folders
    const labelled = await open(await file("two.tar", tar(others.map((prefix) => ({ name: "x.png", prefix, data })))));
    expect(labelled.classes).toEqual(others);
  });

  test("cut off or damaged is refused, packed or not", async () => {
    const whole = tar([
      { name: "a.png", data: noise(2000) },
      { name: "b.png", data: noise(2000) },
    ]);
    const cut = whole.subarray(0, 3500);
    expect(await refusal(await file("cut.tar", cut))).toMatch(
      /cut\.tar cannot be read as a tar archive: cut off: b\.png ends at byte \d+, the file at 3500/,
    );
    expect(await refusal(await file("cut.tgz", gzipSync(cut)))).toContain("cut off: b.png");
    const damaged = Buffer.from(whole);
    damaged[2560 + 3] ^= 1;
    expect(await refusal(await file("damaged.tar", damaged))).toContain("header at byte 2560 is damaged");
    const packed = gzipSync(whole);
    expect(await refusal(await file("cut.tar.gz", packed.subarray(0, packed.length - 200)))).toContain(
      "cannot be unpacked: unexpected end of file",
    );
  });
});

describe("IDX", () => {
  const images = idx([3, 10, 10], noise(300));
  const labels = idx([3], [2, 0, 1]);

  test("a folder of MNIST's four files is its training half", async () => {
    const spec = await folder({
      "train-images-idx3-ubyte.gz": gzipSync(images),
      "train-labels-idx1-ubyte.gz": gzipSync(labels),
      "t10k-images-idx3-ubyte": idx([1, 10, 10], noise(100, 5)),
      "t10k-labels-idx1-ubyte": idx([1], [7]),
      "preview.png": await plain(RED),
    });
    const dataset = await open(spec);
    expect([dataset.count, dataset.shape, dataset.classes]).toEqual([3, [1, 10, 10], ["0", "1", "2"]]);
    const { values, labels: read } = await dataset.read([2]);
    expect([...read]).toEqual([1]);
    expect(Array.from(values, (value) => Math.round((value + 1) * 127.5))).toEqual([...noise(300).subarray(200)]);
    const test10k = await open(`${spec}/t10k-images-idx3-ubyte`);
    expect([test10k.count, ...(await test10k.read([0])).labels]).toEqual([1, 7]);
  });

  test("with a label far from all others is refused, and all of one label is one class", async () => {
    const spec = await folder({ "a-images.idx3": images, "a-labels.idx1": idx([3], [2, 255, 1]) });
    expect(await refusal(spec)).toMatch(/a-labels\.idx1 say 255 of image 1, and only 3 of the labels up to it occur/);
    const fours = await open(await folder({ "a-images.idx3": images, "a-labels.idx1": idx([3], [4, 4, 4]) }));
    expect(() => checkRecipeData(findRecipe("acgan"), fours)).toThrow(/one class only, "4"/);
    const letters = await open(await folder({ "a-images.idx3": images, "a-labels.idx1": idx([3], [1, 2, 1]) }));
    expect(() => checkRecipeData(findRecipe("acgan"), letters)).not.toThrow();
    const rows = inspectionRows(await inspectDataset(fours)).map(([, text]) => text);
    expect(rows).toContain("classes: 4 of 5 have no picture (0, 1, 2, 3)");
    expect((await inspectDataset(letters)).problems).toEqual([
      { item: "classes", reason: "1 of 3 have no picture (0)" },
    ]);
    expect([fours.problems, letters.problems]).toEqual([[], []]); // nothing is skipped while training
    expect((await open(await folder({ "a-images.idx3": images, "a-labels.idx1": labels }))).empty).toBeUndefined();
  });

  test("is resized and coloured like any picture", async () => {
    const flat = idx([1, 10, 20], new Uint8Array(200).fill(77));
    const dataset = await open(await file("flat", flat), { size: 16, channels: 3 });
    expect(dataset.shape).toEqual([3, 16, 16]);
    expect(await pixel(dataset, 0, 8, 8)).toEqual([77, 77, 77]);
  });

  test("that lies, is cut off, or does not match its labels is refused", async () => {
    expect(await refusal(await file("lies", idx([4, 10, 10], noise(300))))).toMatch(/lies: .*400.*300/);
    expect(await refusal(await file("vast", idx([2 ** 31, 2 ** 31, 2 ** 31], noise(300))))).toContain("vast");
    expect(await refusal(await file("none", idx([0, 10, 10], [])))).toContain("no pixels");
    expect(await refusal(await file("floats", Buffer.from([0, 0, 0x0d, 3, 0, 0, 0, 1])))).toContain("0xd");
    expect(await refusal(await file("cut.gz", gzipSync(images).subarray(0, 100)))).toContain("unexpected end of file");
    const spec = await folder({ "a-images.idx3": images, "a-labels.idx1": idx([2], [1, 1]) });
    expect(await refusal(`${spec}/a-images.idx3`)).toMatch(/a-labels\.idx1 are \[2\] where 3 images need \[3\]/);
    expect(await refusal(spec)).toContain("a-labels.idx1");
    expect(await refusal(`${spec}/a-labels.idx1`)).toContain("holds labels (IDX of rank 1), not images");
    expect(await refusal(await folder({ "labels-only": labels }))).toContain("no IDX images");
    expect(await refusal(await folder({ "a-images": images, "b-images": images }))).toContain(
      "2 IDX files of images: a-images, b-images",
    );
  });
});

describe("CIFAR", () => {
  test("a folder of batches is its training half, in order, planes and all", async () => {
    const spec = await folder({
      "data_batch_1.bin": cifar10([6, 9]),
      "data_batch_2.bin": cifar10([4]),
      "test_batch.bin": cifar10([0, 0, 0]),
      "batches.meta.txt": Buffer.from("airplane\n"),
    });
    const dataset = await open(spec);
    expect([dataset.count, dataset.shape, dataset.classes[9]]).toEqual([3, [3, 32, 32], "truck"]);
    expect([...(await dataset.read([0, 1, 2])).labels]).toEqual([6, 9, 4]);
    expect(await pixel(dataset, 2, 31, 31)).toEqual([40, 41, 42]);
    expect(await pixel(await open(spec, { size: 16 }), 1, 3, 3)).toEqual([90, 91, 92]);
    expect((await open(`${spec}/test_batch.bin`)).count).toBe(3);
  });

  test("CIFAR-100 has its fine labels, named where the names lie beside", async () => {
    const record = Buffer.alloc(3074, 9);
    record[0] = 19;
    record[1] = 99;
    const names = Array.from({ length: 100 }, (_, i) => `class_${i}`);
    const spec = await folder({ "train.bin": record, "fine_label_names.txt": Buffer.from(names.join("\n")) });
    const dataset = await open(spec);
    expect([dataset.classes.length, dataset.classes[99], ...(await dataset.read([0])).labels]).toEqual([
      100,
      "class_99",
      99,
    ]);
    expect((await open(`${spec}/train.bin`)).classes[99]).toBe("class_99");
    expect((await open(await file("alone.bin", record))).classes[99]).toBe("99");
  });
});

describe("a CIFAR file with a label out of range", () => {
  const hundred = (...labels: number[][]) =>
    Buffer.concat(labels.map((label) => Buffer.concat([Buffer.from(label), Buffer.alloc(3072, 7)])));

  test("is refused by its file, record, label and range, whatever it is called", async () => {
    const told = "record 1 has label 12, the most is 9. Download the file again.";
    expect(await refusal(await folder({ "data_batch_1.bin": cifar10([6, 12]) }))).toContain(
      `data_batch_1.bin: ${told}`,
    );
    expect(await refusal(await folder({ "my.bin": cifar10([6, 12, 0]) }))).toContain(`my.bin: ${told}`);
    expect(await refusal(await file("lone.bin", cifar10([6, 12, 0])))).toContain(`lone.bin: ${told}`);
    const fine = await folder({ "train.bin": hundred([19, 99], [3, 100], [0, 0]) });
    expect(await refusal(fine)).toContain("train.bin: record 1 has label 100, the most is 99.");
    const coarse = await folder({ "x.bin": hundred([19, 99], [20, 4], [0, 0]) });
    expect(await refusal(coarse)).toContain("x.bin: record 1 has label 20, the most is 19.");
  });

  test("is some other file where most labels are: a stranger beside images is passed over", async () => {
    const spec = await folder({ "1.png": await plain(RED), "weights.bin": cifar10([200, 3, 70]) });
    expect((await open(spec)).count).toBe(1);
  });
});

describe("what cannot be opened says so in one line", () => {
  test("paths", async () => {
    expect(await refusal(path("missing/x"))).toContain("does not exist");
    expect(await refusal("./cats")).toBe("--data: ./cats does not exist. Check the path.");
    expect(await refusal("glpyhs")).toBe(
      '--data: glpyhs is neither an embedded set nor a path; did you mean "glyphs"?',
    );
    expect(await refusal("/dev/null")).toContain("neither a file nor a folder");
    expect(await refusal(await file("empty.zip", new Uint8Array()))).toContain("is empty (0 bytes)");
    const bare = fresh("bare");
    await mkdir(bare);
    expect(await refusal(bare)).toContain("is empty");
  });

  test("permissions", async () => {
    const spec = await folder({ "a.idx": idx([1, 8, 8], noise(64)), "sub/1.png": await plain(RED) });
    for (const folder of [dirname(spec), spec]) chmodSync(folder, 0o755);
    chmodSync(`${spec}/a.idx`, 0);
    chmodSync(`${spec}/sub`, 0);
    const root = process.geteuid?.() === 0;
    if (root) process.seteuid?.(65534); // permissions do not bind root
    try {
      expect(await refusal(`${spec}/a.idx`)).toContain("may not be read (EACCES)");
      expect(await refusal(`${spec}/sub`)).toContain("may not be read (EACCES)");
    } finally {
      if (root) process.seteuid?.(0);
      chmodSync(`${spec}/sub`, 0o755);
    }
  });

  test("formats", async () => {
    expect(await refusal(await file("notes.txt", Buffer.from("Hello world")))).toMatch(
      /no known format \(it begins "Hello wo"\)\. Known: PNG, JPEG/,
    );
    expect(await refusal(await file("notes.gz", gzipSync(Buffer.from("Hello world"))))).toContain('begins "Hello wo"');
    expect(await refusal(await file("cut.bin", cifar10([1]).subarray(1)))).toContain("no known format");
    expect(await refusal(await file("not-cifar.bin", new Uint8Array(3073).fill(200)))).toContain("no known format");
    expect(await refusal(await file("one.png", await plain(RED)))).toContain("is one image");
    const images = zip([{ name: "a.png", data: await plain(RED) }]);
    expect(await refusal(await folder({ "cats.zip": images, "dogs.zip": images }))).toContain(
      "holds no images but archives: cats.zip, dogs.zip",
    );
    expect(await refusal(await folder({ "a.txt": noise(5), b: noise(5) }))).toContain("no images among its 2 files");
  });

  test("options", async () => {
    const spec = await folder({ "a.png": await plain(RED) });
    for (const size of [3, 1025, 16.5, Number.NaN])
      expect(await refusal(spec, { size })).toMatch(/^--size: .* 4 to 1024 .*got/);
    expect(await refusal(spec, { channels: 2 as 3 })).toContain("--channels: must be 1 (grey)");
    expect(await refusal(spec, { cacheMiB: -1 })).toContain("--cacheMiB");
    expect(await refusal("glyphs", { size: 8 })).toContain("12 to 128 for glyphs, got 8");
    expect(await refusal("ring", { size: 64 })).toContain("--size: ring is a set of 2-D points");
    expect(await refusal("ring", { seed: -1 })).toContain("--seed");
  });
});

test("damage anywhere in a file leaves a set that can be read or one clear refusal", async () => {
  const images = [
    { name: "a/1.png", data: await plain(RED) },
    { name: "b/2.jpg", data: await plain(GREEN, 16, "jpeg"), deflate: true },
  ];
  const whole = [zip(images), tar(images), gzipSync(tar(images)), idx([3, 9, 9], noise(243)), cifar10([1, 2])];
  const ends = new Set<string>();
  for (const [kind, bytes] of whole.entries()) {
    const random = stream(1, "damage", kind);
    for (let trial = 0; trial < 40; trial++) {
      const damaged = Buffer.from(bytes.subarray(0, bytes.length - random.integer(2) * random.integer(bytes.length)));
      const reach = random.integer(2) === 0 ? 100 : bytes.length; // headers more often than pixels
      for (let k = 0; k < 3; k++) damaged[random.integer(reach)] = random.integer(256);
      const spec = await file("damaged", damaged);
      const end = await open(spec)
        .then((dataset) => dataset.read([0, dataset.count - 1]))
        .then(
          () => "read",
          (error) => (error instanceof InputError ? "refused" : error),
        );
      ends.add(end);
    }
  }
  expect([...ends].sort()).toEqual(["read", "refused"]);
});

test("a small cache, or none, gives the same samples", async () => {
  const files: Record<string, Buffer> = {};
  for (let i = 0; i < 5; i++) files[`${i}.png`] = await plain([i * 20, 100, 255 - i]);
  const spec = await folder(files);
  const order = [0, 3, 0, 4, 1, 2, 3, 0];
  const [full, small, none] = await Promise.all([512, 0.002, 0].map((cacheMiB) => open(spec, { cacheMiB })));
  const expected = await full.read(order);
  for (const dataset of [full, small, none]) {
    expect(await dataset.read(order)).toEqual(expected);
    expect(await dataset.read(order)).toEqual(expected);
  }
});
