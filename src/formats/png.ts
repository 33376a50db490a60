// PNG (W3C PNG 3rd edition) by way of fast-png: the same picture gives the same bytes, and whatever is read becomes 8-bit grey, RGB or RGBA.

import { convertIndexedToRgb, type DecodedPng, decode, encode } from "fast-png";
import { InputError } from "../errors/index.ts";
import type { Raster } from "./raster.ts";

/** The most pixels a picture may have: past it a file of kilobytes could ask for gigabytes. */
const MAX_PIXELS = 2 ** 24;

/**
 * A PNG file of `raster`, with `text` (keyword → Latin-1 text) in tEXt chunks. The bytes depend on nothing else.
 *
 * @example encodePng(grid, { Software: "ganforge", recipe: "dcgan" })
 */
export function encodePng(raster: Raster, text: Readonly<Record<string, string>> = {}): Uint8Array {
  for (const [keyword, value] of Object.entries(text)) {
    if (!/^[\x20-\x7e]{1,79}$/.test(keyword))
      throw new Error(`encodePng: ${JSON.stringify(keyword)} is no PNG keyword`);
    if (!/^[\t\n\r -\xff]*$/.test(value))
      throw new Error(`encodePng: text "${keyword}" has characters outside Latin-1`);
  }
  return encode({ ...raster, depth: 8, text: { ...text } }, { zlib: { level: 6 } });
}

/** The picture and texts of a PNG file. Throws InputError, naming `where`, when it is damaged, interlaced below 8 bits, or past 16.8 million pixels. */
export function decodePng(
  bytes: Uint8Array,
  where: string,
): Raster & { readonly text: Readonly<Record<string, string>> } {
  const plain = plainPng(bytes, where);
  let png: DecodedPng;
  try {
    png = decode(plain, { checkCrc: true });
    return { ...toRaster(png), text: png.text };
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new InputError(`${where}: damaged PNG: ${problem}. Save or download the picture again.`, { cause });
  }
}

/** The file without colour profiles, which go unread and are deflated, its sizes checked before anything is inflated. */
function plainPng(bytes: Uint8Array, where: string): Uint8Array {
  const fail = (problem: string): never => {
    throw new InputError(`${where}: ${problem}. Save or download the picture again.`);
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 33 || view.getUint32(0) !== 0x89504e47 || view.getUint32(4) !== 0x0d0a1a0a) fail("not a PNG file");

  const parts = [bytes.subarray(0, 8)];
  let compressed = 0;
  let palette = false;
  for (let at = 8, type = ""; type !== "IEND"; ) {
    const length = at + 12 <= bytes.length ? view.getUint32(at) : Number.POSITIVE_INFINITY;
    const end = at + 12 + length;
    if (end > bytes.length) fail(`damaged PNG: cut off after ${bytes.length} bytes`);
    type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if ((type === "IHDR") !== (at === 8)) fail(`damaged PNG: chunk ${JSON.stringify(type)} at byte ${at}`);
    if (type === "IDAT") compressed += length;
    palette ||= type === "PLTE";
    if (type !== "iCCP") parts.push(bytes.subarray(at, end));
    at = end;
  }

  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const [depth, interlaced] = [bytes[24], bytes[28] !== 0];
  if (width === 0 || height === 0 || width * height > MAX_PIXELS) {
    fail(`a picture of ${width} × ${height} pixels, at most ${MAX_PIXELS} are read`);
  }
  if (bytes[25] === 3 && !palette) fail("damaged PNG: its palette is missing");
  if (interlaced && depth < 8)
    fail(`an interlaced PNG of ${depth} bits, which is not read; save it without interlacing`);
  // Compression cannot make a picture much larger; what is much larger is there to be inflated.
  const raw = height * (1 + Math.ceil((width * depth * 4) / 8)) + 8 * 1024;
  if (compressed > 1.1 * raw) fail(`damaged PNG: ${compressed} compressed bytes for a picture of ${raw}`);

  const plain = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    plain.set(part, at);
    at += part.length;
  }
  return plain;
}

/** Palette, 1-, 2-, 4- and 16-bit, grey-alpha and colour-key pictures → 8-bit grey, RGB or RGBA. */
function toRaster(png: DecodedPng): Raster {
  const { width, height } = png;
  if (png.palette !== undefined) {
    const channels = png.palette[0]?.length === 4 ? 4 : 3;
    return { width, height, channels, data: convertIndexedToRgb(png) };
  }
  const samples = unpacked(png);
  const most = 2 ** png.depth - 1;
  const key = png.transparency;
  if (key === undefined && png.channels !== 2) {
    const data = Uint8Array.from(samples, (v) => Math.round((v * 255) / most));
    return { width, height, channels: png.channels as 1 | 3 | 4, data };
  }
  // Alpha from a fourth channel's place: a grey-alpha pair's second value, or 0 where a pixel is the key colour.
  const data = new Uint8Array(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    const pixel = samples.subarray(i * png.channels, (i + 1) * png.channels);
    const alpha = key === undefined ? pixel[1] : pixel.every((v, c) => v === key[c]) ? 0 : most;
    const [r, g, b] = png.channels === 3 ? pixel : [pixel[0], pixel[0], pixel[0]];
    for (const [c, v] of [r, g, b, alpha].entries()) data[4 * i + c] = Math.round((v * 255) / most);
  }
  return { width, height, channels: 4, data };
}

/** One array element for each sample: below 8 bits a PNG packs several into a byte, each row from a new byte. */
function unpacked({ width, height, depth, data }: DecodedPng): Uint8Array | Uint16Array {
  if (depth >= 8) return data instanceof Uint16Array ? data : Uint8Array.from(data);
  const samples = new Uint8Array(width * height); // only grey is so small, and it has one channel
  const perByte = 8 / depth;
  const rowBytes = Math.ceil(width / perByte);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const byte = data[y * rowBytes + Math.floor(x / perByte)];
      samples[y * width + x] = (byte >> (8 - depth * ((x % perByte) + 1))) & (2 ** depth - 1);
    }
  }
  return samples;
}
