import { expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { InputError } from "../errors/index.ts";
import { stream } from "../random/index.ts";
import type { MetricForm } from "./metric.ts";
import { stackedModes } from "./stacked-modes.ts";

const TEN = Array.from({ length: 10 }, (_, k) => `${k}`);

const form = (made: number, classes = TEN): MetricForm => ({
  ...{ kind: "images", shape: [3, 14, 14], counts: { real: 0, made }, features: 30, classes, seed: 1 },
  labels: Array.from({ length: classes.length ** 3 }, (_, k) => `${k}`),
});

/** Logits [n, 3 K] that say these classes of the three channels, with noise. */
function saying(all: readonly (readonly number[])[], classes = 10): Float32Array {
  const logits = stream(2, "noise").fillNormal(new Float32Array(all.length * 3 * classes));
  for (const [i, three] of all.entries()) for (const [c, k] of three.entries()) logits[(3 * i + c) * classes + k] += 50;
  return logits;
}

const images = new Float32Array();

async function figuresOf(all: readonly (readonly number[])[], batch = all.length) {
  const measuring = stackedModes.begin(form(all.length), {});
  for (let i = 0; i < all.length; i += batch) {
    const some = all.slice(i, i + batch);
    measuring.add("made", { count: some.length, values: images, logits: saying(some) });
  }
  const { figures, protocol } = await measuring.finish();
  return { modes: figures["stacked-modes"].value, kl: figures["stacked-kl"].value, protocol };
}

test("each combination of three classes is a mode of its own", async () => {
  const all = Array.from({ length: 1000 }, (_, mode) => [
    Math.floor(mode / 100),
    Math.floor(mode / 10) % 10,
    mode % 10,
  ]);
  expect(await figuresOf(all, 77)).toEqual({ modes: 1000, kl: 0, protocol: "1,000 samples; KL by chance 0.499" });
});

test("collapse: one mode has log 1000, three in equal number log 1000 − log 3", async () => {
  const one = await figuresOf(Array.from({ length: 1000 }, () => [4, 3, 7]));
  expect(one.modes).toBe(1);
  expectClose(one.kl, Math.log(1000), { atol: 1e-12 });
  const three = await figuresOf(
    Array.from(
      { length: 1200 },
      (_, i) =>
        [
          [4, 3, 7],
          [7, 3, 4],
          [0, 0, 0],
        ][i % 3],
    ),
  );
  expect(three.modes).toBe(3);
  expectClose(three.kl, Math.log(1000) - Math.log(3), { atol: 1e-12 });
});

test("26,000 even stacks reach every mode with a KL of 999/52000 by chance alone, and say so", async () => {
  const random = stream(3, "stacks");
  const all = Array.from({ length: 26_000 }, () => [random.integer(10), random.integer(10), random.integer(10)]);
  const { modes, kl, protocol } = await figuresOf(all, 1000);
  expect(modes).toBe(1000);
  expectClose(kl, 999 / 52_000, { atol: 3 * (Math.sqrt(2 * 999) / 52_000) + 3e-4 }); // χ² of 999 degrees, and its next term
  expect(protocol).toBe("26,000 samples; KL by chance 0.0192");
});

test("fewer samples than modes are refused, and logits of one channel alone are a mistake", () => {
  expect(() => stackedModes.begin(form(999), {})).toThrow(InputError);
  expect(() => stackedModes.begin(form(999), {})).toThrow("--count 1000");
  expect(() => stackedModes.begin(form(27, ["a", "b", "c"]), {})).not.toThrow();
  const measuring = stackedModes.begin(form(1000), {});
  expect(() => measuring.add("made", { count: 1, values: images, logits: new Float32Array(10) })).toThrow("10 logits");
  const broken = saying([[1, 2, 3]]).fill(Number.NaN, 12, 13);
  expect(() => measuring.add("made", { count: 1, values: images, logits: broken })).toThrow(InputError);
});
