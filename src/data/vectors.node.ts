// Rows of numbers from a file: NumPy's .npy, or the one tensor of a .safetensors.

import { createHash } from "node:crypto";
import { InputError } from "../errors/index.ts";
import { parseNpy, readSafetensors } from "../formats/index.ts";
import { readWhole } from "./container.node.ts";
import { openFile } from "./folder.node.ts";

export interface Vectors {
  readonly rows: number;
  readonly size: number;
  /** [rows, size] */
  readonly data: Float32Array;
  readonly checksum: string;
}

/** Reads [rows, size] float32. InputError, naming the `flag` that gave the path, for any other shape, and for numbers that are not finite. */
export async function readVectors(path: string, flag: string): Promise<Vectors> {
  const where = `${flag}: ${path}`;
  const { entries } = await openFile(path, where);
  const bytes = await readWhole(entries[0], where);
  if (!isNpy(bytes) && !isSafetensors(bytes)) {
    throw new InputError(`${where} is no .npy and no .safetensors file. Give a table of numbers in one of them.`);
  }
  const { shape, data } = isNpy(bytes) ? parseNpy(bytes, where) : onlyTensor(bytes, where);
  const [rows, size] = shape;
  if (shape.length !== 2 || rows === 0 || size === 0) {
    throw new InputError(
      `${where} has the shape [${shape.join(", ")}]. Give a table of two axes: one row of numbers for each sentence.`,
    );
  }
  if (!data.every((value) => Number.isFinite(value))) {
    throw new InputError(`${where} holds numbers that are not finite. Make the vectors again.`);
  }
  return { rows, size, data, checksum: createHash("sha256").update(bytes).digest("hex").slice(0, 16) };
}

const isNpy = (bytes: Uint8Array) => bytes[0] === 0x93;
/** A header's length in eight bytes, of which the last is 0, unlike in a text; then the header, which is JSON. */
const isSafetensors = (bytes: Uint8Array) => bytes[7] === 0 && bytes[8] === "{".charCodeAt(0);

function onlyTensor(bytes: Uint8Array, where: string): { shape: readonly number[]; data: Float32Array } {
  const { tensors } = readSafetensors(bytes, where);
  const [tensor] = tensors.values();
  if (tensors.size === 1 && tensor.data instanceof Float32Array) return { shape: tensor.shape, data: tensor.data };
  throw new InputError(`${where} holds ${[...tensors.keys()].join(", ") || "nothing"}. Give one float32 tensor.`);
}
