import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { InputError } from "../errors/index.ts";
import { parseCifar10, parseCifar100 } from "./cifar.ts";

/** Records of the given labels; record i's pixels are all i + 1. */
const records = (...labels: number[][]) =>
  Uint8Array.from(labels.flatMap((record, i) => [...record, ...new Array(3072).fill(i + 1)]));

describe("CIFAR", () => {
  test("reads CIFAR-10 records", () => {
    const { images, labels } = parseCifar10(records([9], [0], [3]), "data_batch_1.bin");
    expect(Array.from(labels)).toEqual([9, 0, 3]);
    expect(images.length).toBe(3 * 3072);
    expect([images[0], images[3071], images[3072], images[9215]]).toEqual([1, 1, 2, 3]);
  });

  test("reads CIFAR-100 records, coarse label first", () => {
    const { images, coarse, fine } = parseCifar100(records([19, 99], [0, 1]), "train.bin");
    expect([Array.from(coarse), Array.from(fine)]).toEqual([
      [19, 0],
      [99, 1],
    ]);
    expect([images.length, images[3071], images[3072]]).toEqual([2 * 3072, 1, 2]);
  });

  test("refuses sizes that are not whole records, and labels out of range", () => {
    expect(() => parseCifar10(new Uint8Array(), "b.bin")).toThrow("b.bin: 0 bytes are not whole records of 3073");
    expect(() => parseCifar10(records([1, 1]), "b.bin")).toThrow("b.bin: 3074 bytes are not whole records of 3073");
    expect(() => parseCifar100(records([1]), "b.bin")).toThrow("3073 bytes are not whole records of 3074");
    expect(() => parseCifar10(records([1], [10]), "b.bin")).toThrow("record 1 has label 10, the most is 9");
    expect(() => parseCifar100(records([20, 0]), "b.bin")).toThrow("record 0 has label 20, the most is 19");
    expect(() => parseCifar100(records([19, 100]), "b.bin")).toThrow("record 0 has label 100, the most is 99");
    expect(() => parseCifar10(new Uint8Array(1), "b.bin")).toThrow(InputError);
  });

  const sample = new URL("../../../shared/data/cifar10-jpg/sample500.bin", import.meta.url);
  test.skipIf(!existsSync(sample))("reads 50 images of each class (skipped without ../shared/data/cifar10-jpg)", () => {
    const { images, labels } = parseCifar10(readFileSync(sample), "sample500.bin");
    expect(images.length).toBe(500 * 3072);
    const counts = Array.from({ length: 10 }, (_, c) => labels.filter((label) => label === c).length);
    expect(counts).toEqual(new Array(10).fill(50));
  });
});
