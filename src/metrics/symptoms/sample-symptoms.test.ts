// The symptoms that are told from samples, on samples made for them.

import { describe, expect, test } from "vitest";
import { stream } from "../../random/index.ts";
import type { Finding, SamplesSeen } from "../symptom.ts";
import { checkerboard } from "./checkerboard.ts";
import { modeCollapse } from "./mode-collapse.ts";
import { modeHopping } from "./mode-hopping.ts";
import { overfittingDiscriminator } from "./overfitting-discriminator.ts";
import { unusedLatent } from "./unused-latent.ts";
import { type RunSymptom, WARM_UP } from "./watching.ts";

const N = 64;
const points = (seed: number, scale = 1) => stream(seed, "points").fillNormal(new Float32Array(2 * N), 0, scale);

/** What a symptom finds in sets of samples, one every step once G has warmed up. */
async function findings(
  symptom: RunSymptom,
  sets: number,
  seenAt: (set: number) => Omit<SamplesSeen, "step">,
): Promise<(Finding | undefined)[]> {
  const watch = symptom.watch();
  for (let step = 1; step < WARM_UP; step++) watch.step!({ step, metrics: { "gradient/G": 1 } });
  const found: (Finding | undefined)[] = [];
  for (let set = 0; set < sets; set++) {
    const step = WARM_UP + set;
    watch.step!({ step, metrics: { "gradient/G": 1, "gradient/D": 1 } });
    found.push(await watch.samples!({ step, ...seenAt(set) }));
  }
  return found;
}

/** What a symptom needs once it has seen such samples. */
function needsOf(symptom: RunSymptom, seen: Omit<SamplesSeen, "step">): string | undefined {
  const watch = symptom.watch();
  watch.samples!({ step: 1, ...seen });
  return watch.needs!();
}

const ofPoints = (made: Float32Array) => ({ made, real: points(1), shape: [2] });

describe("samples are judged", () => {
  const alike = () => ofPoints(points(2, 0.01));

  test("five sets at a time, from when G has made its first two hundred steps", async () => {
    const found = await findings(modeCollapse, 6, alike);
    expect(found.map((finding) => finding?.step)).toEqual([undefined, undefined, undefined, undefined, 204, 205]);
  });

  test("not before, and steps in which G rests are none", async () => {
    const watch = modeCollapse.watch();
    for (let step = 1; step <= 1000; step++) {
      watch.step!({ step, metrics: { "gradient/D": 1, ...(step % 10 === 0 && { "gradient/G": 1 }) } });
      expect(await watch.samples!({ step, ...alike() })).toBeUndefined();
    }
  });

  test("not when they are fewer than sixteen, and it says so", async () => {
    const few = { made: points(2).subarray(0, 30), real: points(1).subarray(0, 30), shape: [2] };
    expect(await findings(modeCollapse, 8, () => few)).toEqual(new Array(8).fill(undefined));
    expect(needsOf(modeCollapse, few)).toBe("at least 16 samples, and there are 15");
    expect(needsOf(modeCollapse, alike())).toBeUndefined();
  });
});

describe("mode collapse", () => {
  const judged = async (made: (set: number) => Float32Array) =>
    (await findings(modeCollapse, 5, (set) => ofPoints(made(set))))[4]!;

  test("is there when samples lie ten times as close together as the data", async () => {
    const found = await judged((set) => points(10 + set, 0.1));
    expect(found.present).toBe(true);
    expect(found.value).toBeGreaterThan(0.06);
    expect(found.value).toBeLessThan(0.12);
  });

  test("is there when G makes three things only, however far apart", async () => {
    const three = Float32Array.from({ length: 2 * N }, (_, i) => [3, 0, -3, 0, 0, 3][i % 6]);
    expect(await judged(() => three)).toMatchObject({ value: 0, present: true });
  });

  test("is not there for samples like the data, nor for one set of five", async () => {
    const found = await judged((set) => points(20 + set, set === 2 ? 0.001 : 1));
    expect(found.present).toBe(false);
    expect(found.value).toBeGreaterThan(0.8);
    expect(found.value).toBeLessThan(1.2);
  });

  test("is not there while each set is more varied than the one before", async () => {
    const found = await judged((set) => points(2, 0.01 * (set + 1)));
    expect(found.present).toBe(false);
    expect(found.value).toBeLessThan(0.05);
  });

  test("has no figure where all the data are alike", async () => {
    const same = { made: points(2), real: new Float32Array(2 * N), shape: [2] };
    expect(await findings(modeCollapse, 5, () => same)).toEqual(new Array(5).fill(undefined));
  });

  test("sees large pictures at sixteen pixels: fine noise is no variety", async () => {
    const shape = [1, 64, 64];
    const blocks = (seed: number, fine: number) => {
      const coarse = stream(seed, "coarse").fillNormal(new Float32Array(N * 256));
      const noise = stream(seed, "fine").fillNormal(new Float32Array(N * 4096), 0, fine);
      return noise.map((value, i) => {
        const [picture, y, x] = [Math.floor(i / 4096), Math.floor((i % 4096) / 64), i % 64];
        return value + (fine > 0 ? 0 : coarse[picture * 256 + Math.floor(y / 4) * 16 + Math.floor(x / 4)]);
      });
    };
    const found = await findings(modeCollapse, 5, () => ({ made: blocks(2, 0.3), real: blocks(1, 0), shape }));
    expect(found[4]!.value).toBeCloseTo(0.3 / 4, 2);
  });
});

describe("mode hopping", () => {
  const moved = (x: number, y: number) => points(3, 0.1).map((value, i) => value + (i % 2 === 0 ? x : y));

  test("is there when all samples jump to and fro", async () => {
    const found = await findings(modeHopping, 9, (set) => ofPoints(moved(set % 2 === 0 ? 1 : -1, 0)));
    expect(found.slice(0, 6)).toEqual(new Array(6).fill(undefined));
    expect(found[6]!.present).toBe(true);
    // Moves of two standard deviations along one of two axes: 2/√2, up to what 64 points deviate by.
    expect(found[6]!.value).toBeGreaterThan(1.2);
    expect(found[6]!.value).toBeLessThan(1.7);
  });

  test("is not there for samples that stay, or move in one direction", async () => {
    const still = await findings(modeHopping, 7, () => ofPoints(moved(1, 1)));
    expect(still[6]).toMatchObject({ value: 0, present: false });
    const drifting = await findings(modeHopping, 7, (set) => ofPoints(moved(set, 0)));
    expect(drifting[6]!.value).toBeCloseTo(0, 6);
  });
});

describe("overfitting discriminator", () => {
  const made = points(3);
  const scored = (train: number, unseen: number, fake: number, noise = 0.1, count = N) => {
    const around = (mean: number) => stream(mean + 100, "scores").fillNormal(new Float32Array(count), mean, noise);
    return { real: around(train), heldOut: around(unseen), made: around(fake) };
  };
  const judge = async (...args: Parameters<typeof scored>) =>
    (await findings(overfittingDiscriminator, 5, () => ({ ...ofPoints(made), scores: scored(...args) })))[4];

  test("is the way that unseen samples have gone from where training samples are scored to where made ones are", async () => {
    const found = await judge(8, 5, 2);
    expect(found!.present).toBe(true);
    expect(found!.value).toBeCloseTo(0.5, 1);
    expect(await judge(8, 8, 2)).toMatchObject({ present: false });
  });

  test("is the same whatever the scale of the scores", async () => {
    const [a, b] = [await judge(80, 50, 20, 1), await judge(8, 5, 2)];
    expect(a!.value).toBeCloseTo(b!.value, 1);
  });

  test("has no figure where D does not tell made samples from real ones, or was not asked", async () => {
    expect(await judge(5, 4, 5, 1)).toBeUndefined();
    expect(await findings(overfittingDiscriminator, 6, () => ofPoints(made))).toEqual(new Array(6).fill(undefined));
    expect(needsOf(overfittingDiscriminator, ofPoints(made))).toBeUndefined();
  });

  test("says what it needs where samples come without, or with too few scores", async () => {
    const needs = (scores: SamplesSeen["scores"]) =>
      needsOf(overfittingDiscriminator, { ...ofPoints(made), ...(scores !== undefined && { scores }) });
    expect(needs("a test part")).toBe("a test part");
    expect(await findings(overfittingDiscriminator, 5, () => ({ ...ofPoints(made), scores: "a test part" }))).toEqual(
      new Array(5).fill(undefined),
    );
    expect(needs(scored(8, 5, 2, 0.1, 15))).toBe("D's scores of at least 16 held-out samples, and there are 15");
    expect(await judge(8, 5, 2, 0.1, 15)).toBeUndefined();
    expect(needs(scored(8, 5, 2, 0.1, 16))).toBeUndefined();
    expect(await judge(8, 5, 2, 0.1, 16)).toBeDefined();
  });
});

describe("checkerboard", () => {
  const SIDE = 32;
  const shape = [2, SIDE, SIDE];
  /** Smooth pictures of two channels, with a grid of this size and period laid over. */
  const pictures = (seed: number, grid: number, period = 2) => {
    const values = new Float32Array(N * 2 * SIDE * SIDE);
    for (let i = 0; i < N; i++) {
      const [a, b, c, d] = stream(seed, "waves", i).fillUniform(new Float32Array(4), 0, 2 * Math.PI);
      for (let channel = 0; channel < 2; channel++) {
        for (let y = 0; y < SIDE; y++) {
          for (let x = 0; x < SIDE; x++) {
            const smooth =
              Math.sin(x / 3 + a) * Math.sin(y / 4 + b) + 0.05 * Math.sin(2.2 * x + c) * Math.sin(2.5 * y + d);
            values[((i * 2 + channel) * SIDE + y) * SIDE + x] = smooth + (x % period === 0 ? grid : 0);
          }
        }
      }
    }
    return values;
  };
  const real = pictures(1, 0);
  const judge = async (made: Float32Array) => (await findings(checkerboard, 5, () => ({ made, real, shape })))[4];

  test("is there when every other column is brighter, or every fourth", async () => {
    for (const period of [2, 4]) {
      const found = await judge(pictures(2, 0.2, period));
      expect(found!.present, `${period}`).toBe(true);
      expect(found!.value).toBeGreaterThan(10);
    }
  });

  test("is there when it lies along rows", async () => {
    const across = pictures(2, 0.2);
    const along = across.map((_, i) => {
      const [plane, y, x] = [Math.floor(i / SIDE ** 2), Math.floor(i / SIDE) % SIDE, i % SIDE];
      return across[(plane * SIDE + x) * SIDE + y];
    });
    expect((await judge(along))!.present).toBe(true);
  });

  test("is not there in pictures like the data, nor in noise, which has as much of every frequency", async () => {
    expect((await judge(pictures(2, 0)))!.value).toBeLessThan(1);
    const noise = stream(1, "noise").fillNormal(new Float32Array(real.length), 0, 0.3);
    expect((await judge(noise))!.value).toBeLessThan(2);
  });

  test("is not there where real pictures have the same grid", async () => {
    const same = await findings(checkerboard, 5, () => ({ made: pictures(2, 0.2), real: pictures(1, 0.2), shape }));
    expect(same[4]!.value).toBeLessThan(1);
    expect(same[4]!.value).toBeGreaterThan(-1);
  });

  test("has no figure for points, small or odd pictures, or pictures without any detail", async () => {
    expect(await findings(checkerboard, 5, () => ofPoints(points(2)))).toEqual(new Array(5).fill(undefined));
    const odd = new Float32Array(N * 18 * 18).map((_, i) => i % 7);
    expect(await findings(checkerboard, 5, () => ({ made: odd, real: odd, shape: [1, 18, 18] }))).toEqual(
      new Array(5).fill(undefined),
    );
    expect(await judge(new Float32Array(real.length))).toBeUndefined();
  });
});

describe("unused latent dimensions", () => {
  /** Points of z [n, 4], each of whose coordinates takes two of z's numbers with these weights. */
  const judge = async (weights: readonly [number, number, number, number]) => {
    const z = (seed: number) => stream(seed, "z").fillNormal(new Float32Array(4 * N));
    const G = (latent: Float32Array) =>
      Float32Array.from({ length: 2 * N }, (_, i) => {
        const [sample, k] = [4 * Math.floor(i / 2), 2 * (i % 2)];
        return weights[k] * latent[sample + k] + weights[k + 1] * latent[sample + k + 1];
      });
    const [latent, other] = [z(1), z(2)];
    const redrawn = new Map(
      [0, 1, 2, 3].map((k) => [
        k,
        // Of the first half of the samples only.
        G(latent.map((value, i) => (i % 4 === k ? other[i] : value))).subarray(0, N),
      ]),
    );
    return (await findings(unusedLatent, 5, () => ({ ...ofPoints(G(latent)), latent, redrawn })))[4];
  };

  test("are those that change samples by less than a hundredth of an equal share", async () => {
    expect(await judge([1, 1, 1, 1])).toMatchObject({ value: 0, present: false });
    expect(await judge([1, 0, 1, 1])).toMatchObject({ value: 0.25, present: false });
    expect(await judge([1, 0, 1, 0])).toMatchObject({ value: 0.5, present: true });
    expect(await judge([1, 0.05, 1, 0.05])).toMatchObject({ value: 0.5, present: true });
    expect(await judge([1, 0.2, 1, 0.2])).toMatchObject({ value: 0, present: false });
  });

  test("have no figure where all samples are the same", async () => {
    expect(await judge([0, 0, 0, 0])).toBeUndefined();
  });
});
