import { describe, expect, test } from "vitest";
import { InputError } from "../errors/index.ts";
import { ProtoReader, ProtoWriter } from "./protobuf.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const reader = (text: string) => new ProtoReader(Uint8Array.from(Buffer.from(text, "hex")), "x.onnx");

/** Reads the first field by `read`. */
function first<T>(text: string, read: (m: ProtoReader) => T): T {
  const m = reader(text);
  expect(m.next()).toBe(true);
  return read(m);
}

describe("ProtoWriter", () => {
  test("writes the examples of the encoding guide", () => {
    expect(hex(new ProtoWriter().int(1, 150).finish())).toBe("089601");
    expect(hex(new ProtoWriter().string(2, "testing").finish())).toBe("120774657374696e67");
    expect(hex(new ProtoWriter().message(3, new ProtoWriter().int(1, 150)).finish())).toBe("1a03089601");
    expect(hex(new ProtoWriter().ints(6, [3, 270, 86942]).finish())).toBe("3206038e029ea705");
    expect(hex(new ProtoWriter().int(1, -2).finish())).toBe("08feffffffffffffffff01");
    expect(hex(new ProtoWriter().float(1, 1).double(2, 1).finish())).toBe("0d0000803f11000000000000f03f");
  });

  test.each([0, 255, 256, 257, 100_000])("joins a payload of %i bytes to what stands around it", (size) => {
    const payload = Uint8Array.from({ length: size }, (_, i) => i);
    const inner = new ProtoWriter().int(1, 7).bytes(2, payload).int(3, 8);
    const outer = new ProtoWriter().string(1, "before").message(2, inner).string(3, "after");
    const bytes = outer.finish();
    expect(bytes.length).toBe(outer.length);

    const m = new ProtoReader(bytes, "x");
    expect(m.next() && m.string()).toBe("before");
    expect(m.next()).toBe(true);
    const n = m.message();
    expect(n.next() && n.int()).toBe(7);
    expect(n.next() && Buffer.compare(n.bytes(), payload)).toBe(0);
    expect(n.next() && n.int()).toBe(8);
    expect(n.next()).toBe(false);
    expect(m.next() && m.string()).toBe("after");
    expect(m.next()).toBe(false);
  });

  test("refuses what 64 bits cannot hold", () => {
    expect(() => new ProtoWriter().int(1, 2n ** 64n)).toThrow("more than 64 bits");
    expect(() => new ProtoWriter().int(1, -(2n ** 63n) - 1n)).toThrow("more than 64 bits");
    expect(() => new ProtoWriter().int(1, 0.5)).toThrow("no whole number");
    expect(() => new ProtoWriter().int(1, 2 ** 60)).toThrow("no whole number");
  });
});

describe("ProtoReader", () => {
  const ints = [
    0,
    1,
    127,
    128,
    16383,
    16384,
    2 ** 28,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 53 - 1,
    -1,
    -128,
    -(2 ** 31),
    1 - 2 ** 53,
  ];
  const bigints = [2n ** 63n - 1n, -(2n ** 63n), 2n ** 56n, -(2n ** 56n)];

  test.each(ints)("gives back the int %d, alone and packed", (value) => {
    const m = new ProtoReader(new ProtoWriter().int(5, value).ints(5, [value, value]).finish(), "x");
    const found: number[] = [];
    while (m.next()) m.ints(found);
    expect(found).toEqual([value, value, value]);
  });

  test.each(bigints)("gives back the int %d as a bigint, and refuses it as a number", (value) => {
    const bytes = new ProtoWriter().int(1, value).finish();
    expect(first(hex(bytes), (m) => m.bigint())).toBe(value);
    expect(() => first(hex(bytes), (m) => m.int())).toThrow("past ±(2^53 - 1)");
  });

  test("reads repeated floats and doubles both packed and not", () => {
    const floats: number[] = [];
    const bytes = new ProtoWriter().float(1, 0.5).floats(1, [1.5, Number.NaN, -0]).finish();
    for (const m = new ProtoReader(bytes, "x"); m.next(); ) m.floats(floats);
    expect(floats).toEqual([0.5, 1.5, Number.NaN, -0]);
    const doubles: number[] = [];
    const packed = new Uint8Array(new Float64Array([0.2, 0.3]).buffer);
    const both = new ProtoWriter().double(1, 0.1).bytes(1, packed).finish();
    for (const m = new ProtoReader(both, "x"); m.next(); ) m.doubles(doubles);
    expect(doubles).toEqual([0.1, 0.2, 0.3]);
  });

  test("skips what is not read, of every wire type", () => {
    const bytes = new ProtoWriter().int(1, 300).double(2, 1).string(3, "skipped").float(4, 1).int(5, 42).finish();
    let found = 0;
    for (const m = new ProtoReader(bytes, "x"); m.next(); ) if (m.field === 5) found = m.int();
    expect(found).toBe(42);
  });

  test.each([
    ["a number cut off", "0896", "a number is cut off"],
    ["a tag cut off", "80", "a number is cut off"],
    ["ten bytes and more", "08ffffffffffffffffffff01", "longer than 64 bits"],
    ["bits past 64", "08ffffffffffffffffff02", "longer than 64 bits"],
    ["a length past the end", "0a05616263", "field 1 says 5 bytes, 3 are left"],
    ["a length of 2^63", "0affffffffffffffff7f", "field 1 says 9223372036854775807 bytes, 0 are left"],
    ["a float cut off", "0d0000", "field 1 needs 4 bytes, 2 are left"],
    ["a double cut off", "0900000000", "field 1 needs 8 bytes, 4 are left"],
    ["a group", "0b", "field 1 has wire type 3"],
    ["wire type 7", "0f", "field 1 has wire type 7"],
    ["field 0", "0000", "is no field tag"],
    ["a tag of 40 bits", "8080808080800100", "is no field tag"],
  ])("refuses %s", (_, text, message) => {
    const skipAll = () => {
      for (const m = reader(text); m.next(); );
    };
    expect(skipAll).toThrow(InputError);
    expect(skipAll).toThrow(message);
  });

  test("refuses a field of another wire type than asked for", () => {
    expect(() => first("0801", (m) => m.string())).toThrow(
      "x.onnx: damaged at byte 1: field 1 has wire type 0, expected 2",
    );
    expect(() => first("0a0161", (m) => m.int())).toThrow("field 1 has wire type 2, expected 0");
  });

  test("keeps a message within its own bounds", () => {
    // The inner message says its string has 3 bytes, but has only 1 itself; 2 more follow outside.
    expect(() =>
      first("0a030a036162639601", (m) => {
        const inner = m.message();
        inner.next();
        return inner.string();
      }),
    ).toThrow("field 1 says 3 bytes, 1 are left");
  });
});
