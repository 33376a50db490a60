// Whether picture files have lost detail is told by their formats, and goes with every set that is made of them.

import sharp, { type Sharp } from "sharp";
import { describe, expect, test } from "vitest";
import type { Dataset } from "../../src/data/index.ts";
import { isLossy } from "../../src/data/sniff.ts";
import { cifar10, noise } from "./fixtures.ts";
import { workplace } from "./opening.ts";

const { open, folder, file } = workplace();

const picture = (seed = 1, width = 16, channels: 3 | 4 = 3): Sharp =>
  sharp(noise(width * 16 * channels, seed), { raw: { width, height: 16, channels } });
const png = (seed = 1, width = 16) => picture(seed, width).png().toBuffer();
const jpeg = (seed = 1, width = 16) => picture(seed, width).jpeg({ quality: 100 }).toBuffer();

describe("a file is lossy", () => {
  const frames = (lossless: boolean) =>
    sharp(noise(16 * 32 * 4), { raw: { width: 16, height: 32, channels: 4, pageHeight: 16 } })
      .webp({ lossless, loop: 0, delay: [100, 100] })
      .toBuffer();

  test.each<[string, boolean, () => Promise<Uint8Array>]>([
    ["PNG", false, () => png()],
    ["GIF", false, () => picture().gif().toBuffer()],
    ["JPEG of the highest quality", true, () => jpeg()],
    ["WebP", true, () => picture().webp().toBuffer()],
    ["lossless WebP", false, () => picture().webp({ lossless: true }).toBuffer()],
    ["WebP with alpha", true, () => picture(1, 16, 4).webp().toBuffer()],
    ["lossless WebP, of alpha", false, () => picture(1, 16, 4).webp({ lossless: true }).toBuffer()],
    ["WebP with a colour profile", true, () => picture().withIccProfile("p3").webp().toBuffer()],
    [
      "lossless WebP with Exif",
      false,
      () =>
        picture()
          .withExif({ IFD0: { Copyright: "odd" } })
          .webp({ lossless: true })
          .toBuffer(),
    ],
    ["animated WebP", true, () => frames(false)],
    ["animated lossless WebP", false, () => frames(true)],
  ])("%s: %s", async (name, lossy, make) => {
    const bytes = await make();
    expect(isLossy(bytes)).toBe(lossy);
    const chunks = Buffer.from(bytes).toString("latin1");
    expect(chunks.includes("ANMF")).toBe(name.includes("animated")); // the case is what it says
    if (name.includes(" with ")) expect(chunks).toContain("VP8X");
  });

  test("not when it is cut off before it tells", async () => {
    const whole = await picture(1, 16, 4).webp().toBuffer();
    expect(isLossy(whole.subarray(0, 30))).toBe(false);
  });
});

describe("a set tells how many of the pictures looked at are lossy", () => {
  const lossy = ({ lossy }: Dataset) => lossy && [lossy.count, lossy.looked];

  test("none, some, all, of eight at most", async () => {
    expect(lossy(await open(await folder({ "a.png": await png(), "b.png": await png() })))).toEqual([0, 2]);
    const mixed = { "a.png": await png(), "b.jpg": await jpeg(), "c.webp": await picture().webp().toBuffer() };
    expect(lossy(await open(await folder(mixed)))).toEqual([2, 3]);
    const one = await jpeg();
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`${i}.png`, one])); // whatever they are called
    expect(lossy(await open(await folder(many)))).toEqual([8, 8]);
  });

  test("nothing of sets that are not picture files", async () => {
    expect(lossy(await open("glyphs"))).toBeUndefined();
    expect(lossy(await open(await file("data_batch_1.bin", cifar10([1, 2]))))).toBeUndefined();
  });

  test("with classes, few labels and stacks too", async () => {
    const grey = await picture().toColourspace("b-w").jpeg().toBuffer();
    const at = await folder({ "a/1.jpg": grey, "a/2.jpg": grey, "b/1.jpg": grey, "b/2.jpg": grey });
    const few = await open(at, { labelsPerClass: 1 });
    expect(lossy(few)).toEqual([4, 4]);
    expect(lossy(few.labelled!)).toEqual([4, 4]);
    expect(lossy(await open(at, { stack: true }))).toEqual([4, 4]);
  });

  test("of pairs both sides, of domains each its own", async () => {
    const at = await folder({ "A/1.png": await png(1), "B/1.jpg": await jpeg(2) });
    expect(lossy(await open(at, { kinds: ["pairs"] }))).toEqual([1, 2]);
    const { domains } = await open(at, { kinds: ["domains"] });
    expect([lossy(domains!.a), lossy(domains!.b)]).toEqual([
      [0, 1],
      [1, 1],
    ]);
    const halves = await folder({ "1.jpg": await jpeg(1, 32), "2.jpg": await jpeg(2, 32) });
    expect(lossy(await open(halves, { kinds: ["pairs"] }))).toEqual([2, 2]);
    const hidden = (await open(halves, { kinds: ["domains"] })).domains!;
    expect(lossy(hidden.b)).toEqual([2, 2]);
    expect(lossy(await open(halves, { kinds: ["pairs"], derive: "grey" }))).toEqual([2, 2]);
  });

  test("with captions", async () => {
    const captions = new TextEncoder().encode('{"file":"1.jpg","text":"one"}\n{"file":"2.jpg","text":"two"}\n');
    const at = await folder({ "1.jpg": await jpeg(1), "2.jpg": await jpeg(2), "captions.jsonl": captions });
    expect(lossy(await open(at, { kinds: ["captions"] }))).toEqual([2, 2]);
  });
});
