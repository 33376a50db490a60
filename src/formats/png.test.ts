import { deflateSync } from "node:zlib";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { InputError } from "../errors/index.ts";
import { decodePng, encodePng } from "./png.ts";
import type { Raster } from "./raster.ts";

/** A picture whose every sample differs from its neighbours. */
function picture(width: number, height: number, channels: 1 | 3 | 4): Raster {
  const data = Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 37 + (i >> 3) * 11) & 255);
  return { width, height, channels, data };
}

/** A chunk with its right CRC, which Node's zlib knows how to make. */
function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const result = Buffer.alloc(body.length + 8);
  result.writeUInt32BE(data.length);
  body.copy(result, 4);
  result.writeUInt32BE(crc32(body), body.length + 4);
  return result;
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let k = 0; k < 8; k++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

const SIGNATURE = Buffer.from("89504e470d0a1a0a", "hex");

function header(width: number, height: number, depth = 8, colour = 0, interlace = 0): Buffer {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data.set([depth, colour, 0, 0, interlace], 8);
  return chunk("IHDR", data);
}

const end = chunk("IEND", Buffer.alloc(0));

describe("encodePng", () => {
  test.each([1, 3, 4] as const)(
    "writes %i channels so that decodePng and sharp give the same pixels back",
    async (channels) => {
      const raster = picture(13, 7, channels);
      const bytes = encodePng(raster);
      expect(decodePng(bytes, "x.png")).toEqual({ ...raster, text: {} });
      const { data, info } = await sharp(bytes)
        .toColourspace(channels === 1 ? "b-w" : "srgb")
        .raw()
        .toBuffer({ resolveWithObject: true });
      expect([info.width, info.height, info.channels]).toEqual([13, 7, channels]);
      expect(Buffer.compare(data, raster.data)).toBe(0);
    },
  );

  test("writes the same bytes for the same picture", () => {
    const text = { Software: "ganforge", step: "100" };
    expect(encodePng(picture(64, 64, 3), text)).toEqual(encodePng(picture(64, 64, 3), text));
  });

  test("carries texts, and refuses those that a PNG cannot", () => {
    const text = { recipe: "dcgan", options: '{"lr":0.0002}', note: "naïve\nline" };
    expect(decodePng(encodePng(picture(2, 2, 1), text), "x").text).toEqual(text);
    expect(() => encodePng(picture(2, 2, 1), { note: "→" })).toThrow('text "note" has characters outside Latin-1');
    expect(() => encodePng(picture(2, 2, 1), { "": "x" })).toThrow('"" is no PNG keyword');
    expect(() => encodePng(picture(2, 2, 1), { ["k".repeat(80)]: "x" })).toThrow("is no PNG keyword");
  });
});

describe("decodePng", () => {
  const source = () => sharp(picture(19, 11, 4).data, { raw: { width: 19, height: 11, channels: 4 } });
  const grey = () => sharp(picture(19, 11, 1).data, { raw: { width: 19, height: 11, channels: 1 } });

  test.each<[kind: string, depth: number, colourType: number, png: () => Promise<Buffer>]>([
    ["RGB", 8, 2, () => source().removeAlpha().png().toBuffer()],
    ["RGBA", 8, 6, () => source().png().toBuffer()],
    ["interlaced RGBA", 8, 6, () => source().png({ progressive: true }).toBuffer()],
    ["adaptively filtered RGB", 8, 2, () => source().removeAlpha().png({ adaptiveFiltering: true }).toBuffer()],
    ["a palette of 1 bit", 1, 3, () => source().removeAlpha().png({ palette: true, colours: 2 }).toBuffer()],
    ["a palette of 2 bits", 2, 3, () => source().removeAlpha().png({ palette: true, colours: 4 }).toBuffer()],
    ["a palette of 4 bits with alpha", 4, 3, () => source().png({ palette: true, colours: 16 }).toBuffer()],
    ["a palette of 8 bits with alpha", 8, 3, () => source().png({ palette: true, colours: 200 }).toBuffer()],
  ])("reads %s as sharp does", async (_, depth, colourType, make) => {
    const png = await make();
    expect([png[24], png[25]]).toEqual([depth, colourType]);
    const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
    const ours = decodePng(png, "x.png");
    expect([ours.width, ours.height, ours.channels]).toEqual([19, 11, info.channels]);
    expect(Buffer.compare(ours.data, data)).toBe(0);
  });

  test("reads 1-, 2- and 4-bit grey by its scale, each row from a new byte", () => {
    const rows = Buffer.from([0, 0b10110000, 0, 0b01000000]);
    const one = Buffer.concat([SIGNATURE, header(3, 2, 1), chunk("IDAT", deflateSync(rows)), end]);
    expect(decodePng(one, "x").data).toEqual(Uint8Array.from([255, 0, 255, 0, 255, 0]));
    const two = Buffer.concat([SIGNATURE, header(3, 2, 2), chunk("IDAT", deflateSync(rows)), end]);
    expect(decodePng(two, "x").data).toEqual(Uint8Array.from([170, 255, 0, 85, 0, 0]));
    const four = Buffer.concat([SIGNATURE, header(1, 2, 4), chunk("IDAT", deflateSync(rows)), end]);
    expect(decodePng(four, "x").data).toEqual(Uint8Array.from([187, 68]));
  });

  test("reads 16 bits as the nearest 8, and grey with alpha as RGBA", async () => {
    const rows = Buffer.from([0, 0x00, 0x80, 0x00, 0x81, 0xff, 0xff]);
    const png = Buffer.concat([SIGNATURE, header(3, 1, 16), chunk("IDAT", deflateSync(rows)), end]);
    expect(decodePng(png, "x").data).toEqual(Uint8Array.from([0, 1, 255])); // 128/257 = 0.498, 129/257 = 0.502
    const pairs = Buffer.concat([
      SIGNATURE,
      header(2, 1, 8, 4),
      chunk("IDAT", deflateSync(Buffer.from([0, 7, 100, 9, 255]))),
      end,
    ]);
    expect(decodePng(pairs, "x")).toEqual({
      width: 2,
      height: 1,
      channels: 4,
      data: Uint8Array.from([7, 7, 7, 100, 9, 9, 9, 255]),
      text: {},
    });
  });

  test("reads a key colour as transparent, in grey and in RGB", () => {
    const greyKey = Buffer.concat([
      SIGNATURE,
      header(2, 1),
      chunk("tRNS", Buffer.from([0, 9])),
      chunk("IDAT", deflateSync(Buffer.from([0, 9, 8]))),
      end,
    ]);
    expect(decodePng(greyKey, "x").data).toEqual(Uint8Array.from([9, 9, 9, 0, 8, 8, 8, 255]));
    const rgbKey = Buffer.concat([
      SIGNATURE,
      header(3, 1, 8, 2),
      chunk("tRNS", Buffer.from([0, 1, 0, 2, 0, 3])),
      chunk("IDAT", deflateSync(Buffer.from([0, 1, 2, 3, 1, 2, 4, 0, 0, 0]))),
      end,
    ]);
    expect(decodePng(rgbKey, "x").data).toEqual(Uint8Array.from([1, 2, 3, 0, 1, 2, 4, 255, 0, 0, 0, 255]));
  });

  test("refuses a PNG cut off at any length, and one with any bit flipped", async () => {
    const png = Uint8Array.from(await grey().png().toBuffer());
    for (let length = 0; length < png.length; length++) {
      expect(() => decodePng(png.subarray(0, length), "x.png")).toThrow(InputError);
    }
    for (let bit = 0; bit < 8 * png.length; bit++) {
      const damaged = png.slice();
      damaged[bit >> 3] ^= 1 << (bit & 7);
      expect(() => decodePng(damaged, "x.png"), `bit ${bit}`).toThrow(InputError);
    }
  });

  test.each<[what: string, bytes: Uint8Array, message: string]>([
    ["a JPEG", Buffer.from("ffd8ffe000104a46494600010100000100010000ffdb004300080606070605", "hex"), "not a PNG file"],
    ["an empty file", new Uint8Array(), "not a PNG file"],
    ["65535² pixels", Buffer.concat([SIGNATURE, header(65535, 65535), end]), "65535 × 65535 pixels, at most 16777216"],
    ["2³² − 1 wide", Buffer.concat([SIGNATURE, header(0xffffffff, 1), end]), "4294967295 × 1 pixels"],
    ["no pixels", Buffer.concat([SIGNATURE, header(0, 4), end]), "0 × 4 pixels"],
    ["a second header", Buffer.concat([SIGNATURE, header(1, 1), header(1, 1), end]), 'chunk "IHDR" at byte 33'],
    ["another chunk before the header", Buffer.concat([SIGNATURE, end, header(1, 1)]), 'chunk "IEND" at byte 8'],
    [
      "a chunk past the end",
      Buffer.concat([SIGNATURE, header(1, 1), Buffer.from("7fffffff49444154", "hex")]),
      "cut off",
    ],
    [
      "a palette's indices without the palette",
      Buffer.concat([SIGNATURE, header(1, 1, 8, 3), chunk("IDAT", deflateSync(Buffer.from([0, 0]))), end]),
      "its palette is missing",
    ],
    ["no pixels' data", Buffer.concat([SIGNATURE, header(1, 1), end]), "damaged PNG"],
    [
      "interlaced bits",
      Buffer.concat([SIGNATURE, header(8, 8, 1, 0, 1), end]),
      "an interlaced PNG of 1 bits, which is not read",
    ],
    [
      "data for far more pixels",
      Buffer.concat([SIGNATURE, header(1, 1), chunk("IDAT", deflateSync(Buffer.alloc(100_000_000))), end]),
      "compressed bytes for a picture of",
    ],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => decodePng(bytes, "evil.png")).toThrow(InputError);
    expect(() => decodePng(bytes, "evil.png")).toThrow(message);
  });

  test("does not inflate a colour profile", () => {
    const profile = Buffer.concat([Buffer.from("icc\0\0"), deflateSync(Buffer.alloc(10_000_000))]);
    const broken = Buffer.from(profile).fill(0xff, 5); // would throw if anyone tried
    const pixels = chunk("IDAT", deflateSync(Buffer.from([0, 200])));
    const png = Buffer.concat([SIGNATURE, header(1, 1), chunk("iCCP", broken), pixels, end]);
    expect(decodePng(png, "x").data).toEqual(Uint8Array.from([200]));
  });
});
