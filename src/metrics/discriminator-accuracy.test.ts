import { expect, test } from "vitest";
import { InputError } from "../errors/index.ts";
import { discriminatorAccuracy } from "./discriminator-accuracy.ts";
import type { MetricForm } from "./metric.ts";
import { wilson } from "./proportion.ts";

const form: MetricForm = {
  ...{ kind: "images", shape: [1, 1, 1], counts: { real: 5, made: 0 }, labels: ["a", "b"], seed: 1 },
};

async function measured(labels: readonly number[], told: readonly number[]) {
  const measuring = discriminatorAccuracy.begin(form, {});
  const count = labels.length;
  const observed = { count, values: new Float32Array(count), labels: Int32Array.from(labels) };
  measuring.add("real", { ...observed, told: Int32Array.from(told) });
  return measuring.finish();
}

test("is the share of classes that D tells, with Wilson's interval", async () => {
  const { figures, protocol } = await measured([0, 1, 1, 0, 1], [0, 1, 0, 0, 0]);
  expect(figures["discriminator-accuracy"]).toEqual({ value: 0.6, interval: wilson(3, 5) });
  expect(protocol).toContain("5 real samples");
});

test("samples without a label count for nothing", async () => {
  const { figures } = await measured([-1, 1, -1, 0, -1], [0, 1, 1, 1, 0]);
  expect(figures["discriminator-accuracy"]).toEqual({ value: 0.5, interval: wilson(1, 2) });
});

test("of no labelled samples there is no figure", async () => {
  await expect(measured([-1, -1], [0, 1])).rejects.toThrow(InputError);
});
