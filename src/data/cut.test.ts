import { describe, expect, test } from "vitest";
import { InputError } from "../errors/index.ts";
import { stream } from "../random/index.ts";
import { arrayDataset } from "./array.ts";
import { cutFrom, readToLearn } from "./cut.ts";
import type { Dataset } from "./dataset.ts";
import { createLoader } from "./loader.ts";
import { openDataset } from "./open.node.ts";
import { asDomains } from "./unpaired.ts";

/** Pictures [2, 5, 5] whose numbers tell where they are: 1000·sample + 100·channel + 10·row + column, in units of 2^-16. */
const picture = (sample: number) =>
  Float32Array.from({ length: 50 }, (_, i) => {
    const [channel, row, column] = [Math.floor(i / 25), Math.floor(i / 5) % 5, i % 5];
    return (1000 * sample + 100 * channel + 10 * row + column) * 2 ** -16;
  });
const larger = arrayDataset(
  Array.from({ length: 40 }, (_, i) => picture(i)),
  [2, 5, 5],
);
/** Their targets are the same, with one channel and a minus. */
const pairs: Dataset = {
  ...larger,
  kind: "pairs",
  target: [1, 5, 5],
  async read(indices) {
    const targets = Float32Array.from(
      Array.from(indices).flatMap((i) => [...picture(i).subarray(0, 25)].map((v) => -v)),
    );
    return { ...(await larger.read(indices)), targets };
  },
};

/** The place that a cut [2, 3, 3] of a sample was taken from, or undefined where it is no window of it. */
function placeOf(values: Float32Array, sample: number): readonly [number, number] | undefined {
  const cut = values.map((value) => value * 2 ** 16);
  const [top, left] = [Math.floor((cut[0] - 1000 * sample) / 10), (cut[0] - 1000 * sample) % 10];
  const expected = [0, 1].flatMap((c) =>
    [0, 1, 2].flatMap((y) => [0, 1, 2].map((x) => 1000 * sample + 100 * c + 10 * (top + y) + left + x)),
  );
  return expected.every((value, i) => value === cut[i]) ? [top, left] : undefined;
}

describe("pictures cut out of larger ones", () => {
  test("are the middle where they are read", async () => {
    const set = cutFrom(larger, 3);
    expect(set.shape).toEqual([2, 3, 3]);
    const { values } = await set.read([7, 2]);
    expect([placeOf(values.subarray(0, 18), 7), placeOf(values.subarray(18), 2)]).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });

  test("are anywhere in training, every place alike, and the same for the same stream", async () => {
    const set = cutFrom(larger, 3);
    const indices = Array.from({ length: 900 }, (_, i) => i % 40);
    const read = async (seed: number) => (await readToLearn(set, indices, () => stream(seed, "cut"))).values;
    const values = await read(1);
    const counts = new Map<string, number>();
    indices.forEach((sample, i) => {
      const place = placeOf(values.subarray(18 * i, 18 * (i + 1)), sample);
      counts.set(`${place}`, (counts.get(`${place}`) ?? 0) + 1);
    });
    expect([...counts.keys()].sort()).toEqual(["0,0", "0,1", "0,2", "1,0", "1,1", "1,2", "2,0", "2,1", "2,2"]);
    for (const count of counts.values()) expect(Math.abs(count - 100)).toBeLessThan(45); // 4.5 standard deviations
    expect(await read(1)).toEqual(values);
    expect(await read(2)).not.toEqual(values);
  });

  test("of a pair are cut at one place", async () => {
    const { values, targets } = await readToLearn(cutFrom(pairs, 3), [3, 9, 21], () => stream(5, "cut"));
    for (const [i, sample] of [3, 9, 21].entries()) {
      expect(placeOf(values.subarray(18 * i, 18 * (i + 1)), sample)).toBeDefined();
      const first = values.subarray(18 * i, 18 * i + 9);
      expect([...targets!.subarray(9 * i, 9 * (i + 1))]).toEqual([...first].map((value) => -value));
    }
  });

  test("of domains are cut in each by itself", async () => {
    const { domains } = cutFrom(asDomains(pairs), 3);
    const [a, b] = [domains!.a, domains!.b].map((each) => [each.shape, each.larger!.shape]);
    expect([a, b]).toEqual([
      [
        [2, 3, 3],
        [2, 5, 5],
      ],
      [
        [1, 3, 3],
        [1, 5, 5],
      ],
    ]);
  });

  test("come from the loader as a function of the position", async () => {
    const loader = (position: number) => createLoader(cutFrom(larger, 3), { batch: 8, seed: 3, position, flip: true });
    const whole = loader(0);
    const batches = [await whole.next(), await whole.next(), await whole.next()];
    const resumed = loader(2);
    expect((await resumed.next()).values).toEqual(batches[2].values);
    for (const each of [whole, resumed]) await each.close();
  });

  test("are opened by --size and --load-size, of any set", async () => {
    const set = await openDataset("edges-shapes", { seed: 1, size: 32, loadSize: 36 });
    expect([set.shape, set.larger?.shape]).toEqual([
      [3, 32, 32],
      [3, 36, 36],
    ]);
    await set.close();
  });

  test.each([
    [
      { loadSize: 36 },
      "--load-size: images of 36 pixels are loaded, and --size, which is cut out of them, is not given.",
    ],
    [{ loadSize: 36, size: 40 }, "is 40. Pass a smaller one: --size 32."],
  ])("%j is refused", async (options, message) => {
    const refused = openDataset("faces", { seed: 1, ...options });
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow(message);
  });

  test("points are refused", async () => {
    await expect(openDataset("ring", { seed: 1, loadSize: 4 })).rejects.toThrow("--load-size: is for pictures");
  });
});
