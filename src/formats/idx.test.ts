import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { InputError } from "../errors/index.ts";
import { parseIdx } from "./idx.ts";

const images = Uint8Array.from([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255]);
const labels = Uint8Array.from([0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9]);

const changed = (bytes: Uint8Array, at: number, value: number) => bytes.with(at, value);

describe("parseIdx", () => {
  test("reads images and labels", () => {
    expect(parseIdx(images, "x")).toEqual({ shape: [2, 1, 3], data: Uint8Array.from([1, 2, 3, 4, 5, 255]) });
    expect(parseIdx(labels, "x")).toEqual({ shape: [3], data: Uint8Array.from([7, 8, 9]) });
  });

  test.each<[what: string, bytes: Uint8Array, message: string]>([
    ["gzip", Uint8Array.from([0x1f, 0x8b, 8, 0]), "still compressed by gzip. Decompress it first"],
    ["another magic", changed(images, 1, 1), "does not begin with 00 00"],
    ["an empty file", new Uint8Array(), "does not begin with 00 00"],
    ["floats", changed(images, 2, 0x0d), "IDX of type 0xd, only 0x8"],
    ["rank 2", changed(images, 3, 2), "IDX of rank 2, only 1 (labels) and 3 (images)"],
    ["a header cut off", images.subarray(0, 15), "15 bytes, the header alone has 16"],
    ["fewer bytes than it says", images.subarray(0, 21), "says [2,1,3], 6 bytes, but holds 5"],
    ["more bytes than it says", changed(labels, 7, 2), "says [2], 2 bytes, but holds 3"],
    ["a count of 2^32 - 1", new Uint8Array(labels).fill(255, 4, 8), "says [4294967295], 4294967295 bytes, but holds 3"],
  ])("refuses %s, with both values", (_, bytes, message) => {
    expect(() => parseIdx(bytes, "train-images")).toThrow(InputError);
    expect(() => parseIdx(bytes, "train-images")).toThrow(`train-images: `);
    expect(() => parseIdx(bytes, "train-images")).toThrow(message);
  });

  const folder = new URL("../../../shared/data/mnist/", import.meta.url);
  test.skipIf(!existsSync(folder))("reads MNIST's own test files (skipped without ../shared/data/mnist)", () => {
    const read = (name: string) => parseIdx(gunzipSync(readFileSync(new URL(name, folder))), name);
    expect(read("t10k-images-idx3-ubyte.gz").shape).toEqual([10_000, 28, 28]);
    expect(Array.from(read("t10k-labels-idx1-ubyte.gz").data.subarray(0, 5))).toEqual([7, 2, 1, 0, 4]);
  });
});
