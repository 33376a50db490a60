// What a file is, by the bytes it begins with and not by its name.

/** The formats that are read. */
export type Format = "png" | "jpeg" | "webp" | "gif" | "idx" | "zip" | "tar" | "gzip" | "parquet" | "lmdb";

/** Bytes needed to tell: a tar archive shows itself only in the last bytes of its first block. */
export const SNIFF_BYTES = 512;

/** IDX's element types: bytes, shorts, ints, floats, doubles. */
const IDX_TYPES = [0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e];

/** The format of a file that begins with `head`, or undefined when it is none of those read. */
export function sniff(head: Uint8Array): Format | undefined {
  const has = (at: number, text: string) =>
    head.length >= at + text.length && [...text].every((c, i) => head[at + i] === c.charCodeAt(0));
  if (has(0, "\x89PNG\r\n\x1a\n")) return "png";
  if (has(0, "\xff\xd8\xff")) return "jpeg";
  if (has(0, "RIFF") && has(8, "WEBP")) return "webp";
  if (has(0, "GIF87a") || has(0, "GIF89a")) return "gif";
  if (has(0, "PK\x03\x04") || has(0, "PK\x05\x06")) return "zip"; // an entry, or the end of an archive without any
  if (has(0, "\x1f\x8b\x08")) return "gzip";
  if (has(0, "PAR1")) return "parquet";
  if (has(16, "\xde\xc0\xef\xbe")) return "lmdb"; // 0xBEEFC0DE, after the header of the first page
  if (has(0, "\0\0") && IDX_TYPES.includes(head[2]) && head[3] >= 1 && head[3] <= 4) return "idx"; // 0 0 type rank
  if (has(257, "ustar") || (head.length >= 512 && head[0] !== 0 && tarChecksum(head) === tarNumber(head, 148, 8)))
    return "tar";
  return undefined;
}

/** Whether the format is a picture. */
export function isImage(format: Format | undefined): boolean {
  return format === "png" || format === "jpeg" || format === "webp" || format === "gif";
}

/**
 * Whether a picture file is of a format that loses detail: JPEG; WebP whose picture, or first frame, is in a chunk "VP8 " and not
 * "VP8L" (RFC 9649, §2.5–2.7).
 */
export function isLossy(file: Uint8Array): boolean {
  const format = sniff(file.subarray(0, SNIFF_BYTES));
  if (format !== "webp") return format === "jpeg";
  const { byteLength, byteOffset, buffer } = file;
  const view = new DataView(buffer, byteOffset, byteLength);
  // Chunks: a name of 4 bytes, the length of what follows in 4, and that, filled up to an even number; a frame has 16 bytes before chunks of its own.
  for (let at = 12; at + 8 <= byteLength; ) {
    const name = String.fromCharCode(...file.subarray(at, at + 4));
    if (name === "VP8 " || name === "VP8L") return name === "VP8 ";
    const size = view.getUint32(at + 4, true);
    at += 8 + (name === "ANMF" ? 16 : size + (size % 2));
  }
  return false;
}

/** The checksum of a tar header: the sum of its 512 bytes, the checksum's own field counted as spaces. */
export function tarChecksum(header: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < 512; i++) sum += i >= 148 && i < 156 ? 0x20 : header[i];
  return sum;
}

/** A number in a tar header: octal digits, or (GNU) big-endian binary after a byte with its upper bit set. NaN when it is neither. */
export function tarNumber(header: Uint8Array, at: number, length: number): number {
  if (header[at] & 0x80) {
    let value = header[at] & 0x7f;
    for (let i = at + 1; i < at + length; i++) value = value * 256 + header[i];
    return value;
  }
  const digits = String.fromCharCode(...header.subarray(at, at + length))
    .replace(/[ \0]+$/, "")
    .trimStart();
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits || "0", 8) : Number.NaN;
}
