import { expect, test } from "vitest";
import { InputError } from "../errors/index.ts";
import { augmentation } from "./augmentation.ts";
import type { Observed, TrainClassifier } from "./metric.ts";

/** Says of every image the class that most of the images it learned from have; of equal numbers the first. */
const majority: TrainClassifier = async (_, labels) => {
  const bright = labels.reduce((sum, label) => sum + label, 0);
  return {
    classes: async (others) => new Int32Array(others.length).fill(2 * bright > labels.length ? 1 : 0),
    async close() {},
  };
};

/** Images [1, 1, 1] with these labels. */
const labelled = (labels: readonly number[]): Observed => ({
  count: labels.length,
  values: Float32Array.from(labels),
  labels: Int32Array.from(labels),
});

const many = (count: number, label: number) => Array.from({ length: count }, () => label);

async function measured(real: readonly number[], made: readonly number[], few = 1) {
  const form = {
    ...{ kind: "images" as const, shape: [1, 1, 1], labels: ["dark", "bright"], seed: 1, classifier: majority },
    counts: { real: real.length, made: made.length },
  };
  const measuring = augmentation.begin(form, { few });
  measuring.add("real", labelled(real));
  measuring.add("made", labelled(made));
  return measuring.finish();
}

test("learns from the first few real samples with made ones and without, and is tried on the other real ones", async () => {
  // Of the two learned both are dark, of the forty held out thirty are bright: only the made ones tell.
  const real = [0, 0, ...many(30, 1), ...many(10, 0)];
  const { figures, protocol } = await measured(real, many(20, 1));
  expect(figures.augmented.value).toBe(0.75);
  expect(figures.unaugmented.value).toBe(0.25);
  expect(protocol).toBe("2 real, with 20 made and without; tried on 40 real");
});

test("refuses too few real samples", async () => {
  await expect(measured(many(21, 0), many(20, 1))).rejects.toThrow(InputError);
  await expect(measured(many(21, 0), many(20, 1))).rejects.toThrow("--count: augmentation needs at least 22 real");
});
