import { describe, expect, test } from "vitest";
import { InputError } from "../errors/index.ts";
import { bytesOf } from "./elements.ts";
import { parseNpy } from "./npy.ts";

/** A .npy file with this header, padded as numpy pads it. */
function npy(header: string, data: Uint8Array, version = 1): Uint8Array {
  const start = version === 1 ? 10 : 12;
  const padded = `${header.padEnd(Math.ceil((start + header.length + 1) / 64) * 64 - start - 1)}\n`;
  const length = version === 1 ? [padded.length & 255, padded.length >> 8] : [padded.length & 255, 0, 0, 0];
  const bytes = (text: string) => Array.from(text, (character) => character.charCodeAt(0));
  return Uint8Array.from([...bytes("\x93NUMPY"), version, 0, ...length, ...bytes(padded), ...data]);
}

const header = (type: string, shape: string, order = "False") =>
  `{'descr': '${type}', 'fortran_order': ${order}, 'shape': ${shape}, }`;
const six = Float32Array.of(1, -2, 3.5, 0, 1e-3, 6);

describe("parseNpy", () => {
  test.each([1, 2, 3])("reads float32 in the order of rows, format version %i", (version) => {
    expect(parseNpy(npy(header("<f4", "(2, 3)"), bytesOf(six), version), "x.npy")).toEqual({
      shape: [2, 3],
      data: six,
    });
  });

  test("rounds float64 to float32", () => {
    const { data } = parseNpy(npy(header("<f8", "(2,)"), bytesOf(Float64Array.of(0.1, -7))), "x.npy");
    expect(data).toEqual(Float32Array.of(0.1, -7));
  });

  test("reads bytes that lie anywhere, scalars and empty arrays", () => {
    const file = npy(header("<f4", "(6,)"), bytesOf(six));
    const moved = new Uint8Array(file.length + 3);
    moved.set(file, 3);
    expect(parseNpy(moved.subarray(3), "x.npy").data).toEqual(six);
    expect(parseNpy(npy(header("<f4", "()"), bytesOf(six.subarray(0, 1))), "x.npy")).toEqual({
      shape: [],
      data: Float32Array.of(1),
    });
    expect(parseNpy(npy(header("<f4", "(0, 5)"), new Uint8Array(0)), "x.npy").shape).toEqual([0, 5]);
  });

  test.each([
    ["no .npy file", new Uint8Array(64), "does not begin as one"],
    ["a file cut short", npy(header("<f4", "(6,)"), bytesOf(six.subarray(0, 5))), "needs 24 bytes, 20 are there"],
    ["a header cut short", npy(header("<f4", "(6,)"), bytesOf(six)).subarray(0, 40), "30 are there"],
    ["a header without a shape", npy("{'descr': '<f4', 'fortran_order': False}", bytesOf(six)), "tells no shape"],
    ["a shape that is none", npy(header("<f4", "(-1, x)"), bytesOf(six)), "its shape is"],
    ["integers", npy(header("<i8", "(3,)"), bytesOf(six)), "numbers of type <i8"],
    ["big-endian numbers", npy(header(">f4", "(6,)"), bytesOf(six)), "numbers of type >f4"],
    ["Fortran order", npy(header("<f4", "(2, 3)", "True"), bytesOf(six)), "column by column"],
  ])("refuses %s, naming the file", (_, bytes, problem) => {
    expect(() => parseNpy(bytes, "--caption-vectors: x.npy")).toThrow(InputError);
    expect(() => parseNpy(bytes, "--caption-vectors: x.npy")).toThrow("--caption-vectors: x.npy");
    expect(() => parseNpy(bytes, "--caption-vectors: x.npy")).toThrow(problem);
  });
});
