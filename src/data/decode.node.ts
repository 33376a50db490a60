// One picture to the shape a data set asked for, through sharp (libvips), which decodes off the main thread. Every source goes
// through here, so there is one resizer: antialiased (Lanczos), as images must be for their statistics to be comparable
// (Parmar, Zhang and Zhu 2022, "On aliased resizing and surprising subtleties in GAN evaluation").
import type { Sharp, SharpOptions } from "sharp";
import { reasonOf } from "./container.node.ts";
import type { Channels } from "./image-options.ts";
import { isImage, isLossy, SNIFF_BYTES, sniff } from "./sniff.ts";

/** A picture as its source has it: a PNG, JPEG, WebP or GIF file, bare bytes, or a half of either. */
export type Picture = Uint8Array | Planes | Half;

/** The left or right half of a picture; where its width is odd, the column between them belongs to none. */
export interface Half {
  readonly whole: Uint8Array | Planes;
  readonly side: "left" | "right";
}

/** Bytes [channels, height, width], 0 … 255. */
export interface Planes {
  readonly data: Uint8Array;
  readonly channels: Channels;
  readonly height: number;
  readonly width: number;
}

export interface Target {
  readonly size: number;
  readonly channels: Channels;
  readonly crop: "center" | "none";
}

/** The most pixels a picture may have: about 11,585 a side. Larger ones are refused by their header, before memory is taken. */
const MAX_PIXELS = 2 ** 27;

/**
 * The picture as bytes [channels, size, size]. Exif rotation is applied, transparency laid on white unless alpha is asked for, and
 * 16-bit, palette and CMYK pictures become 8-bit grey or sRGB. An Error giving a short reason when the picture is damaged.
 */
export async function decode(picture: Picture, { size, channels, crop }: Target): Promise<Uint8Array> {
  if ("data" in picture && picture.channels === channels) {
    if (picture.width === size && picture.height === size) return picture.data; // as it lies, not copied
  }
  let pipeline = "whole" in picture ? await openHalf(picture) : (await open(picture)).autoOrient();
  if (channels !== 4) pipeline = pipeline.flatten({ background: "#ffffff" });
  pipeline = pipeline.resize(size, size, { fit: crop === "center" ? "cover" : "fill", fastShrinkOnLoad: false });
  pipeline = pipeline.toColourspace(channels === 1 ? "b-w" : "srgb");
  if (channels === 4) pipeline = pipeline.ensureAlpha();
  const { data, info } = await pipeline
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true })
    .catch((error) => {
      throw new Error(`cannot be decoded: ${reasonOf(error)}`, { cause: error });
    });
  if (info.channels !== channels) throw new Error(`has ${info.channels} channels where ${channels} were asked for`);
  return channels === 1 ? data : toPlanes(data, channels);
}

/** What a picture's header tells. */
export interface Measures {
  /** As it is seen. */
  readonly width: number;
  readonly height: number;
  readonly grey: boolean;
  /** Whether its format loses detail. */
  readonly lossy: boolean;
}

/** Measures a picture by its header. An Error when it is no image. */
export async function measure(picture: Picture): Promise<Measures> {
  if ("whole" in picture) {
    const { width, ...others } = await measure(picture.whole);
    return { width: Math.floor(width / 2), ...others };
  }
  if ("data" in picture) {
    const { width, height, channels } = picture;
    return { width, height, grey: channels === 1, lossy: false };
  }
  const opened = await open(picture);
  const { autoOrient, space } = await opened.metadata().catch((error) => {
    throw new Error(`cannot be decoded: ${reasonOf(error)}`, { cause: error });
  });
  return { ...autoOrient, grey: space === "b-w" || space === "grey16", lossy: isLossy(picture) };
}

async function openHalf({ whole, side }: Half): Promise<Sharp> {
  const { width: full, height } = await measure(whole);
  const width = Math.floor(full / 2);
  const opened = await open(whole);
  return opened.autoOrient().extract({ left: side === "left" ? 0 : full - width, top: 0, width, height });
}

async function open(picture: Uint8Array | Planes): Promise<Sharp> {
  if (picture instanceof Uint8Array) {
    // libvips reads many more formats; four are promised and tested.
    if (!isImage(sniff(picture.subarray(0, SNIFF_BYTES)))) throw new Error("not a PNG, JPEG, WebP or GIF image");
    return load(picture, { limitInputPixels: MAX_PIXELS, failOn: "error" });
  }
  const { data, channels, height, width } = picture;
  return load(channels === 1 ? data : toPixels(data, channels), { raw: { width, height, channels } });
}

/** sharp takes a fifth of a second to load: only who decodes waits for it. */
async function load(data: Uint8Array, options: SharpOptions): Promise<Sharp> {
  const { default: sharp } = await import("sharp");
  return sharp(data, options);
}

/** [height, width, channels] → [channels, height, width] */
function toPlanes(pixels: Uint8Array, channels: number): Uint8Array {
  const planes = new Uint8Array(pixels.length);
  const plane = pixels.length / channels;
  for (let c = 0; c < channels; c++) for (let i = 0; i < plane; i++) planes[c * plane + i] = pixels[i * channels + c];
  return planes;
}

/** [channels, height, width] → [height, width, channels] */
function toPixels(planes: Uint8Array, channels: number): Uint8Array {
  const pixels = new Uint8Array(planes.length);
  const plane = planes.length / channels;
  for (let c = 0; c < channels; c++) for (let i = 0; i < plane; i++) pixels[i * channels + c] = planes[c * plane + i];
  return pixels;
}
