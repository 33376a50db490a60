import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { type Both, measureFeatures } from "../../test/metrics/of-features.ts";
import { InputError } from "../errors/index.ts";
import { stream } from "../random/index.ts";
import { memorisation } from "./memorisation.ts";

const normal = (name: string, n: number, d: number, mean = 0, std = 1) =>
  stream(6, name).fillNormal(new Float32Array(n * d), mean, std);
const figuresOf = async (both: Both) => {
  const { copied, "neighbour-ratio": ratio } = (await measureFeatures(memorisation, both)).figures;
  return { copied, ratio };
};

describe("memorisation", () => {
  test.each([2, 20])("finds 5 % and a ratio of 1 where nothing is copied, in %i dimensions", async (d) => {
    const draws = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        figuresOf({ real: normal(`real/${i}`, 300, d), made: normal(`made/${i}`, 300, d), d }),
      ),
    );
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value / draws.length, 0);
    expectClose(mean(draws.map(({ copied }) => copied.value)), 0.05, { atol: 0.02 });
    expectClose(mean(draws.map(({ ratio }) => ratio.value)), 1, { atol: 0.05 });
    const held = draws.filter(({ copied: { interval } }) => interval![0] <= 0.05 && 0.05 <= interval![1]);
    expect(held.length).toBeGreaterThanOrEqual(15); // of 20 intervals, 19 at 95 %
  });

  test("finds the copies among made samples, to the tenth of a neighbour's distance", async () => {
    const real = normal("data", 400, 8);
    const blur = normal("blur", 400, 8, 0, 0.02);
    const made = normal("made", 400, 8);
    const share = 0.3;
    for (let i = 0; i < share * made.length; i++) made[i] = real[i] + blur[i];
    const { copied } = await figuresOf({ real, made, d: 8 });
    expectClose(copied.value, share + (1 - share) * 0.05, { atol: 0.04 });
    const all = await figuresOf({ real, made: real, d: 8 });
    expect([all.copied.value, all.ratio.value]).toEqual([1, 0]);
  });

  test("finds no copies in samples that are far from the data", async () => {
    const { copied, ratio } = await figuresOf({ real: normal("data", 100, 4), made: normal("far", 100, 4, 50), d: 4 });
    expect(copied.value).toBe(0);
    expect(ratio.value).toBeGreaterThan(10);
  });

  test("counts by hand", async () => {
    // Real 0, 1, 3, 7, 15, … 2ⁱ − 1: r is 1, 1, 2, 4, 8. Below the r of half of them, three of five: below 2.
    const real = Float32Array.of(0, 1, 3, 7, 15);
    const made = Float32Array.of(2.5, 5, 16.9, 17, 18); // s: 0.5, 2, 1.9, 2, 3
    const { copied, ratio } = await figuresOf({ real, made, d: 1, options: { share: 0.5 } });
    expectClose(copied.value, 2 / 5, { atol: 1e-12 });
    expectClose(ratio.value, 2 / 2, { atol: 1e-6 });
  });

  test("passes over equal samples in the data when it asks how near real ones lie", async () => {
    const once = normal("once", 100, 3);
    const made = normal("made", 100, 3);
    const twice = Float32Array.of(...once, ...once);
    const [one, two] = [await figuresOf({ real: once, made, d: 3 }), await figuresOf({ real: twice, made, d: 3 })];
    expect(two.copied.value).toBe(one.copied.value);
    expect(two.ratio.value).toBe(one.ratio.value);
  });

  test("is the same to the last bit, however the samples come", async () => {
    const both = { real: normal("one", 130, 5), made: normal("other", 150, 5, 0.4), d: 5 };
    const whole = await measureFeatures(memorisation, both);
    for (const batch of [1, 37]) expect(await measureFeatures(memorisation, { ...both, batch })).toEqual(whole);
  });

  test("refuses too few real samples for its share, and real samples that are all equal", async () => {
    const made = normal("made", 30, 2);
    const few = measureFeatures(memorisation, { real: normal("few", 19, 2), made, d: 2 });
    await expect(few).rejects.toThrow("needs at least 20 real samples, got 19. Pass --count 20 or more.");
    const equal = measureFeatures(memorisation, { real: new Float32Array(60).fill(2), made, d: 2 });
    await expect(equal).rejects.toThrow(InputError);
    await expect(equal).rejects.toThrow("all 30 of them are equal");
  });
});
