// NumPy's array file (numpy.org, "NEP 1: a simple file format for NumPy arrays", versions 1 to 3): magic, version, a header that is
// written as a Python dictionary, the numbers. Only floating point numbers are read; nothing of the header is ever executed.

import { InputError } from "../errors/index.ts";
import { elementCount, elementsFrom } from "./elements.ts";

/** An array: row-major, its element count the product of `shape`. */
export interface NpyArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

const MAGIC = "\x93NUMPY";
/** The element types read: little-endian float32 and float64, which is rounded to float32. */
const TYPES = { "<f4": Float32Array, "<f8": Float64Array } as const;

/** The array in a .npy file. Throws InputError, naming `where`, for a file that is none or is damaged, other numbers than float32 and float64, and Fortran order. */
export function parseNpy(bytes: Uint8Array, where: string): NpyArray {
  const damaged = (problem: string): never => {
    throw new InputError(`${where}: not a sound .npy file: ${problem}. Write it again with numpy.save.`);
  };
  if (bytes.length < 12 || ![...MAGIC].every((character, i) => bytes[i] === character.charCodeAt(0))) {
    damaged("it does not begin as one");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [major] = bytes.subarray(6);
  const start = major === 1 ? 10 : 12; // the header's length takes 2 bytes, from version 2 on 4
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (start + length > bytes.length) damaged(`its header takes ${length} bytes, ${bytes.length - start} are there`);

  const header = String.fromCharCode(...bytes.subarray(start, start + Math.min(length, 10_000)));
  const field = (name: string, value: string) =>
    new RegExp(`['"]${name}['"]\\s*:\\s*${value}`).exec(header)?.[1] ?? damaged(`its header tells no ${name}`);
  const type = field("descr", "['\"]([^'\"]*)['\"]");
  const order = field("fortran_order", "(True|False)");
  const shape = field("shape", "\\(([^)]*)\\)")
    .split(",")
    .filter((size) => size.trim() !== "")
    .map(Number);
  if (type !== "<f4" && type !== "<f8") {
    throw new InputError(`${where}: holds numbers of type ${type}; float32 is read. Save it with .astype("float32").`);
  }
  if (order === "True") {
    throw new InputError(`${where}: is stored column by column. Save it with numpy.ascontiguousarray.`);
  }
  const kind = TYPES[type];
  const stored = bytes.subarray(start + length);
  const count = elementCount(shape) ?? damaged(`its shape is (${shape})`);
  if (stored.length !== count * kind.BYTES_PER_ELEMENT) {
    damaged(`its shape (${shape}) needs ${count * kind.BYTES_PER_ELEMENT} bytes, ${stored.length} are there`);
  }
  const numbers = elementsFrom<Float32Array | Float64Array>(kind, stored);
  return { shape, data: numbers instanceof Float32Array ? numbers : Float32Array.from(numbers) };
}
