// safetensors (github.com/huggingface/safetensors, "Format"): 8 bytes header length, a JSON header, the tensors' bytes end to end.
// It carries no code. The reader takes nothing on trust: every size is checked before anything is allocated.

import { InputError } from "../errors/index.ts";
import { bytesOf, type ElementClass, type Elements, elementCount, elementsFrom } from "./elements.ts";
import { isJsonObject, type JsonValue, parseJson } from "./json.ts";
import { decodeUtf8, encodeUtf8 } from "./utf8.ts";

/** A stored tensor: row-major, its element count the product of `shape`. */
export interface SafeTensor {
  readonly shape: readonly number[];
  readonly data: Elements;
}

export interface SafeTensors {
  readonly tensors: Map<string, SafeTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

const DTYPES: ReadonlyMap<JsonValue | undefined, ElementClass> = new Map<string, ElementClass>([
  ["F64", Float64Array],
  ["I64", BigInt64Array],
  ["F32", Float32Array],
  ["I32", Int32Array],
  ["U8", Uint8Array],
]);

/** Some 30,000 tensors' worth; a longer header is an attack or damage. */
const MAX_HEADER = 4 * 2 ** 20;
const METADATA = "__metadata__";

/**
 * The bytes of a safetensors file. `__metadata__` comes first in the header, its keys in the order given;
 * wide elements come first in the data, so that each tensor is aligned to its element size.
 *
 * @example writeSafetensors(new Map([["w", { shape: [2], data: new Float32Array([1, 2]) }]]), { format: "pt" })
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, SafeTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const byWidth = [...tensors].sort(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  const offsets = new Map<string, [number, number]>();
  let dataLength = 0;
  for (const [name, { data }] of byWidth) {
    offsets.set(name, [dataLength, dataLength + data.byteLength]);
    dataLength += data.byteLength;
  }

  const entries: [string, unknown][] = Object.keys(metadata).length > 0 ? [[METADATA, metadata]] : [];
  for (const [name, { shape, data }] of tensors) {
    if (name === METADATA) throw new Error(`writeSafetensors: no tensor can be called ${METADATA}`);
    if (elementCount(shape) !== data.length) {
      throw new Error(`writeSafetensors: "${name}" has shape [${shape}] but ${data.length} elements`);
    }
    entries.push([name, { dtype: dtypeOf(data), shape, data_offsets: offsets.get(name) }]);
  }
  const json = entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(",");
  const header = encodeUtf8(`{${json}}`);
  const headerLength = Math.ceil(header.length / 8) * 8; // the data begins at a multiple of 8
  if (headerLength > MAX_HEADER)
    throw new Error(`writeSafetensors: header of ${headerLength} bytes, at most ${MAX_HEADER}`);

  const bytes = new Uint8Array(8 + headerLength + dataLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.set(header, 8);
  bytes.fill(0x20, 8 + header.length, 8 + headerLength);
  for (const [name, { data }] of byWidth) {
    bytes.set(bytesOf(data), 8 + headerLength + (offsets.get(name) as [number, number])[0]);
  }
  return bytes;
}

/** The tensors (copies) and metadata of a safetensors file. Throws InputError, naming `where`, for an unsound file. */
export function readSafetensors(bytes: Uint8Array, where: string): SafeTensors {
  const fail = (problem: string): never => {
    throw new InputError(`${where}: not a sound safetensors file: ${problem}. Make or download the file again.`);
  };

  if (bytes.length < 8) fail(`it has ${bytes.length} bytes, the least is 8`);
  const claimed = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (claimed > BigInt(MAX_HEADER)) fail(`it claims a header of ${claimed} bytes, the most is ${MAX_HEADER}`);
  const dataStart = 8 + Number(claimed);
  if (dataStart > bytes.length) fail(`its header takes ${claimed} bytes, ${bytes.length - 8} are there`);
  if (bytes[8] !== 0x7b) fail("its header does not begin with {");
  const header = parseJson(decodeUtf8(bytes.subarray(8, dataStart), where), where);
  if (!isJsonObject(header)) return fail("its header is no object");

  const { [METADATA]: metadata = {}, ...entries } = header;
  if (!isJsonObject(metadata) || !Object.values(metadata).every((value) => typeof value === "string")) {
    fail(`${METADATA} must map strings to strings`);
  }

  const infos = Object.entries(entries).map(([name, entry]) => {
    const label = JSON.stringify(name);
    if (!isJsonObject(entry)) return fail(`tensor ${label} has no description`);
    const { dtype, shape, data_offsets } = entry;
    const type = DTYPES.get(dtype);
    if (type === undefined)
      return fail(`tensor ${label} has dtype ${JSON.stringify(dtype)}, known: ${[...DTYPES.keys()].join(", ")}`);
    const count = Array.isArray(shape) ? elementCount(shape) : undefined;
    if (count === undefined) return fail(`tensor ${label} has the impossible shape ${JSON.stringify(shape)}`);
    const [begin, end] = Array.isArray(data_offsets) && data_offsets.length === 2 ? data_offsets : [];
    if (!Number.isSafeInteger(begin) || !Number.isSafeInteger(end) || begin < 0 || end < begin) {
      fail(`tensor ${label} has the impossible data_offsets ${JSON.stringify(data_offsets)}`);
    }
    if (count * type.BYTES_PER_ELEMENT !== end - begin) {
      fail(
        `tensor ${label}, ${dtype} [${shape}], needs ${count * type.BYTES_PER_ELEMENT} bytes, its data_offsets span ${end - begin}`,
      );
    }
    return { name, label, shape: shape as number[], type, begin: begin as number, end: end as number };
  });

  // End to end, from the first byte of the data to the last: no gap to hide things in, no overlap.
  let at = 0;
  for (const { label, begin, end } of infos.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at) fail(`tensor ${label} begins at ${begin}, the one before it ends at ${at}`);
    at = end;
  }
  if (at !== bytes.length - dataStart) fail(`its tensors take ${at} bytes, ${bytes.length - dataStart} are there`);

  const tensors = new Map<string, SafeTensor>();
  for (const { name, shape, type, begin, end } of infos) {
    tensors.set(name, { shape, data: elementsFrom(type, bytes.subarray(dataStart + begin, dataStart + end)) });
  }
  return { tensors, metadata: metadata as Record<string, string> };
}

function dtypeOf(data: Elements): string {
  for (const [name, type] of DTYPES) if (data instanceof type) return name as string;
  throw new Error("writeSafetensors: an array of a type that is not stored");
}
