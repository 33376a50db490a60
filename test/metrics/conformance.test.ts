// What every metric promises, on random samples of both sides: the figures it declares, whatever the batches; and one-line refusals.

import { describe, expect, test } from "vitest";
import { findDataset } from "../../src/data/index.ts";
import { InputError } from "../../src/errors/index.ts";
import {
  asChosen,
  type Metric,
  type MetricForm,
  metrics,
  type Observed,
  type Side,
  type TrainClassifier,
} from "../../src/metrics/index.ts";
import { stream } from "../../src/random/index.ts";

const COUNT = 600;
const CLASSES = ["one", "two", "three"];
/** As many as an extractor of each channel by itself would give of a stack of three. */
const LOGITS = 3 * CLASSES.length;
const FEATURES = 6;

/** Says the class by the sign of the first pixels, as they were in the images of each class. */
const classifier: TrainClassifier = async (images, labels) => {
  const size = images.length / labels.length;
  const means = CLASSES.map((_, k) => {
    const own = [...labels.keys()].filter((i) => labels[i] === k);
    return Float64Array.from(
      { length: size },
      (_, j) => own.reduce((sum, i) => sum + images[i * size + j], 0) / own.length,
    );
  });
  const distance = (image: Float32Array, mean: Float64Array) =>
    image.reduce((sum, v, j) => sum + (v - mean[j]) ** 2, 0);
  return {
    async classes(others) {
      return Int32Array.from({ length: others.length / size }, (_, i) => {
        const image = others.subarray(i * size, (i + 1) * size);
        const all = means.map((mean) => distance(image, mean));
        return all.indexOf(Math.min(...all));
      });
    },
    async close() {},
  };
};

function formFor({ of, needs, compares }: Metric, counts = { real: COUNT, made: COUNT }): MetricForm {
  const kind = of[0];
  const ring = findDataset("ring")!.mixture!;
  return {
    kind,
    shape: kind === "points" ? [2] : [3, 12, 12],
    counts: { real: compares ? counts.real : 0, made: counts.made },
    ...(needs.includes("features") && { features: kind === "points" ? 2 : FEATURES }),
    ...(needs.includes("logits") && { classes: CLASSES }),
    labels: CLASSES,
    ...(needs.includes("modes") && { modes: ring }),
    ...(needs.includes("classifier") && { classifier }),
    ...(needs.includes("counterparts") && { input: [3, 12, 12] }),
    seed: 7,
  };
}

/** All samples of a side. */
function samplesOf({ needs }: Metric, { kind, shape }: MetricForm, side: Side): Observed {
  const size = shape.reduce((a, b) => a * b, 1);
  const random = (name: string, length: number, scale = 1) =>
    stream(11, side, name)
      .fillNormal(new Float32Array(length))
      .map((value) => scale * value);
  const values = random("values", COUNT * size, kind === "points" ? 1 : 0.3);
  const features = kind === "points" ? values : random("features", COUNT * FEATURES);
  return {
    count: COUNT,
    values,
    ...(needs.includes("labels") && { labels: Int32Array.from({ length: COUNT }, (_, i) => i % CLASSES.length) }),
    ...(needs.includes("features") && { features }),
    ...(needs.includes("logits") && { logits: random("logits", COUNT * LOGITS) }),
    ...(needs.includes("counterparts") && {
      inputs: random("inputs", COUNT * size),
      counterparts: random("counterparts", COUNT * size),
    }),
    ...(needs.includes("discriminator") && { told: Int32Array.from({ length: COUNT }, (_, i) => i % 2) }),
  };
}

/** Some of the samples. */
function part(all: Observed, start: number, count: number): Observed {
  const cut = <T extends Float32Array | Int32Array>(values: T): T => {
    const size = values.length / all.count;
    return values.slice(start * size, (start + count) * size) as T;
  };
  return {
    count,
    values: cut(all.values),
    ...(all.labels && { labels: cut(all.labels) }),
    ...(all.features && { features: cut(all.features) }),
    ...(all.logits && { logits: cut(all.logits) }),
    ...(all.inputs && { inputs: cut(all.inputs) }),
    ...(all.counterparts && { counterparts: cut(all.counterparts) }),
    ...(all.told && { told: cut(all.told) }),
  };
}

async function figuresOf(metric: Metric, batch: number) {
  const form = formFor(metric);
  const measuring = metric.begin(form, asChosen(metric).options);
  for (const side of metric.compares ? (["real", "made"] as const) : (["made"] as const)) {
    const all = samplesOf(metric, form, side);
    for (let start = 0; start < COUNT; start += batch) {
      measuring.add(side, part(all, start, Math.min(batch, COUNT - start)));
    }
  }
  return measuring.finish();
}

/** A smaller subset than usual, where a metric draws subsets that these few samples do not hold. */
const scaled = (metric: Metric): Metric => ({
  ...metric,
  options: Object.fromEntries(
    Object.entries(metric.options).map(([key, spec]) =>
      typeof spec.default === "number" && spec.default > COUNT ? [key, { ...spec, default: COUNT / 4 }] : [key, spec],
    ),
  ),
});

test("names are told apart: of metrics, and of the figures of all of them", () => {
  const names = metrics.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const figures = metrics.flatMap((metric) => Object.keys(metric.figures));
  expect(new Set(figures).size).toBe(figures.length);
  for (const name of [...names, ...figures]) expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
});

describe.each(metrics.map(scaled).map((metric) => [metric.name, metric] as const))("%s", (_, metric) => {
  test("gives the figures that it declares, each inside its interval, and says how", async () => {
    const { figures, protocol } = await figuresOf(metric, 250);
    expect(Object.keys(figures).sort()).toEqual(Object.keys(metric.figures).sort());
    for (const [name, { value, interval }] of Object.entries(figures)) {
      expect(Number.isFinite(value), name).toBe(true);
      if (interval) {
        expect(interval[0], name).toBeLessThanOrEqual(value);
        expect(interval[1], name).toBeGreaterThanOrEqual(value);
      }
    }
    expect(protocol).not.toBe("");
  });

  test("gives the same, however the samples are cut into batches", async () => {
    const [few, many] = [await figuresOf(metric, 37), await figuresOf(metric, COUNT)];
    for (const [name, { value }] of Object.entries(few.figures)) {
      expect(Math.abs(value - many.figures[name].value), name).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(value)));
    }
  });

  test("refuses too few samples in one line that says how many it takes", () => {
    const start = () => metric.begin(formFor(metric, { real: 1, made: 1 }), asChosen(metric).options);
    expect(start).toThrow(InputError);
    expect(start).toThrow(/^--count: .*--count \d+/);
  });

  test.runIf(metric.needs.includes("features"))("refuses features that are no numbers", () => {
    const form = formFor(metric);
    const measuring = metric.begin(form, asChosen(metric).options);
    const all = samplesOf(metric, form, "made");
    all.features![5] = Number.NaN;
    expect(() => measuring.add("made", all)).toThrow(InputError);
  });
});
