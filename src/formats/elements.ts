// Typed arrays as stored bytes: the little-endian element types that safetensors and ONNX share.

/** The arrays a stored tensor can have. */
export type Elements = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;

/** A typed array's constructor. */
export interface ElementClass<E extends Elements = Elements> {
  new (buffer: ArrayBuffer): E;
  readonly BYTES_PER_ELEMENT: number;
}

const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** The bytes of `elements`, shared with it, not copied. */
export function bytesOf(elements: Elements): Uint8Array {
  if (!littleEndian) throw new Error("ganforge needs a little-endian machine: its files store numbers so");
  return new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
}

/** A new array of `type` from a copy of `bytes`, wherever these lie. */
export function elementsFrom<E extends Elements>(type: ElementClass<E>, bytes: Uint8Array): E {
  const elements = new type(new ArrayBuffer(bytes.length));
  bytesOf(elements).set(bytes);
  return elements;
}

/** The number of elements of `shape`, or undefined when a dimension is not a whole number ≥ 0 or the product passes 2⁵³ − 1. */
export function elementCount(shape: readonly unknown[]): number | undefined {
  let count = 1;
  for (const dim of shape) {
    if (typeof dim !== "number" || !Number.isSafeInteger(dim) || dim < 0) return undefined;
    count *= dim;
  }
  return Number.isSafeInteger(count) ? count : undefined;
}
