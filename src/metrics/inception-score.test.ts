import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { stream } from "../random/index.ts";
import { inceptionScore } from "./inception-score.ts";

/** The score of logits [count · channels, K]. */
async function scoreOf(
  logits: Float32Array,
  K: number,
  { splits = 10, batch = 50, channels = 1 }: { splits?: number; batch?: number; channels?: number } = {},
) {
  const size = K * channels;
  const count = logits.length / size;
  const classes = Array.from({ length: K }, (_, k) => `${k}`);
  const counts = { real: 0, made: count };
  const measuring = inceptionScore.begin(
    { kind: "images", shape: [1, 2, 2], counts, classes, labels: [], seed: 3 },
    { splits },
  );
  for (let start = 0; start < count; start += batch) {
    const seen = logits.slice(start * size, (start + batch) * size);
    measuring.add("made", { count: seen.length / size, values: new Float32Array(), logits: seen });
  }
  const { figures, protocol } = await measuring.finish();
  return { ...figures.is, protocol };
}

/** Logits [n, K] of rows whose class k, in turn, has log-probability `own` and all others `other`. */
const rows = (n: number, K: number, own: number, other: number) =>
  Float32Array.from({ length: n * K }, (_, at) => (at % K === Math.floor(at / K) % K ? own : other));

describe("the Inception Score", () => {
  test("is 1 where all samples look alike, sure of it", async () => {
    const row = stream(1, "row").fillNormal(new Float32Array(7), 0, 4);
    const { value, interval } = await scoreOf(
      Float32Array.from({ length: 7 * 200 }, (_, at) => row[at % 7]),
      7,
    );
    expectClose([value, ...interval!], [1, 1, 1], { atol: 1e-12 });
  });

  test.each([2, 10])(
    "is %i where samples are surely of as many classes, evenly, however large the logits",
    async (K) => {
      for (const own of [100, 30_000, 3e38]) {
        expectClose((await scoreOf(rows(20 * K, K, own, -own), K, { splits: 1 })).value, K, { rtol: 1e-12 });
      }
    },
  );

  test("of a share 1 − e on one class and the rest on others is exp(log K − H)", async () => {
    const [K, e] = [5, 0.2];
    const H = -(1 - e) * Math.log(1 - e) - e * Math.log(e / (K - 1));
    const logits = rows(300, K, Math.log(1 - e), Math.log(e / (K - 1)));
    expectClose((await scoreOf(logits, K, { splits: 1 })).value, Math.exp(Math.log(K) - H), { rtol: 1e-6 }); // float32 logits
  });

  test("stays from 1 to K, and is lower in smaller splits", async () => {
    const logits = stream(2, "logits").fillNormal(new Float32Array(1000 * 6), 0, 2);
    const [one, ten, fifty] = await Promise.all([1, 10, 50].map((splits) => scoreOf(logits, 6, { splits })));
    expect(one.value).toBeLessThan(6);
    expect(ten.value).toBeLessThan(one.value);
    expect(fifty.value).toBeLessThan(ten.value);
    expect(fifty.value).toBeGreaterThan(1);
    expect(one.interval).toBeUndefined();
    expect(ten.interval![0]).toBeLessThan(ten.value);
    expect(ten.interval![1]).toBeGreaterThan(ten.value);
  });

  test("does not take samples sorted by class for one class in each split", async () => {
    const sorted = Float32Array.from({ length: 1000 * 10 }, (_, at) => (at % 10 === Math.floor(at / 1000) ? 50 : 0));
    expect((await scoreOf(sorted, 10)).value).toBeGreaterThan(9); // in order it would be 1
  });

  test("of stacks is that of their channels' pictures", async () => {
    const logits = stream(3, "logits").fillNormal(new Float32Array(300 * 4), 0, 2);
    const [stacks, pictures] = [
      await scoreOf(logits, 4, { splits: 1, channels: 3 }),
      await scoreOf(logits, 4, { splits: 1 }),
    ];
    expectClose(stacks.value, pictures.value, { rtol: 1e-12 });
    expect([pictures.protocol, stacks.protocol]).toEqual([
      "300 samples in 1 split",
      "100 samples in 1 split, each of 3 channels a picture",
    ]);
  });

  test("refuses splits of one sample, and logits that are no numbers", async () => {
    await expect(scoreOf(rows(19, 3, 1, 0), 3)).rejects.toThrow("needs at least 20 made samples, got 19");
    const logits = rows(20, 3, 1, 0);
    logits[31] = Number.NaN;
    await expect(scoreOf(logits, 3)).rejects.toThrow("made sample 10 holds NaN");
  });
});
