import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { type Both, measureFeatures } from "../../test/metrics/of-features.ts";
import { stream } from "../random/index.ts";
import { twoSample } from "./two-sample.ts";

const normal = (name: string, n: number, d: number, mean = 0, std = 1) =>
  stream(4, name).fillNormal(new Float32Array(n * d), mean, std);
const told = async (both: Both) => {
  const { figures } = await measureFeatures(twoSample, both);
  return { all: figures["two-sample"], real: figures["two-sample-real"], made: figures["two-sample-made"] };
};

describe("the 1-NN two-sample test", () => {
  test.each([2, 20])("is right half the time where both follow one law, in %i dimensions", async (d) => {
    const { all } = await told({ real: normal("real", 1000, d), made: normal("made", 1000, d), d });
    expectClose(all.value, 0.5, { atol: 3 * Math.sqrt((1.6 * 0.25) / 2000) }); // neighbours of each other answer alike
    expect(all.interval![0]).toBeLessThan(0.5);
    expect(all.interval![1]).toBeGreaterThan(0.5);
  });

  test("is always right about sets apart, and always wrong about copies", async () => {
    const real = normal("data", 100, 3);
    const apart = await told({ real, made: normal("elsewhere", 100, 3, 50), d: 3 });
    expect([apart.all.value, apart.real.value, apart.made.value]).toEqual([1, 1, 1]);
    const copies = await told({ real, made: real, d: 3 });
    expect([copies.all.value, copies.real.value, copies.made.value]).toEqual([0, 0, 0]);
  });

  test("takes real samples for made where these crowd in the data's midst, and knows the made ones", async () => {
    const d = 64; // the midst is 8 away from a sample, and another sample 11
    const { real, made } = await told({ real: normal("data", 300, d), made: normal("midst", 300, d, 0, 0.1), d });
    expect(made.value).toBe(1);
    expect(real.value).toBeLessThan(0.1);
  });

  test("counts by hand: 0 and 1 real, 1.1 and 9 made", async () => {
    // 0 → 1 right, 1 → 1.1 wrong; 1.1 → 1 wrong, 9 → 1.1 right.
    const { all, real, made } = await told({ real: Float32Array.of(0, 1), made: Float32Array.of(1.1, 9), d: 1 });
    expect([all.value, real.value, made.value]).toEqual([0.5, 0.5, 0.5]);
  });

  test("is half right where a real and a made sample are equally near", async () => {
    // 0 has a real and a made one at 1; −1 has 0, right; 1 has 0, wrong; 1.5 has 1, right.
    const { real, made } = await told({ real: Float32Array.of(0, -1), made: Float32Array.of(1, 1.5), d: 1 });
    expect([real.value, made.value]).toEqual([(0.5 + 1) / 2, 1]);
    const equal = await told({ real: new Float32Array(8), made: new Float32Array(8), d: 1 });
    expect(equal.all.value).toBe(0.5);
  });

  test("compares as many of each: the first, where one side has more", async () => {
    const [real, made] = [normal("more", 90, 2), normal("fewer", 40, 2)];
    const both = await measureFeatures(twoSample, { real, made, d: 2 });
    expect(both).toEqual(await measureFeatures(twoSample, { real: real.subarray(0, 80), made, d: 2 }));
    expect(both.protocol).toBe("40 against 40, each left out once");
  });

  test("is the same to the last bit, however the samples come", async () => {
    const both = { real: normal("one", 130, 5), made: normal("other", 130, 5, 0.4), d: 5 };
    const whole = await measureFeatures(twoSample, both);
    for (const batch of [1, 37]) expect(await measureFeatures(twoSample, { ...both, batch })).toEqual(whole);
  });
});
