import { describe, expect, test } from "vitest";
import { InputError } from "../errors/index.ts";
import { arrayDataset } from "./array.ts";

const images = [
  [-1, -0.5, 0, 1],
  [0.25, 0.5, 0.75, -0.25],
  [0, 0, 0, 1],
];

describe("a data set of arrays", () => {
  test("gives the samples asked for, in the order asked for, unlabelled", async () => {
    const dataset = arrayDataset(images, [1, 2, 2]);
    expect(dataset).toMatchObject({ kind: "images", shape: [1, 2, 2], count: 3, classes: [], problems: [] });
    const { values, labels } = await dataset.read([2, 0, 2]);
    expect([...values]).toEqual([...images[2], ...images[0], ...images[2]]);
    expect([...labels]).toEqual([-1, -1, -1]);
  });

  test("is a copy: what is read cannot be changed from outside", async () => {
    const sample = Float32Array.of(0.5, 0.5, 0.5, 0.5);
    const dataset = arrayDataset([sample], [1, 2, 2]);
    sample.fill(0);
    (await dataset.read([0])).values.fill(0.25);
    expect([...(await dataset.read([0])).values]).toEqual([0.5, 0.5, 0.5, 0.5]);
  });

  test("maps the bytes 0 and 255 of images to −1 and 1", async () => {
    for (const bytes of [Uint8Array.of(0, 51, 204, 255), Uint8ClampedArray.of(0, 51, 204, 255)]) {
      const { values } = await arrayDataset([bytes], [1, 2, 2]).read([0]);
      expect([...values]).toEqual([-1, -0.6, 0.6, 1].map(Math.fround));
    }
  });

  test("takes points as they are, bytes or not", async () => {
    const dataset = arrayDataset([[3, -40], Uint8Array.of(0, 255)], [2]);
    expect(dataset.kind).toBe("points");
    expect([...(await dataset.read([0, 1])).values]).toEqual([3, -40, 0, 255]);
  });

  test("has the fingerprint of its content", () => {
    const { fingerprint } = arrayDataset(images, [1, 2, 2]);
    expect(
      arrayDataset(
        images.map((image) => Float32Array.from(image)),
        [1, 2, 2],
      ).fingerprint,
    ).toBe(fingerprint);
    expect(arrayDataset(images.toReversed(), [1, 2, 2]).fingerprint).not.toBe(fingerprint);
    expect(arrayDataset(images.slice(1), [1, 2, 2]).fingerprint).not.toBe(fingerprint);
  });

  test.each([
    [
      "a sample of another size",
      [
        [0, 0, 0, 0],
        [0, 0, 0],
      ],
      [1, 2, 2],
      "sample 1 has 3 numbers, [1, 2, 2] needs 4",
    ],
    ["values that bytes would have, in a plain array", [[0, 128, 255, 0]], [1, 2, 2], "sample 0 holds 128"],
    ["NaN", [[0, 0, Number.NaN, 0]], [1, 2, 2], "sample 0 holds NaN"],
    ["a point at infinity", [[0, Number.POSITIVE_INFINITY]], [2], "sample 0 holds Infinity"],
    ["a shape without channels", [[0, 0, 0, 0]], [2, 2], "got [2, 2]"],
    ["points in space", [[0, 0, 0]], [3], "got [3]"],
  ])("refuses %s", (_, samples, shape, message) => {
    expect(() => arrayDataset(samples, shape)).toThrow(InputError);
    expect(() => arrayDataset(samples, shape)).toThrow(message);
  });
});
