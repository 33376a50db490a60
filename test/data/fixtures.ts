// Small data sets made on the spot: pictures by sharp, archives byte by byte so that they can also be made to lie.
import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import { parquetWriteBuffer } from "hyparquet-writer";
import sharp from "sharp";
import { afterAll } from "vitest";

/** A folder for one test file's fixtures, removed at the end; gives paths inside it. */
export function temporaryFolder(): (name: string) => string {
  const folder = mkdtempSync(join(tmpdir(), "ganforge-data-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return (name) => join(folder, name);
}

/** Writes files by their paths below `folder`. */
export async function writeTree(folder: string, files: Readonly<Record<string, Uint8Array>>): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), bytes);
  }
  return folder;
}

export type Rgb = readonly [red: number, green: number, blue: number];

/** A picture of one colour, as a file. */
export function plain(color: Rgb, size = 16, format: "png" | "jpeg" | "webp" | "gif" = "png"): Promise<Buffer> {
  const [r, g, b] = color;
  const image = sharp({ create: { width: size, height: size, channels: 3, background: { r, g, b } } });
  return image.toFormat(format, { quality: 100 }).toBuffer();
}

/** A picture of two colours side by side, each `size` pixels wide. */
export async function halves(left: Rgb, right: Rgb, size = 16, height = size): Promise<Buffer> {
  const [r, g, b] = left;
  const image = sharp({ create: { width: 2 * size, height, channels: 3, background: { r, g, b } } });
  const half = {
    create: { width: size, height, channels: 3, background: { r: right[0], g: right[1], b: right[2] } },
  } as const;
  return image
    .composite([{ input: await sharp(half).png().toBuffer(), left: size, top: 0 }])
    .png()
    .toBuffer();
}

/** Bytes that look like nothing: a picture of noise does not pack. */
export function noise(length: number, seed = 1): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => Math.imul(i + 1 + seed * 7919, 2654435761) >>> 23);
}

export interface ZipFile {
  readonly name: string;
  readonly data: Uint8Array;
  readonly deflate?: boolean;
  readonly encrypted?: boolean;
  /** The unpacked size and checksum to write in place of the true ones. */
  readonly size?: number;
  readonly crc?: number;
}

/** A zip archive (PKWARE APPNOTE): for each file a local header and its bytes, then the central directory and its end record. */
export function zip(files: readonly ZipFile[]): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const { name, data, deflate = false, encrypted = false, size = data.length, crc = crc32(data) } of files) {
    const path = Buffer.from(name);
    const packed = deflate ? deflateRawSync(data) : Buffer.from(data);
    const fields = Buffer.alloc(26); // shared by both headers: version, flags, method, time, date, crc, sizes, lengths
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE((encrypted ? 1 : 0) | 0x800, 2);
    fields.writeUInt16LE(deflate ? 8 : 0, 4);
    fields.writeUInt32LE(crc, 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(size, 18);
    fields.writeUInt16LE(path.length, 22);
    const tail = Buffer.alloc(14); // comment length, disk, attributes, offset of the local header
    tail.writeUInt32LE(offset, 10);
    locals.push(Buffer.from("PK\x03\x04", "latin1"), fields, path, packed);
    central.push(Buffer.from("PK\x01\x02\x14\x00", "latin1"), fields, tail, path);
    offset += 4 + fields.length + path.length + packed.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

/** A ustar archive (POSIX.1-1988); a file of `type` other than "0" is written as it is asked for. */
export function tar(files: readonly { name: string; data: Uint8Array; type?: string; prefix?: string }[]): Buffer {
  const blocks: Buffer[] = [];
  for (const { name, data, type = "0", prefix = "" } of files) {
    const header = Buffer.alloc(512);
    header.write(name, 0, 100);
    header.write("0000644\0", 100);
    header.write(`${data.length.toString(8).padStart(11, "0")}\0`, 124);
    header.write("        ", 148);
    header.write(type, 156);
    header.write("ustar\x0000", 257);
    header.write(prefix, 345);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    blocks.push(header, Buffer.from(data), Buffer.alloc((512 - (data.length % 512)) % 512));
  }
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** A parquet file as Hugging Face's library writes it: images { bytes, path }, labels, and the labels' names in its metadata. */
export function parquet({
  images,
  labels,
  names,
  rowGroupSize = 3,
}: {
  readonly images: readonly Uint8Array[];
  readonly labels?: readonly (number | null)[];
  readonly names?: readonly string[];
  readonly rowGroupSize?: number;
}): Buffer {
  const label = names ? { names, _type: "ClassLabel" } : { dtype: "int64", _type: "Value" };
  const info = { features: { image: { _type: "Image" }, ...(labels && { label }) } };
  const bytes = parquetWriteBuffer({
    schema: [
      { name: "root", num_children: labels ? 2 : 1 },
      { name: "image", num_children: 2, repetition_type: "OPTIONAL" },
      { name: "bytes", type: "BYTE_ARRAY", repetition_type: "OPTIONAL" },
      { name: "path", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
      ...(labels ? [{ name: "label", type: "INT64", repetition_type: "OPTIONAL" } as const] : []),
    ],
    columnData: [
      { name: "image", data: images.map((image, i) => ({ bytes: image, path: `${i}.png` })) },
      ...(labels ? [{ name: "label", data: labels.map((each) => (each === null ? null : BigInt(each))) }] : []),
    ],
    rowGroupSize,
    kvMetadata: [{ key: "huggingface", value: JSON.stringify({ info }) }],
  });
  return Buffer.from(bytes);
}

/**
 * An LMDB file (data.mdb) of the values, their keys being 000, 001, …: two meta pages, of which the second is the newer, a branch
 * page, its leaves of three values each, and for values above 500 bytes overflow pages.
 */
export function lmdb(values: readonly Uint8Array[], pageSize = 4096): Buffer {
  const pages: Buffer[] = [];
  const add = (kind: number, count = 1): Buffer => {
    const page = Buffer.alloc(count * pageSize);
    page.writeBigUInt64LE(BigInt(pages.length), 0);
    page.writeUInt16LE(kind, 10);
    pages.push(page, ...Array.from({ length: count - 1 }, () => Buffer.alloc(0)));
    return page;
  };
  const metas = [add(8), add(8)];
  /** Nodes are put from the end of a page on down, and pointed to from its beginning. */
  const fill = (page: Buffer, nodes: readonly Buffer[]) => {
    let end = pageSize;
    for (const [k, node] of nodes.entries()) {
      end -= node.length + (node.length % 2);
      node.copy(page, end);
      page.writeUInt16LE(end, 16 + 2 * k);
    }
    page.writeUInt16LE(16 + 2 * nodes.length, 12);
    page.writeUInt16LE(end, 14);
  };
  const node = (low: number, flags: number, key: string, data: Uint8Array) => {
    const header = Buffer.alloc(8);
    header.writeUInt32LE(low, 0);
    header.writeUInt16LE(flags, 4);
    header.writeUInt16LE(key.length, 6);
    return Buffer.concat([header, Buffer.from(key), data]);
  };
  const key = (i: number) => `${i}`.padStart(3, "0");
  const branches: Buffer[] = [];
  for (let start = 0; start < values.length; start += 3) {
    const number = pages.length;
    const leaf = add(2);
    branches.push(node(number, 0, start === 0 ? "" : key(start), Buffer.alloc(0)));
    const nodes = values.slice(start, start + 3).map((value, k) => {
      if (value.length <= 500) return node(value.length, 0, key(start + k), value);
      const first = Buffer.alloc(8);
      first.writeBigUInt64LE(BigInt(pages.length));
      const count = Math.ceil((value.length + 16) / pageSize);
      const page = add(4, count);
      page.writeUInt32LE(count, 12);
      page.set(value, 16);
      return node(value.length, 1, key(start + k), first);
    });
    fill(leaf, nodes);
  }
  const root = pages.length;
  fill(add(1), branches);
  for (const [transaction, meta] of metas.entries()) {
    meta.writeUInt32LE(0xbeefc0de, 16);
    meta.writeUInt32LE(1, 20);
    meta.writeBigUInt64LE(BigInt(2 ** 20), 32);
    meta.writeUInt32LE(pageSize, 40);
    meta.writeBigInt64LE(-1n, 80); // no free pages
    meta.writeUInt16LE(transaction === 0 ? 0 : 2, 94);
    meta.writeBigUInt64LE(1n, 96);
    meta.writeBigUInt64LE(BigInt(branches.length), 104);
    meta.writeBigUInt64LE(BigInt(transaction === 0 ? 0 : values.length), 120);
    meta.writeBigInt64LE(transaction === 0 ? -1n : BigInt(root), 128);
    meta.writeBigUInt64LE(BigInt(transaction === 0 ? 1 : root), 136);
    meta.writeBigUInt64LE(BigInt(transaction), 144);
  }
  return Buffer.concat(pages);
}

/** An IDX file of unsigned bytes. */
export function idx(shape: readonly number[], data: ArrayLike<number>): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header[2] = 8;
  header[3] = shape.length;
  for (const [i, dim] of shape.entries()) header.writeUInt32BE(dim, 4 + 4 * i);
  return Buffer.concat([header, Uint8Array.from(data)]);
}

/** CIFAR-10 records with the given labels; every byte of record k is 10·label + channel. */
export function cifar10(labels: readonly number[]): Buffer {
  return Buffer.concat(
    labels.map((label) => {
      const record = Buffer.alloc(3073, label);
      for (let c = 0; c < 3; c++) record.fill(10 * label + c, 1 + 1024 * c, 1 + 1024 * (c + 1));
      return record;
    }),
  );
}
