// Measuring: each batch goes past the extractor once, whatever wants it, and real ones never twice.

import { expect, test } from "vitest";
import { InputError } from "../../src/errors/index.ts";
import {
  asChosen,
  type Extractor,
  findMetric,
  lacks,
  measure,
  type RealMemory,
  type Samples,
} from "../../src/metrics/index.ts";
import { stream } from "../../src/random/index.ts";

const SHAPE = [1, 2, 2];

/** Images of noise about a value. */
function noise(name: string, count: number, mean = 0): Samples {
  return {
    count,
    shape: SHAPE,
    async read(start, n) {
      const values = new Float32Array(4 * n);
      for (let i = 0; i < n; i++) stream(1, name, start + i).fillNormal(values.subarray(4 * i, 4 * i + 4));
      return { values: values.map((value) => mean + value) };
    },
  };
}

/** Sees the pixels themselves, and counts the images it saw. */
function pixels(): Extractor & { seen: number } {
  const extractor = {
    ...{ name: "pixels", fingerprint: "0", features: 4, protocol: "as they are", seen: 0 },
    async extract(images: Float32Array) {
      extractor.seen += images.length / 4;
      return { features: images.slice() };
    },
    async close() {},
  };
  return extractor;
}

const metrics = ["fid", "precision-recall"].map((name) => asChosen(findMetric(name)));
const common = { metrics, kind: "images" as const, labels: [], seed: 1, batch: 64 };

test("real samples are seen once, however often they are measured against, and the figures are the same", async () => {
  const [real, made, floor] = [noise("real", 300), noise("made", 200, 1), noise("floor", 100)];
  const memory: RealMemory = { seen: new Map() };
  const extractor = pixels();
  const first = await measure({ ...common, real, made, floor, extractor, memory });
  expect(extractor.seen).toBe(600);
  const again = await measure({ ...common, real, made, floor, extractor, memory });
  expect(extractor.seen).toBe(800);
  expect(again).toEqual(first);
  expect(await measure({ ...common, real, made, floor, extractor: pixels() })).toEqual(first);
});

test("the floor is what real samples get in the place of made ones", async () => {
  const extractor = pixels();
  const [fid] = await measure({
    ...common,
    real: noise("real", 300),
    made: noise("made", 300, 3),
    floor: noise("floor", 300),
    extractor,
  });
  const [alike] = await measure({ ...common, real: noise("real", 300), made: noise("floor", 300), extractor });
  expect(fid.value).toBeGreaterThan(30); // |(3, 3, 3, 3)|² = 36
  expect(fid.floor).toBe(alike.value);
  expect(alike.floor).toBeUndefined();
});

test("a floor of too few samples is left out, where made ones too few are refused", async () => {
  const [real, few] = [noise("real", 300), noise("few", 3)];
  const [fid] = await measure({ ...common, real, made: noise("made", 300), floor: few, extractor: pixels() });
  expect(fid.floor).toBeUndefined();
  await expect(measure({ ...common, real, made: few, extractor: pixels() })).rejects.toThrow(InputError);
});

test("samples of another shape than the data's are refused", async () => {
  const real = { ...noise("real", 300), shape: [3, 2, 2] };
  await expect(measure({ ...common, real, made: noise("made", 300), extractor: pixels() })).rejects.toThrow(
    "real samples are 3×2×2, made ones 1×2×2",
  );
});

test("a metric of samples made of classes is not to be had of a generator that is told none", () => {
  const metric = findMetric("cas");
  const data = { kind: "images", labels: ["a", "b"], classifier: async () => ({}) as never } as const;
  expect(lacks(metric, { ...data, conditional: true })).toBeUndefined();
  expect(lacks(metric, { ...data, conditional: false })).toBe("it needs a generator that is told classes");
});

test("MS-SSIM of a generator that is told no classes is by those that the extractor sees, and so is its floor", async () => {
  const bright = (values: Float32Array) =>
    Int32Array.from(
      values.filter((_, i) => i % 4 === 0),
      (v) => Number(v > 0),
    );
  const labelled = (samples: Samples): Samples => ({
    ...samples,
    async read(start, n) {
      const { values } = await samples.read(start, n);
      return { values, labels: Int32Array.from({ length: n }, (_, i) => i % 2) };
    },
  });
  const eyes = () => {
    const seeing = pixels();
    return Object.assign(seeing, {
      classes: ["dark", "bright"],
      async extract(images: Float32Array) {
        seeing.seen += images.length / 4;
        return {
          features: images,
          logits: Float32Array.from([...bright(images)].flatMap((k) => (k ? [0, 1] : [1, 0]))),
        };
      },
    });
  };
  const means = { ...common, metrics: [asChosen(findMetric("ms-ssim"))], labels: ["a", "b"] };
  const [real, made, floor] = [labelled(noise("real", 90)), noise("made", 80), labelled(noise("floor", 70))];
  const extractor = eyes();
  const [seen] = await measure({ ...means, real, made, floor, extractor, conditional: false });
  expect(extractor.seen).toBe(240);
  expect(seen.protocol).toContain("within classes as seen");
  expect(seen.extractor).toBe("pixels 0 (as they are)");
  const [floorSeen] = await measure({ ...means, real, made: noise("floor", 70), extractor, conditional: false });
  expect(seen.floor).toBe(floorSeen.value);
  const unused = eyes();
  const [told] = await measure({ ...means, real, made: labelled(made), extractor: unused, conditional: true });
  expect([unused.seen, told.protocol, told.extractor]).toEqual([
    0,
    expect.stringMatching(/within classes,/),
    undefined,
  ]);
  const [any] = await measure({ ...means, real, made, conditional: false });
  expect([any.protocol, any.extractor]).toEqual([expect.not.stringContaining("within"), undefined]);
});
