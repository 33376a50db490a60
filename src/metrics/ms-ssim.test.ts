import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { InputError } from "../errors/index.ts";
import { stream } from "../random/index.ts";
import type { MetricForm, Side } from "./metric.ts";
import { msSsimDiversity } from "./ms-ssim.ts";
import { type ImageShape, msSsim, scalesOf } from "./ssim.ts";

const sizeOf = ([channels, height, width]: ImageShape) => channels * height * width;
const normal = (name: string, shape: ImageShape, mean: number, std: number) =>
  stream(8, name).fillNormal(new Float32Array(sizeOf(shape)), mean, std);
const flat = (shape: ImageShape, value: number) => new Float32Array(sizeOf(shape)).fill(value);

describe("MS-SSIM", () => {
  test("of constant images 1, 0.7 and 0 beside a range of 255 is .989989 in the mean of pairs", () => {
    const shape: ImageShape = [3, 64, 64];
    const of = (a: number, b: number) => msSsim(flat(shape, a), flat(shape, b), shape, 255, 5);
    const pairs = [of(1, 0.7), of(1, 0), of(0.7, 0)];
    expectClose((pairs[0] + pairs[1] + pairs[2]) / 3, 0.989989, { atol: 1e-6 });
    // Only the luminance of the coarsest scale differs, (2 a b + C₁)/(a² + b² + C₁) with C₁ = 2.55², at its exponent.
    const l = (a: number, b: number) => (2 * a * b + 2.55 ** 2) / (a * a + b * b + 2.55 ** 2);
    const expected = [l(1, 0.7), l(1, 0), l(0.7, 0)].map((value) => value ** (0.1333 / 1.0001));
    expectClose(pairs, expected, { atol: 1e-9 });
  });

  test.each<ImageShape>([
    [1, 28, 28],
    [3, 45, 64],
    [3, 7, 9],
    [1, 1, 1],
  ])("of an image of %i×%i×%i and itself is exactly 1, and of two of noise near 0", (...shape) => {
    const [a, b] = [normal("a", shape, 100, 40), normal("b", shape, 100, 40)];
    expect(msSsim(a, a, shape, 255)).toBe(1);
    expect(msSsim(a, b, shape, 255)).toBe(msSsim(b, a, shape, 255));
    if (shape[1] > 20) expect(msSsim(a, b, shape, 255)).toBeLessThan(0.2);
  });

  test("with one scale is SSIM, as its formula at every place of the window gives", () => {
    const shape: ImageShape = [1, 12, 13];
    const [a, b] = [normal("a", shape, 0.5, 0.2), normal("b", shape, 0.1, 0.05)];
    for (const [i, value] of a.entries()) b[i] += 0.8 * value;
    const window = Array.from({ length: 121 }, (_, p) =>
      Math.exp(-((Math.floor(p / 11) - 5) ** 2 + ((p % 11) - 5) ** 2) / (2 * 1.5 ** 2)),
    );
    const mass = window.reduce((sum, weight) => sum + weight, 0);
    let sum = 0;
    for (let y = 0; y < 2; y++) {
      for (let x = 0; x < 3; x++) {
        const mean = (f: (i: number) => number) =>
          window.reduce((s, w, p) => s + (w / mass) * f((y + Math.floor(p / 11)) * 13 + x + (p % 11)), 0);
        const [ma, mb] = [mean((i) => a[i]), mean((i) => b[i])];
        const va = mean((i) => (a[i] - ma) ** 2);
        const vb = mean((i) => (b[i] - mb) ** 2);
        const ab = mean((i) => (a[i] - ma) * (b[i] - mb));
        sum += ((2 * ma * mb + 1e-4) * (2 * ab + 9e-4)) / ((ma * ma + mb * mb + 1e-4) * (va + vb + 9e-4)) / 6;
      }
    }
    expectClose(msSsim(a, b, shape, 1), sum, { rtol: 1e-9 });
  });

  test("is the same for values in another unit, with the range in that unit", () => {
    const shape: ImageShape = [3, 64, 64];
    const [a, b] = [normal("a", shape, 1, 0.1), normal("b", shape, 1, 0.1)];
    const in255 = (image: Float32Array) => image.map((value) => value * 128);
    expectClose(msSsim(in255(a), in255(b), shape, 256), msSsim(a, b, shape, 2), { rtol: 1e-9 });
  });

  test("takes as many scales as leave the window of 11 pixels room", () => {
    const scales = [8, 11, 21, 22, 28, 32, 44, 64, 128, 175, 176, 1024].map((side) => scalesOf([3, side, 2 * side]));
    expect(scales).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 4, 4, 5, 5]);
  });
});

describe("diversity within a class", () => {
  const shape: ImageShape = [1, 22, 22];
  const size = sizeOf(shape);
  /** Images that vary by `std` about one pattern for each class. */
  const images = (name: string, n: number, std: number, classOf: (i: number) => number) => {
    const out = new Float32Array(n * size);
    for (let i = 0; i < n; i++) {
      const pattern = normal(`class/${classOf(i)}`, shape, 0, 0.3);
      out.set(
        normal(`${name}/${i}`, shape, 0, std).map((v, p) => v + pattern[p]),
        i * size,
      );
    }
    return out;
  };
  interface Given {
    readonly values: Float32Array;
    readonly labels?: Int32Array;
    /** The classes that the extractor sees. */
    readonly seen?: Int32Array;
  }
  /** Logits of two classes. */
  const logitsOf = (classes: Int32Array) =>
    Float32Array.from({ length: 2 * classes.length }, (_, i) => (classes[i >> 1] === i % 2 ? 3 : -1));
  const measured = async (real: Given, made: Given, { pairs = 500, batch = 1000 } = {}) => {
    const sides = { real, made };
    const count = (side: Side) => sides[side].values.length / size;
    const counts = { real: count("real"), made: count("made") };
    const classes = ["one", "two"];
    const form: MetricForm = { kind: "images", shape, counts, labels: ["a", "b"], classes, seed: 3 };
    const measuring = msSsimDiversity.begin(form, { pairs });
    for (const side of ["real", "made"] as const) {
      for (let start = 0; start < counts[side]; start += batch) {
        const values = sides[side].values.slice(start * size, (start + batch) * size);
        const labels = sides[side].labels?.slice(start, start + batch);
        const seen = sides[side].seen?.slice(start, start + batch);
        const known = { ...(labels && { labels }), ...(seen && { logits: logitsOf(seen) }) };
        measuring.add(side, { count: values.length / size, values, ...known });
      }
    }
    return measuring.finish();
  };
  const alternate = (n: number) => Int32Array.from({ length: n }, (_, i) => i % 2);

  test("is that of the data for samples alike, and more where they have collapsed", async () => {
    const real = { values: images("real", 120, 0.3, () => 0) };
    const { figures: alike } = await measured(real, { values: images("made", 120, 0.3, () => 0) });
    const [low, high] = alike["ms-ssim-excess"].interval!;
    expect(low).toBeLessThan(0);
    expect(high).toBeGreaterThan(0);
    const { figures: collapsed } = await measured(real, { values: images("made", 120, 0.05, () => 0) });
    expect(collapsed["ms-ssim-excess"].interval![0]).toBeGreaterThan(0.1);
    expectClose(
      collapsed["ms-ssim"].value - collapsed["ms-ssim-excess"].value,
      alike["ms-ssim"].value - alike["ms-ssim-excess"].value,
      { atol: 1e-12 },
      "of the data",
    );
    const { figures: one } = await measured(real, { values: images("made", 120, 0, () => 0) });
    expectClose(one["ms-ssim"].value, 1, { atol: 1e-12 });
  });

  test("pairs samples of one class where both sides have classes, else any", async () => {
    const [labels, n] = [alternate(120), 120];
    const [real, made] = ["real", "made"].map((name) => images(name, n, 0.05, (i) => i % 2));
    const within = await measured({ values: real, labels }, { values: made, labels });
    const any = await measured({ values: real, labels }, { values: made });
    expect(within.protocol).toBe("60 pairs against 60 within classes, 2 of 5 scales");
    expect(any.protocol).toBe("60 pairs against 60, 2 of 5 scales");
    expect(within.figures["ms-ssim"].value).toBeGreaterThan(any.figures["ms-ssim"].value + 0.1);
    expectClose(within.figures["ms-ssim-excess"].value, 0, { atol: 0.02 }, "within");
  });

  test("pairs samples by the classes that are seen where made ones come without, and by those told where they do not", async () => {
    const [labels, n] = [alternate(120), 120];
    const [real, made] = ["real", "made"].map((name) => images(name, n, 0.05, (i) => i % 2));
    const told = await measured({ values: real, labels }, { values: made, labels });
    const seen = await measured({ values: real, labels, seen: labels }, { values: made, seen: labels });
    expect(seen.protocol).toBe("60 pairs against 60 within classes as seen, 2 of 5 scales");
    expect(seen.figures).toEqual(told.figures);
    expect([told.bySight, seen.bySight]).toEqual([false, true]);
    const wrong = alternate(120).map((_, i) => (i < 60 ? 0 : 1));
    expect(await measured({ values: real, labels, seen: wrong }, { values: made, labels, seen: wrong })).toEqual(told);
    const astray = await measured({ values: real, seen: wrong }, { values: made, seen: wrong });
    expect(astray.figures["ms-ssim"].value).toBeLessThan(seen.figures["ms-ssim"].value - 0.1);
  });

  test("leaves samples of no class out of the pairs", async () => {
    const values = images("real", 60, 0.1, () => 0);
    const labels = Int32Array.from({ length: 60 }, (_, i) => (i < 30 ? 0 : -1));
    const { protocol } = await measured({ values, labels }, { values, labels });
    expect(protocol).toBe("15 pairs against 15 within classes, 2 of 5 scales");
  });

  test("is the same to the last bit, however the samples come", async () => {
    const labels = alternate(50);
    const real = { values: images("real", 50, 0.3, (i) => i % 2), labels };
    const made = { values: images("made", 50, 0.2, (i) => i % 2), labels };
    const whole = await measured(real, made, { pairs: 12 });
    expect(whole.protocol).toMatch(/^1[12] pairs against 1[12] within classes/);
    expect(await measured(real, made, { pairs: 12, batch: 7 })).toEqual(whole);
  });

  test("refuses values that are not finite, and samples of which no two are of one class", async () => {
    const values = images("real", 4, 0.1, () => 0);
    const broken = values.slice();
    broken[size + 3] = Number.NaN;
    await expect(measured({ values }, { values: broken })).rejects.toThrow(/made sample 1 holds NaN/);
    const labels = Int32Array.of(0, 1, 2, 3);
    await expect(measured({ values, labels }, { values, labels })).rejects.toThrow(InputError);
    await expect(measured({ values, labels }, { values, labels })).rejects.toThrow("at least 2 pairs of real samples");
  });
});
