import { expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { findDataset } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import { cpu } from "../runtime/index.node.ts";
import { classificationAccuracy } from "./classification-accuracy.ts";
import { trainClassifier } from "./classifier-training.ts";
import type { MetricForm, Observed, TrainClassifier } from "./metric.ts";
import { wilson } from "./proportion.ts";

/** Tells the class whose mean first pixel is nearest. */
const nearestMean: TrainClassifier = async (images, labels) => {
  const size = images.length / labels.length;
  const means = [0, 1].map((k) => {
    const own = [...labels.keys()].filter((i) => labels[i] === k);
    return own.reduce((sum, i) => sum + images[i * size], 0) / own.length;
  });
  const nearest = (x: number) => (Math.abs(x - means[0]) <= Math.abs(x - means[1]) ? 0 : 1);
  return {
    classes: async (others) => Int32Array.from({ length: others.length / size }, (_, i) => nearest(others[i * size])),
    async close() {},
  };
};

/** Images [1, 2, 2] of one value, each with its label. */
const flat = (samples: readonly (readonly [value: number, label: number])[]): Observed => ({
  count: samples.length,
  values: Float32Array.from(samples.flatMap(([value]) => [value, value, value, value])),
  labels: Int32Array.from(samples, ([, label]) => label),
});

const repeat = <T>(times: number, values: readonly T[]) => Array.from({ length: times }, () => values).flat();

const form = (real: Observed, made: Observed, classifier = nearestMean): MetricForm => ({
  ...{ kind: "images", shape: [1, 2, 2], labels: ["dark", "bright"], seed: 1 },
  ...{ counts: { real: real.count, made: made.count }, classifier },
});

async function measured(real: Observed, made: Observed, classifier = nearestMean) {
  const measuring = classificationAccuracy.begin(form(real, made, classifier), {});
  measuring.add("made", made);
  measuring.add("real", real);
  return measuring.finish();
}

const values = ({ figures }: Awaited<ReturnType<typeof measured>>) =>
  [figures.cas, figures["cas-reverse"], figures["cas-real"]].map(({ value }) => value);

// Of four real samples one has the other's label, in each half of them.
const real = flat(
  repeat(10, [
    [-0.5, 0],
    [-0.5, 0],
    [0.5, 1],
    [-0.5, 1],
  ]),
);
const made = flat(
  repeat(11, [
    [-0.5, 0],
    [0.5, 1],
  ]),
);

test("is the share that a classifier trained on the other side tells, exactly", async () => {
  const result = await measured(real, made);
  expect(values(result)).toEqual([0.75, 1, 0.75]);
  expect(result.figures.cas.interval).toEqual(wilson(30, 40));
  expect(result.figures["cas-real"].interval).toEqual(wilson(15, 20));
  expect(result.protocol).toBe("trained on 22 made, tried on 40 real; reversed; 20 real on 20");
});

test("exchanging the sides exchanges it with its reverse", async () => {
  expect(values(await measured(made, real)).slice(0, 2)).toEqual([1, 0.75]);
});

test("samples whose labels are all exchanged tell nothing right", async () => {
  const exchanged = { ...made, labels: made.labels!.map((label) => 1 - label) };
  expect(values(await measured(made, exchanged))).toEqual([0, 0, 1]);
});

test("samples without a label count neither here nor there", async () => {
  const unlabelled = flat(repeat(30, [[0.9, -1]]));
  const joined = (a: Observed, b: Observed): Observed => ({
    count: a.count + b.count,
    values: Float32Array.of(...a.values, ...b.values),
    labels: Int32Array.of(...a.labels!, ...b.labels!),
  });
  expect(values(await measured(joined(real, unlabelled), joined(unlabelled, made)))).toEqual([0.75, 1, 0.75]);
  await expect(measured(unlabelled, made)).rejects.toThrow(/^--metrics: cas .* 0 of 30 real ones have a label/);
});

test("closes every classifier, and refuses too few samples and values that are no numbers", async () => {
  let open = 0;
  await measured(real, made, async (images, labels) => {
    const classifier = await nearestMean(images, labels);
    open++;
    return { ...classifier, close: async () => void open-- };
  });
  expect(open).toBe(0);
  const few = flat([[0, 0]]);
  expect(() => classificationAccuracy.begin(form(real, few), {})).toThrow(/^--count: cas .* 20 made samples, got 1/);
  const broken = { ...made, values: made.values.map((value, i) => (i === 9 ? Number.NaN : value)) };
  await expect(measured(real, broken)).rejects.toThrow(InputError);
});

test("glyphs of another seed stand in for glyphs, and those of shuffled labels do not", async () => {
  const read = async (seed: number): Promise<Observed> => {
    const { values, labels } = await findDataset("glyphs")!
      .open({ seed, size: 16 })
      .read([...Array(500).keys()]);
    return { count: 500, values, labels };
  };
  const [glyphs, others] = [await read(1), await read(2)];
  const digits = Array.from("0123456789");
  const shape = [1, 16, 16];
  const classifier = trainClassifier(cpu, { shape, classes: digits, steps: 40, threads: 1 });
  const figures = async (samples: Observed) => {
    const counts = { real: 500, made: 500 };
    const measuring = classificationAccuracy.begin(
      { kind: "images", shape, labels: digits, seed: 1, counts, classifier },
      {},
    );
    measuring.add("real", glyphs);
    measuring.add("made", samples);
    return values(await measuring.finish());
  };
  const [good, reverse, ceiling] = await figures(others);
  for (const figure of [good, reverse, ceiling]) expect(figure).toBeGreaterThan(0.8);
  expectClose(good, ceiling, { atol: 0.1 });
  const shuffled = { ...others, labels: others.labels!.map((_, i) => i % 10) };
  const [bad] = await figures(shuffled);
  expect(bad).toBeLessThan(0.25);
});
