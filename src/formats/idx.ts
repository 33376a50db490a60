// IDX, the files of MNIST (yann.lecun.com/exdb/mnist, "THE IDX FILE FORMAT"): 0 0 type rank, big-endian sizes, the bytes.

import { InputError } from "../errors/index.ts";

export interface IdxArray {
  /** [count] for labels, [count, height, width] for images. */
  readonly shape: readonly number[];
  /** The bytes, shared with the file's. */
  readonly data: Uint8Array;
}

/** The array of unsigned bytes in an (uncompressed) IDX file of rank 1 or 3. Throws InputError, naming `where`, for any other. */
export function parseIdx(bytes: Uint8Array, where: string): IdxArray {
  const fail = (problem: string, remedy = "Download the file again"): never => {
    throw new InputError(`${where}: ${problem}. ${remedy}.`);
  };
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) fail("still compressed by gzip", "Decompress it first");
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0) fail("not an IDX file: it does not begin with 00 00");
  const [, , type, rank] = bytes;
  if (type !== 0x08) fail(`IDX of type 0x${type.toString(16)}, only 0x8 (unsigned bytes) is read`);
  if (rank !== 1 && rank !== 3) fail(`IDX of rank ${rank}, only 1 (labels) and 3 (images) are read`);
  const start = 4 + 4 * rank;
  if (bytes.length < start) fail(`cut off: ${bytes.length} bytes, the header alone has ${start}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const size = shape.reduce((product, dim) => product * dim, 1);
  if (size !== bytes.length - start) fail(`says [${shape}], ${size} bytes, but holds ${bytes.length - start}`);
  return { shape, data: bytes.subarray(start) };
}
