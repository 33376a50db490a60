import { describe, expect, test } from "vitest";
import { InputError } from "../errors/index.ts";
import type { Elements } from "./elements.ts";
import { readSafetensors, type SafeTensor, writeSafetensors } from "./safetensors.ts";

const tensors = new Map<string, SafeTensor>([
  ["u8", { shape: [3], data: Uint8Array.from([1, 2, 255]) }],
  ["f32", { shape: [2, 2], data: Float32Array.from([1.5, -0, Number.NaN, Number.POSITIVE_INFINITY]) }],
  ["i64", { shape: [2], data: BigInt64Array.from([-1n, 2n ** 62n]) }],
  ["scalar", { shape: [], data: Float64Array.from([Math.PI]) }],
  ["i32", { shape: [1, 1, 1], data: Int32Array.from([-7]) }],
  ["none", { shape: [0, 4], data: new Float32Array() }],
  ["__proto__", { shape: [1], data: Float32Array.from([3]) }],
]);

/** A file of this header and so many bytes of data. */
function file(header: string, dataLength = 0, claimed: number | bigint = header.length): Uint8Array {
  const bytes = new Uint8Array(8 + header.length + dataLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(claimed), true);
  bytes.set(Buffer.from(header, "latin1"), 8);
  return bytes;
}

const entry = (begin: number, end: number, shape = "[1]", dtype = '"F32"') =>
  `{"dtype":${dtype},"shape":${shape},"data_offsets":[${begin},${end}]}`;

describe("safetensors", () => {
  test("gives back every tensor and text it was given, also from bytes that lie unaligned", () => {
    const metadata = { format: "pt", ["__proto__"]: "x", note: 'a "quoted" text\n\u{1f600}' };
    const written = writeSafetensors(tensors, metadata);
    const shifted = new Uint8Array(written.length + 1);
    shifted.set(written, 1);
    for (const bytes of [written, shifted.subarray(1)]) {
      const read = readSafetensors(bytes, "w.safetensors");
      expect([...read.tensors.keys()].sort()).toEqual([...tensors.keys()].sort());
      for (const [name, { shape, data }] of tensors) {
        const found = read.tensors.get(name);
        expect(found?.shape).toEqual(shape);
        expect(found?.data).toStrictEqual(data);
      }
      expect(read.metadata).toEqual(metadata);
    }
  });

  test("aligns the data to 8 bytes and each tensor to its element size", () => {
    const bytes = writeSafetensors(tensors);
    const headerLength = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(headerLength % 8).toBe(0);
    const header = JSON.parse(Buffer.from(bytes.subarray(8, 8 + headerLength)).toString());
    for (const [name, { data }] of tensors) expect(header[name].data_offsets[0] % data.BYTES_PER_ELEMENT).toBe(0);
  });

  test("reads what Python's safetensors wrote", () => {
    const bytes = Buffer.from(PYTHON_FILE, "base64");
    const read = readSafetensors(bytes, "python.safetensors");
    expect(read.metadata).toEqual({ format: "pt" });
    expect(read.tensors.get("D.weight")).toEqual({ shape: [2, 3], data: Float32Array.from([0, 0.5, 1, 1.5, 2, 2.5]) });
    expect(read.tensors.get("step")).toEqual({ shape: [], data: BigInt64Array.from([1234567890123n]) });
    expect(read.tensors.get("mask")).toEqual({ shape: [3], data: Uint8Array.from([1, 0, 255]) });
  });

  test("refuses to write a tensor that its shape does not fit, or a name that is taken", () => {
    const data = new Float32Array(5);
    expect(() => writeSafetensors(new Map([["w", { shape: [2, 3], data }]]))).toThrow(
      '"w" has shape [2,3] but 5 elements',
    );
    expect(() => writeSafetensors(new Map([["__metadata__", { shape: [5], data }]]))).toThrow("called __metadata__");
    const wrong = { shape: [5], data: new Int16Array(5) as unknown as Elements };
    expect(() => writeSafetensors(new Map([["w", wrong]]))).toThrow("a type that is not stored");
    expect(() => writeSafetensors(new Map(), { long: "x".repeat(5_000_000) })).toThrow("at most 4194304");
  });

  test.each<[what: string, bytes: Uint8Array, message: string]>([
    ["an empty file", new Uint8Array(), "it has 0 bytes, the least is 8"],
    ["7 bytes", new Uint8Array(7), "it has 7 bytes, the least is 8"],
    ["a header of 0 bytes", file(""), "does not begin with {"],
    ["a header past the file's end", file("{}", 0, 3), "its header takes 3 bytes, 2 are there"],
    ["a header of 2^63 bytes", file("{}", 0, 2n ** 63n), "claims a header of 9223372036854775808 bytes"],
    ["a header of 2^64 - 1 bytes", file("{}", 0, 2n ** 64n - 1n), "claims a header of 18446744073709551615 bytes"],
    ["a header past the cap", file("{}", 0, 4 * 2 ** 20 + 1), "the most is 4194304"],
    ["a header before which spaces stand", file(" {}"), "does not begin with {"],
    ["a list for a header", file("[]"), "does not begin with {"],
    ["a pickle", file("\x80\x04K*."), "does not begin with {"],
    ["a ZIP archive", Uint8Array.from(Buffer.from("PK\x03\x04".padEnd(40, "\0"))), "claims a header of"],
    ["a header that is no UTF-8", file("{\xff}"), "is not UTF-8"],
    ["a header cut off", file('{"w":'), "not valid JSON"],
    ["something after the header", file("{}x"), "not valid JSON"],
    ["data without a tensor", file("{}", 1), "its tensors take 0 bytes, 1 are there"],
    ["a name that stands twice", file(`{"w":${entry(0, 4)},"w":${entry(0, 4)}}`, 4), 'the key "w" stands twice'],
    [
      "a name twice, once escaped",
      file(`{"w":${entry(0, 4)},"\\u0077":${entry(4, 8)}}`, 8),
      'the key "w" stands twice',
    ],
    ["a dtype twice", file('{"w":{"dtype":"F32","dtype":"U8"}}'), 'the key "dtype" stands twice'],
    [
      "a dtype that is not known",
      file(`{"w":${entry(0, 2, "[1]", '"BF16"')}}`, 2),
      'has dtype "BF16", known: F64, I64, F32, I32, U8',
    ],
    ["a dtype of the prototype", file(`{"w":${entry(0, 4, "[1]", '"constructor"')}}`, 4), 'has dtype "constructor"'],
    ["a dtype that is no text", file(`{"w":${entry(0, 4, "[1]", "7")}}`, 4), "has dtype 7"],
    ["no dtype", file('{"w":{"shape":[1],"data_offsets":[0,4]}}', 4), "has dtype undefined"],
    ["no shape", file('{"w":{"dtype":"F32","data_offsets":[0,4]}}', 4), "impossible shape undefined"],
    ["no offsets", file('{"w":{"dtype":"F32","shape":[1]}}', 4), "impossible data_offsets undefined"],
    ["a tensor that is a number", file('{"w":1}'), 'tensor "w" has no description'],
    ["a tensor that is null", file('{"w":null}'), 'tensor "w" has no description'],
    ["a negative dimension", file(`{"w":${entry(0, 4, "[-1,-1]")}}`, 4), "impossible shape [-1,-1]"],
    ["half a dimension", file(`{"w":${entry(0, 4, "[0.5,2]")}}`, 4), "impossible shape [0.5,2]"],
    ["a dimension of 2^53", file(`{"w":${entry(0, 4, "[9007199254740992]")}}`, 4), "impossible shape"],
    ["a product past 2^53", file(`{"w":${entry(0, 4, "[4294967296,4294967296]")}}`, 4), "impossible shape"],
    ["a dimension in quotes", file(`{"w":${entry(0, 4, '["1"]')}}`, 4), 'impossible shape ["1"]'],
    ["a shape in quotes", file(`{"w":${entry(0, 4, '"1"')}}`, 4), 'impossible shape "1"'],
    ["offsets in reverse", file(`{"w":${entry(4, 0)}}`, 4), "impossible data_offsets [4,0]"],
    ["negative offsets", file(`{"w":${entry(-4, 0)}}`, 4), "impossible data_offsets [-4,0]"],
    ["offsets that are fractions", file(`{"w":${entry(0, 4.5)}}`, 4), "impossible data_offsets [0,4.5]"],
    [
      "three offsets",
      file('{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}', 4),
      "impossible data_offsets [0,4,8]",
    ],
    [
      "offsets that do not fit the shape",
      file(`{"w":${entry(0, 8)}}`, 8),
      'tensor "w", F32 [1], needs 4 bytes, its data_offsets span 8',
    ],
    [
      "a huge tensor in a small file",
      file(`{"w":${entry(0, 4e12, "[1000000000000]")}}`, 4),
      "its tensors take 4000000000000 bytes, 4 are there",
    ],
    ["a gap at the start", file(`{"w":${entry(4, 8)}}`, 8), 'tensor "w" begins at 4, the one before it ends at 0'],
    [
      "a gap",
      file(`{"a":${entry(0, 4)},"b":${entry(8, 12)}}`, 12),
      'tensor "b" begins at 8, the one before it ends at 4',
    ],
    [
      "an overlap",
      file(`{"a":${entry(0, 4)},"b":${entry(2, 6)}}`, 6),
      'tensor "b" begins at 2, the one before it ends at 4',
    ],
    [
      "the same bytes twice",
      file(`{"a":${entry(0, 4)},"b":${entry(0, 4)}}`, 4),
      "begins at 0, the one before it ends at 4",
    ],
    [
      "an empty tensor within another",
      file(`{"a":${entry(0, 4)},"b":${entry(2, 2, "[0]")}}`, 4),
      'tensor "b" begins at 2',
    ],
    ["bytes left over", file(`{"a":${entry(0, 4)}}`, 5), "its tensors take 4 bytes, 5 are there"],
    ["metadata that is no object", file('{"__metadata__":[]}'), "must map strings to strings"],
    ["metadata that is null", file('{"__metadata__":null}'), "must map strings to strings"],
    ["metadata with a number", file('{"__metadata__":{"a":1}}'), "must map strings to strings"],
    ["metadata that nests for ever", file(`{"__metadata__":${"[".repeat(100_000)}`), "nested deeper than 100"],
  ])("refuses %s", (_, bytes, message) => {
    const read = () => readSafetensors(bytes, "evil.safetensors");
    expect(read).toThrow(InputError);
    expect(read).toThrow(message);
    expect(read).toThrow(/^evil\.safetensors: /);
  });

  test("pollutes no prototype", () => {
    const read = readSafetensors(file(`{"__metadata__":{"__proto__":"x"},"__proto__":${entry(0, 4)}}`, 4), "x");
    expect([...read.tensors.keys()]).toEqual(["__proto__"]);
    expect(Object.keys(read.metadata)).toEqual(["__proto__"]);
    expect(Object.hasOwn(Object.prototype, "dtype")).toBe(false);
  });

  test("refuses a file cut off at any length", () => {
    const bytes = writeSafetensors(tensors, { a: "b" });
    for (let length = 0; length < bytes.length; length++) {
      expect(() => readSafetensors(bytes.subarray(0, length), "x")).toThrow(InputError);
    }
  });

  test("meets any flipped bit with a reading of the same size or an InputError, and nothing else", () => {
    const bytes = writeSafetensors(tensors, { a: "b" });
    const dataBytes = (read: Map<string, SafeTensor>) =>
      [...read.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
    const expected = dataBytes(tensors);
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const damaged = bytes.slice();
      damaged[bit >> 3] ^= 1 << (bit & 7);
      try {
        const size = dataBytes(readSafetensors(damaged, "x").tensors);
        if (size !== expected) expect.fail(`bit ${bit}: ${size} bytes of tensors, not ${expected}`);
      } catch (error) {
        if (!(error instanceof InputError)) throw new Error(`bit ${bit}`, { cause: error });
      }
    }
  });
});

// safetensors.numpy.save({"D.weight": arange(6, float32).reshape(2, 3) / 2, "step": int64(1234567890123), "mask": uint8([1, 0, 255])}, {"format": "pt"})
const PYTHON_FILE =
  "0AAAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJmb3JtYXQiOiJwdCJ9LCJzdGVwIjp7ImR0eXBlIjoiSTY0Iiwic2hhcGUiOltdLCJkYXRhX29mZnNldHMiOlswLDhdfSwiRC53ZWlnaHQiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzIsM10sImRhdGFfb2Zmc2V0cyI6WzgsMzJdfSwibWFzayI6eyJkdHlwZSI6IlU4Iiwic2hhcGUiOlszXSwiZGF0YV9vZmZzZXRzIjpbMzIsMzVdfX0gywT7cR8BAAAAAAAAAAAAPwAAgD8AAMA/AAAAQAAAIEABAP8=";
