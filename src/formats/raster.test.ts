import { describe, expect, test } from "vitest";
import { gridFromBatch } from "./raster.ts";

describe("gridFromBatch", () => {
  test("maps [−1, 1] to 0..255 by rounding, and clamps what lies outside", () => {
    const values = [-1, 1, 0, -2, 7, -1 + 1.1 / 255, -1 + 0.9 / 255, Number.NEGATIVE_INFINITY];
    const grid = gridFromBatch(Float32Array.from(values), [1, 1, 1, 8], { padding: 0 });
    expect(grid).toEqual({ width: 8, height: 1, channels: 1, data: Uint8Array.from([0, 255, 128, 0, 255, 1, 0, 0]) });
  });

  test("lays images out row by row, padded, channels together, on a neutral ground", () => {
    // Three 1 × 2 images of two rows: image n holds n in red, n + 10 in green, n + 20 in blue, as 8-bit values.
    const level = (v: number) => v / 127.5 - 1;
    const batch = Float32Array.from([0, 1, 2].flatMap((n) => [n, n, n + 10, n + 10, n + 20, n + 20].map(level)));
    const { width, height, channels, data } = gridFromBatch(batch, [3, 3, 1, 2], { columns: 2, padding: 1 });
    expect([width, height, channels]).toEqual([7, 5, 3]);
    const red = Array.from({ length: height }, (_, y) =>
      Array.from({ length: width }, (_, x) => data[3 * (y * width + x)]),
    );
    const _ = 128;
    expect(red).toEqual([
      [_, _, _, _, _, _, _],
      [_, 0, 0, _, 1, 1, _],
      [_, _, _, _, _, _, _],
      [_, 2, 2, _, _, _, _],
      [_, _, _, _, _, _, _],
    ]);
    expect(Array.from(data.subarray(3 * (width + 4), 3 * (width + 5)))).toEqual([1, 11, 21]);
  });

  test("is as square as can be unless told, and no wider than the batch", () => {
    const sizes = (count: number, columns?: number) => {
      const { width, height } = gridFromBatch(new Float32Array(count), [count, 1, 1, 1], {
        ...(columns && { columns }),
        padding: 0,
      });
      return [width, height];
    };
    expect(sizes(16)).toEqual([4, 4]);
    expect(sizes(10)).toEqual([4, 3]);
    expect(sizes(3, 8)).toEqual([3, 1]);
  });

  test("refuses what is no batch of pictures", () => {
    expect(() => gridFromBatch(new Float32Array(8), [1, 2, 2, 2])).toThrow("must have 1, 3 or 4 channels, got 2");
    expect(() => gridFromBatch(new Float32Array(20), [1, 5, 2, 2])).toThrow("must have 1, 3 or 4 channels, got 5");
    expect(() => gridFromBatch(new Float32Array(8), [1, 1, 3, 3])).toThrow("[1,1,3,3] does not fit 8 values");
    expect(() => gridFromBatch(new Float32Array(9), [1, 3, 3])).toThrow("does not fit 9 values");
    expect(() => gridFromBatch(new Float32Array(0), [0, 1, 3, 3])).toThrow("does not fit 0 values");
  });
});
