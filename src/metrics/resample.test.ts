import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { stream } from "../random/index.ts";
import { type ResampleKernel, resampler } from "./resample.ts";

const kernels: readonly ResampleKernel[] = ["bilinear", "bicubic"];
const plane = (size: number, of: (x: number, y: number) => number) =>
  Float32Array.from({ length: size * size }, (_, i) => of(i % size, Math.floor(i / size)));
const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Every eighth pixel: what resizing by 8 must not be. */
const aliased = (from: Float32Array, size: number) => plane(size / 8, (x, y) => from[(8 * y + 4) * size + 8 * x + 4]);

describe.each(kernels)("%s", (kernel) => {
  test.each([
    [16, 16],
    [16, 5],
    [7, 23],
    [64, 8],
  ])("a constant stays what it is, from %i to %i pixels", (from, to) => {
    const resized = resampler([from, from], [to, to], kernel)(new Float32Array(from * from).fill(0.3));
    expectClose(resized, new Float32Array(to * to).fill(0.3), { atol: 1e-7 });
  });

  test("the same size changes nothing", () => {
    const noise = stream(1, "plane").fillUniform(new Float32Array(81));
    expectClose(resampler([9, 9], [9, 9], kernel)(noise), noise, { atol: 1e-7 });
  });

  test("a ramp stays a ramp, its pixels at their centres, away from the edges", () => {
    for (const to of [24, 4]) {
      const resized = resampler([12, 12], [to, to], kernel)(plane(12, (x, y) => x + 10 * y));
      const expected = (i: number) => ((i + 0.5) * 12) / to - 0.5;
      const edge = to === 24 ? 4 : 2;
      for (let y = edge; y < to - edge; y++) {
        for (let x = edge; x < to - edge; x++) {
          expectClose(resized[y * to + x], expected(x) + 10 * expected(y), { atol: 1e-4 });
        }
      }
    }
  });

  test("a mirrored image gives the mirrored result, rows and columns alike", () => {
    const noise = stream(2, "plane").fillUniform(new Float32Array(11 * 11));
    const resize = resampler([11, 11], [5, 5], kernel);
    const [resized, mirrored] = [resize(noise), resize(plane(11, (x, y) => noise[y * 11 + 10 - x]))];
    const turned = resize(plane(11, (x, y) => noise[x * 11 + y]));
    expectClose(
      mirrored,
      plane(5, (x, y) => resized[y * 5 + 4 - x]),
      { atol: 1e-6 },
    );
    expectClose(
      turned,
      plane(5, (x, y) => resized[x * 5 + y]),
      { atol: 1e-6 },
    );
  });

  test("the finest checkerboard, an eighth its size, is flat grey where every eighth pixel would be black", () => {
    const board = plane(128, (x, y) => (x + y) % 2);
    const resized = resampler([128, 128], [16, 16], kernel)(board);
    expectClose(resized, new Float32Array(256).fill(0.5), { atol: 1e-3 });
    expect(new Set(aliased(board, 128))).toEqual(new Set([0]));
  });

  test("a ring of one pixel, an eighth its size, keeps its ink all around where every eighth pixel would break it", () => {
    const ring = plane(128, (x, y) => (Math.abs(Math.hypot(x - 63.5, y - 63.5) - 44) < 0.5 ? 1 : 0));
    /** Ink in each of 24 sectors, beside its mean. */
    const sectors = (image: Float32Array) => {
      const ink = new Float64Array(24);
      for (const [i, value] of image.entries()) {
        const [x, y] = [(i % 16) - 7.5, Math.floor(i / 16) - 7.5];
        ink[Math.floor(((Math.atan2(y, x) / Math.PI + 1) / 2) * 24) % 24] += value;
      }
      return { ink, mean: ink.reduce((sum, value) => sum + value, 0) / 24 };
    };
    const resized = resampler([128, 128], [16, 16], kernel)(ring);
    expectClose(mean(resized), mean(ring), { rtol: 1e-3 });
    const [smooth, broken] = [sectors(resized), sectors(aliased(ring, 128))];
    for (const ink of smooth.ink) expect(ink).toBeGreaterThan(0.3 * smooth.mean);
    expect(Math.min(...broken.ink)).toBe(0);
  });
});

test("bilinear, worked by hand: 0 1 doubled is 0 ¼ ¾ 1, an impulse halved has the weights ⅛ ⅜ ⅜ ⅛", () => {
  expectClose(resampler([1, 2], [1, 4], "bilinear")(Float32Array.of(0, 1)), [0, 0.25, 0.75, 1], { atol: 1e-7 });
  const halve = resampler([1, 8], [1, 4], "bilinear");
  const impulse = (at: number) => halve(Float32Array.from({ length: 8 }, (_, i) => (i === at ? 1 : 0)));
  expectClose(
    [1, 2, 3, 4].map((at) => impulse(at)[1]),
    [1 / 8, 3 / 8, 3 / 8, 1 / 8],
    { atol: 1e-7 },
  );
});

test("bicubic, worked by hand: an impulse halved has Keys' weights at distances of ¼ ¾ 1¼ 1¾ pixels", () => {
  const halve = resampler([1, 16], [1, 8], "bicubic");
  const impulse = (at: number) => halve(Float32Array.from({ length: 16 }, (_, i) => (i === at ? 1 : 0)));
  const half = [0.43359375, 0.11328125, -0.03515625, -0.01171875];
  const given = Array.from({ length: 8 }, (_, k) => impulse(5 + k)[4]);
  expectClose(given, [...half.toReversed(), ...half], { atol: 1e-7 });
});
