// Folders and archives of captioned images, made on the spot: what is a sample, and what is refused.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { plain, tar, temporaryFolder, writeTree, zip } from "../../test/data/fixtures.ts";
import { InputError } from "../errors/index.ts";
import { bytesOf, writeSafetensors } from "../formats/index.ts";
import { openCaptions } from "./captions.node.ts";
import type { DataOptions, Dataset } from "./dataset.ts";
import { encodeWords } from "./text.ts";

const path = temporaryFolder();
const RED = [250, 0, 0] as const;
const GREEN = [0, 250, 0] as const;
const BLUE = [0, 0, 250] as const;

const images = async () => ({
  "images/red.png": await plain(RED),
  "images/green.jpg": await plain(GREEN, 20, "jpeg"),
  "images/blue.png": await plain(BLUE),
});
const text = (lines: readonly string[]) => Buffer.from(lines.join("\n"));
const TSV = text([
  "file\tcaption\tkeywords",
  "red.png\ta red square\twarm | bright",
  "green.jpg\tgreen\t",
  "blue.png\ta blue square\tcold",
]);

async function open(spec: string, options: Partial<DataOptions> = {}): Promise<Dataset> {
  const found = await openCaptions(spec, { seed: 1, ...options });
  if (typeof found === "string") throw new Error(found);
  return found;
}

/** The captions of all samples, each with the colour that its picture has: "r", "g" or "b". */
async function samplesOf(dataset: Dataset): Promise<string[]> {
  const indices = Array.from({ length: dataset.count }, (_, i) => i);
  const { values } = await dataset.read(indices);
  const [channels, height, width] = dataset.shape;
  const length = channels * height * width;
  return indices.map((i) => {
    const [r, g, b] = [0, 1, 2].map((c) => values[i * length + c * height * width]);
    const colour = r > 0 ? "r" : g > 0 ? "g" : b > 0 ? "b" : "?";
    return `${colour} ${dataset.caption!(i)}`;
  });
}

const ALL = ["r a red square", "r warm, bright", "g green", "b a blue square", "b cold"];

describe("openCaptions", () => {
  const layouts: [string, () => Promise<string>][] = [
    [
      "a folder with captions inside",
      async () => writeTree(path("inside"), { ...(await images()), "captions.tsv": TSV }),
    ],
    [
      "a folder with captions beside it",
      async () =>
        join(
          await writeTree(path("beside"), {
            ...(await images()),
            "captions.tsv": TSV,
            "notes.csv": text(["a,b"]),
            "text-latin.tsv": Buffer.from("file\tcaption\xe9\n1.png\tx", "latin1"),
          }),
          "images",
        ),
    ],
    [
      "a zip",
      async () => {
        const files = Object.entries({ ...(await images()), "captions.tsv": TSV });
        await writeFile(path("set.zip"), zip(files.map(([name, data]) => ({ name, data, deflate: true }))));
        return path("set.zip");
      },
    ],
    [
      "a gzipped tar",
      async () => {
        const files = Object.entries({ ...(await images()), "captions.tsv": TSV });
        await writeFile(path("set.tar.gz"), gzipSync(tar(files.map(([name, data]) => ({ name, data })))));
        return path("set.tar.gz");
      },
    ],
    [
      "a folder that holds a zip, with the captions beside it",
      async () => {
        const archive = zip(Object.entries(await images()).map(([name, data]) => ({ name, data })));
        return writeTree(path("around"), { "images.zip": archive, "captions.tsv": TSV, LICENSE: text(["free"]) });
      },
    ],
  ];

  test.each(layouts)("%s: each image with each of its captions is a sample", async (_, make) => {
    const spec = await make();
    const dataset = await open(spec, { size: 16 });
    expect([dataset.spec, dataset.kind, dataset.count, dataset.shape]).toEqual([spec, "captions", 5, [3, 16, 16]]);
    expect(await samplesOf(dataset)).toEqual(ALL);
    expect(dataset.problems).toEqual([]);
    await dataset.close();
  });

  test("gives captions as words of their vocabulary", async () => {
    const dataset = await open(await writeTree(path("words"), { ...(await images()), "captions.tsv": TSV }));
    const form = dataset.text!;
    if (form.kind !== "words") throw new Error("words expected");
    expect(form).toEqual({
      kind: "words",
      words: 3,
      vocabulary: ["a", "square", "blue", "bright", "cold", "green", "red", "warm"],
    });
    const { texts } = await dataset.read([3, 0, 2]);
    const expected = ["a blue square", "a red square", "green"].flatMap((caption) => [
      ...encodeWords(caption, form).values,
    ]);
    expect([...texts!]).toEqual(expected);
  });

  test("reads a named file of JSON lines with several captions an image", async () => {
    const folder = await writeTree(path("named"), { ...(await images()), "captions.tsv": TSV });
    await writeFile(
      path("other.jsonl"),
      ["red", "green", "blue"].map((c) => `{"file": "${c}", "captions": ["${c} one", "${c} two"]}`).join("\n"),
    );
    const dataset = await open(folder, { captions: path("other.jsonl") });
    expect(await samplesOf(dataset)).toEqual([
      "r red one",
      "r red two",
      "g green one",
      "g green two",
      "b blue one",
      "b blue two",
    ]);
    expect(dataset.fingerprint).not.toBe((await open(folder)).fingerprint);
  });

  test("takes the part that is asked for, of train and test in a column or by folder", async () => {
    const column = text(["file,caption,split", "red.png,one,train", "green.jpg,two,test", "blue.png,three,train"]);
    const folder = await writeTree(path("column"), { ...(await images()), "c.csv": column });
    expect(await samplesOf(await open(folder))).toEqual(["r one", "b three"]);
    const held = await open(folder, { split: "test" });
    expect(await samplesOf(held)).toEqual(["g two"]);
    // Both parts are read by the words of the one that is learned from.
    expect(held.text).toEqual({ kind: "words", words: 1, vocabulary: ["one", "three"] });
    expect([...(await held.read([0])).texts!]).toEqual([0]);

    const parted = await writeTree(path("parted"), {
      "train/red.png": await plain(RED),
      "test/blue.png": await plain(BLUE),
      "metadata.jsonl": text([
        '{"file_name": "train/red.png", "text": "one"}',
        '{"file_name": "test/blue.png", "text": "two"}',
      ]),
    });
    expect(await samplesOf(await open(parted))).toEqual(["r one"]);
    expect(await samplesOf(await open(parted, { split: "test" }))).toEqual(["b two"]);

    const whole = await writeTree(path("whole"), { ...(await images()), "captions.tsv": TSV });
    await expect(open(whole, { split: "test" })).rejects.toThrow("--split: there is no test part");
  });

  test("a damaged image gives its place to another with that one's own caption", async () => {
    const damaged = { ...(await images()), "images/green.jpg": (await plain(GREEN, 20, "jpeg")).subarray(0, 50) };
    const dataset = await open(await writeTree(path("damaged"), { ...damaged, "captions.tsv": TSV }), { size: 8 });
    expect(await samplesOf(dataset)).toEqual([
      "r a red square",
      "r warm, bright",
      "r a red square",
      "b a blue square",
      "b cold",
    ]);
    expect(dataset.problems.map(({ item }) => item)).toEqual(["images/green.jpg"]);
  });

  test("a few images without captions and captions without images are problems", async () => {
    const most = text(["file\tcaption", "red.png\tone", "green.jpg\ttwo", "grey.png\tthree"]);
    const dataset = await open(await writeTree(path("most"), { ...(await images()), "captions.tsv": most }));
    expect(await samplesOf(dataset)).toEqual(["r one", "g two"]);
    expect(dataset.problems).toEqual([
      { item: "captions.tsv", reason: "1 of 3 files that it names are not there (grey.png)" },
      { item: "captions.tsv", reason: "1 of 3 images have no caption (images/blue.png)" },
    ]);
  });

  test("refuses captions and images of which most do not match, with counts and names", async () => {
    const other = text(["file\tcaption", "red.png\tone", "x.png\ttwo", "y.png\tthree"]);
    const folder = await writeTree(path("mismatch"), { ...(await images()), "captions.tsv": other });
    await expect(open(folder)).rejects.toThrow(InputError);
    await expect(open(folder)).rejects.toThrow(
      "2 of 3 files that it names are not there (x.png, y.png); 2 of 3 images have no caption (images/blue.png, images/green.jpg)",
    );
    const strange = text(["file\tcaption", "x.png\ttwo"]);
    await writeFile(path("strange.tsv"), strange);
    await expect(open(folder, { captions: path("strange.tsv") })).rejects.toThrow("do not match: 1 of 1 files");
  });

  test("refuses a file name that fits several images, and several files of captions", async () => {
    const twice = await writeTree(path("twice"), {
      "a/1.png": await plain(RED),
      "b/1.png": await plain(BLUE),
      "captions.tsv": text(["file\tcaption", "1.png\tone"]),
    });
    await expect(open(twice)).rejects.toThrow('the file "1.png" fits 2 images, a/1.png the first');
    const two = await writeTree(path("two"), { ...(await images()), "captions.tsv": TSV, "more.tsv": TSV });
    await expect(open(two)).rejects.toThrow("has 2 files of captions: captions.tsv, more.tsv. Pass --captions");
  });

  test("says so where there are no captions, or no images", async () => {
    const bare = await writeTree(path("bare/set"), await images());
    expect(await openCaptions(bare, { seed: 1 })).toMatch(/^--data: .* holds no captions\. Put a captions\.tsv/);
    const empty = await writeTree(path("text"), { "captions.tsv": TSV });
    expect(await openCaptions(empty, { seed: 1 })).toContain("holds no image files");
    await expect(open(bare, { captions: path("none.tsv") })).rejects.toThrow("--captions:");
    const wordless = await writeTree(path("wordless"), {
      ...(await images()),
      "c.tsv": text(["file\tcaption", "red.png\t#", "green.jpg\t!", "blue.png\t?"]),
    });
    await expect(open(wordless)).rejects.toThrow("no word in any caption");
  });
});

describe("vectors in place of words", () => {
  const column = text([
    "file,caption,keywords,split",
    "red.png,one,,train",
    "green.jpg,two,k,test",
    "blue.png,three,k | l,train",
  ]);
  const rows = Float32Array.from({ length: 10 }, (_, i) => i / 2);
  const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (5, 2), }";
  const npy = Buffer.concat([
    Buffer.from("\x93NUMPY\x01\x00", "latin1"),
    Buffer.from([header.length, 0]),
    Buffer.from(header),
    bytesOf(rows),
  ]);
  const tensor = writeSafetensors(new Map([["vectors", { shape: [5, 2], data: rows }]]));

  test.each([
    ["x.npy", npy],
    ["x.safetensors", tensor],
  ])("%s gives each caption its row, counted over all parts", async (name, bytes) => {
    const folder = await writeTree(path("vectors"), { ...(await images()), "c.csv": column });
    await writeFile(path(name), bytes);
    const dataset = await open(folder, { captionVectors: path(name) });
    expect(dataset.text).toEqual({ kind: "vectors", size: 2 });
    expect(await samplesOf(dataset)).toEqual(["r one", "b three", "b k, l"]);
    expect([...(await dataset.read([2, 0, 1])).texts!]).toEqual([4, 4.5, 0, 0.5, 3, 3.5]);
    expect(dataset.fingerprint).toContain("vectors");
  });

  test("refuses another number of rows, several tensors and numbers that are not finite", async () => {
    const folder = await writeTree(path("bad"), { ...(await images()), "c.csv": column });
    const refusal = async (tensors: [string, Float32Array, number[]][]) => {
      const file = path("bad.safetensors");
      await writeFile(file, writeSafetensors(new Map(tensors.map(([name, data, shape]) => [name, { shape, data }]))));
      return open(folder, { captionVectors: file }).then(
        () => "nothing",
        (error) => `${error instanceof InputError ? "" : "no InputError: "}${error.message}`,
      );
    };
    await expect(open(folder, { captionVectors: path("bad/c.csv") })).rejects.toThrow(
      /^--caption-vectors: .*c\.csv is no \.npy and no \.safetensors file/,
    );
    for (const line of ['{"file": "red.png", "caption": "one"}', '{"cap": {"file": "red.png"}}']) {
      await writeFile(path("rows.jsonl"), `${line}\n`);
      await expect(open(folder, { captionVectors: path("rows.jsonl") })).rejects.toThrow(
        /^--caption-vectors: .*rows\.jsonl is no \.npy and no \.safetensors file\. Give a table of numbers in one of them\.$/,
      );
    }
    expect(await refusal([["v", rows.subarray(2), [4, 2]]])).toMatch(
      /^--caption-vectors: .*shape \[4, 2\], and c\.csv has 5 captions/,
    );
    expect(
      await refusal([
        ["a", rows, [5, 2]],
        ["b", rows, [5, 2]],
      ]),
    ).toContain("holds a, b. Give one float32 tensor");
    expect(await refusal([["a", rows.map((v, i) => (i === 3 ? Number.NaN : v)), [5, 2]]])).toContain("not finite");
  });
});
