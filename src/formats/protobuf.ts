// The Protocol Buffers wire format (protobuf.dev/programming-guides/encoding): what ONNX files and TensorBoard's events are made of.
// The writer keeps large payloads as a list of chunks; the reader walks one message's fields and checks every bound.

import { InputError } from "../errors/index.ts";
import { bytesOf } from "./elements.ts";
import { decodeUtf8, encodeUtf8 } from "./utf8.ts";

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** Payloads from this many bytes on are kept by reference until `finish` copies them once. */
const CHUNK = 256;

/**
 * Writes one message, field by field; a message within it is another writer.
 *
 * @example new ProtoWriter().int(1, 8).string(2, "ganforge").finish()
 */
export class ProtoWriter {
  readonly #chunks: Uint8Array[] = [];
  #recent: number[] = [];
  #chunked = 0;

  /** Bytes written so far. */
  get length(): number {
    return this.#chunked + this.#recent.length;
  }

  /** int32, int64, uint64, bool or enum: a whole number in [−2⁶³, 2⁶⁴). */
  int(field: number, value: number | bigint): this {
    this.#tag(field, VARINT);
    this.#varint(value);
    return this;
  }

  /** Repeated int32 or int64, packed. */
  ints(field: number, values: Iterable<number | bigint>): this {
    const packed = new ProtoWriter();
    for (const value of values) packed.#varint(value);
    return this.message(field, packed);
  }

  float(field: number, value: number): this {
    this.#tag(field, FIXED32);
    this.#recent.push(...bytesOf(new Float32Array([value])));
    return this;
  }

  /** Repeated float, packed. */
  floats(field: number, values: Iterable<number>): this {
    return this.bytes(field, bytesOf(Float32Array.from(values)));
  }

  double(field: number, value: number): this {
    this.#tag(field, FIXED64);
    this.#recent.push(...bytesOf(new Float64Array([value])));
    return this;
  }

  string(field: number, value: string): this {
    return this.bytes(field, encodeUtf8(value));
  }

  /** Bytes, which must not change before `finish`: large ones are not copied until then. */
  bytes(field: number, value: Uint8Array): this {
    this.#tag(field, BYTES);
    this.#varint(value.length);
    if (value.length < CHUNK) this.#recent.push(...value);
    else this.#chunk(value);
    return this;
  }

  /** A message within this one, as it stands now. */
  message(field: number, value: ProtoWriter): this {
    this.#tag(field, BYTES);
    this.#varint(value.length);
    for (const chunk of value.#chunks) this.#chunk(chunk);
    for (const byte of value.#recent) this.#recent.push(byte);
    return this;
  }

  /** The message's bytes. */
  finish(): Uint8Array {
    const result = new Uint8Array(this.length);
    let at = 0;
    for (const chunk of this.#chunks) {
      result.set(chunk, at);
      at += chunk.length;
    }
    result.set(this.#recent, at);
    return result;
  }

  #tag(field: number, wire: number): void {
    this.#varint(field * 8 + wire);
  }

  #varint(value: number | bigint): void {
    if (typeof value === "number" && !Number.isSafeInteger(value))
      throw new Error(`protobuf: ${value} is no whole number`);
    if (value < 0 || value > 0x7fffffff) {
      const bits = BigInt(value);
      if (bits < -(2n ** 63n) || bits >= 2n ** 64n) throw new Error(`protobuf: ${value} needs more than 64 bits`);
      let rest = BigInt.asUintN(64, bits); // negative numbers are two's complement, ten bytes long
      for (; rest > 127n; rest >>= 7n) this.#recent.push(Number(rest & 127n) | 128);
      this.#recent.push(Number(rest));
    } else {
      let rest = Number(value);
      for (; rest > 127; rest >>= 7) this.#recent.push((rest & 127) | 128);
      this.#recent.push(rest);
    }
  }

  #chunk(chunk: Uint8Array): void {
    if (this.#recent.length > 0) {
      this.#chunks.push(Uint8Array.from(this.#recent));
      this.#chunked += this.#recent.length;
      this.#recent = [];
    }
    this.#chunks.push(chunk);
    this.#chunked += chunk.length;
  }
}

/**
 * Reads one message: `next` steps to a field, one of the other methods reads its value; an unread value is skipped.
 * All failures are InputErrors naming `where` and the byte.
 *
 * @example for (const m = new ProtoReader(bytes, "x.onnx"); m.next(); ) if (m.field === 2) producer = m.string();
 */
export class ProtoReader {
  /** The number of the field that `next` found. */
  field = 0;
  readonly #bytes: Uint8Array;
  readonly #where: string;
  readonly #end: number;
  #at: number;
  #wire = VARINT;
  #unread = false;

  constructor(bytes: Uint8Array, where: string, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#where = where;
    this.#at = start;
    this.#end = end;
  }

  /** Steps to the next field; false at the message's end. */
  next(): boolean {
    if (this.#unread) this.#skip();
    if (this.#at === this.#end) return false;
    const tag = this.#varint();
    if (tag < 8n || tag > 0xffffffffn) this.#fail(`${tag} is no field tag`);
    this.field = Number(tag >> 3n);
    this.#wire = Number(tag & 7n);
    this.#unread = true;
    return true;
  }

  /** int64 (or int32, bool, enum), exact. */
  bigint(): bigint {
    this.#expect(VARINT);
    return BigInt.asIntN(64, this.#varint());
  }

  /** int64 (or int32, bool, enum) that a number can hold; past ±(2⁵³ − 1) is refused. */
  int(): number {
    return this.#safe(this.bigint());
  }

  /** Adds a repeated int's values to `into`: one of them, or all when packed. */
  bigints(into: bigint[]): void {
    if (this.#wire === VARINT) into.push(this.bigint());
    else for (const packed = this.message(); packed.#at < packed.#end; ) into.push(BigInt.asIntN(64, packed.#varint()));
  }

  /** As `bigints`, for ints that numbers can hold. */
  ints(into: number[]): void {
    const values: bigint[] = [];
    this.bigints(values);
    for (const value of values) into.push(this.#safe(value));
  }

  float(): number {
    this.#expect(FIXED32);
    return this.#fixed(4).getFloat32(0, true);
  }

  /** Adds a repeated float's values to `into`: one of them, or all when packed. */
  floats(into: number[]): void {
    if (this.#wire === FIXED32) into.push(this.float());
    else
      for (const packed = this.message(); packed.#at < packed.#end; ) into.push(packed.#fixed(4).getFloat32(0, true));
  }

  double(): number {
    this.#expect(FIXED64);
    return this.#fixed(8).getFloat64(0, true);
  }

  /** Adds a repeated double's values to `into`: one of them, or all when packed. */
  doubles(into: number[]): void {
    if (this.#wire === FIXED64) into.push(this.double());
    else
      for (const packed = this.message(); packed.#at < packed.#end; ) into.push(packed.#fixed(8).getFloat64(0, true));
  }

  /** The field's bytes, shared with the file's, not copied. */
  bytes(): Uint8Array {
    this.#expect(BYTES);
    const length = this.#length();
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  string(): string {
    return decodeUtf8(this.bytes(), this.#where);
  }

  /** A reader of the message within this field. */
  message(): ProtoReader {
    this.#expect(BYTES);
    const length = this.#length();
    this.#at += length;
    return new ProtoReader(this.#bytes, this.#where, this.#at - length, this.#at);
  }

  #skip(): void {
    this.#unread = false;
    if (this.#wire === VARINT) this.#varint();
    else if (this.#wire === FIXED64) this.#fixed(8);
    else if (this.#wire === BYTES) this.bytes();
    else if (this.#wire === FIXED32) this.#fixed(4);
    else this.#fail(`field ${this.field} has wire type ${this.#wire}, known: 0, 1, 2, 5`);
  }

  #expect(wire: number): void {
    if (this.#wire !== wire) this.#fail(`field ${this.field} has wire type ${this.#wire}, expected ${wire}`);
    this.#unread = false;
  }

  #varint(): bigint {
    let value = 0n;
    for (let i = 0; i < 10; i++) {
      if (this.#at >= this.#end) this.#fail("a number is cut off");
      const byte = this.#bytes[this.#at++];
      value |= BigInt(byte & 127) << BigInt(7 * i);
      if (byte < 128) {
        if (i === 9 && byte > 1) break; // past 64 bits
        return value;
      }
    }
    return this.#fail("a number is longer than 64 bits");
  }

  #length(): number {
    const length = this.#varint();
    const left = this.#end - this.#at;
    if (length > BigInt(left)) this.#fail(`field ${this.field} says ${length} bytes, ${left} are left`);
    return Number(length);
  }

  #fixed(size: number): DataView {
    const left = this.#end - this.#at;
    if (left < size) this.#fail(`field ${this.field} needs ${size} bytes, ${left} are left`);
    this.#at += size;
    return new DataView(this.#bytes.buffer, this.#bytes.byteOffset + this.#at - size, size);
  }

  #safe(value: bigint): number {
    const number = Number(value);
    if (!Number.isSafeInteger(number)) this.#fail(`field ${this.field} is ${value}, past ±(2^53 - 1)`);
    return number;
  }

  #fail(problem: string): never {
    throw new InputError(`${this.#where}: damaged at byte ${this.#at}: ${problem}. Make or download the file again.`);
  }
}
