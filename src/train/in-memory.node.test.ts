import { describe, expect, test } from "vitest";
import { arrayDataset } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import { stream } from "../random/index.ts";
import { cpu } from "../runtime/index.node.ts";
import type { TrainEvent } from "./events.ts";
import { type InMemoryOptions, trainInMemory } from "./in-memory.node.ts";

const points = Array.from({ length: 40 }, (_, i) => stream(1, "point", i).fillNormal(new Float32Array(2)));
const dataset = arrayDataset(points, [2]);
const small: InMemoryOptions = { steps: 4, batch: 8, threads: 1, options: { hiddenG: [5], hiddenD: [5] } };

describe("a run in memory", () => {
  test("ends with the checkpoint of its last step and says what it was made from", async () => {
    const run = await trainInMemory("vanilla", dataset, { ...small, ema: 0.5 });
    expect(run.result).toMatchObject({ reason: "finished", step: 4, images: 32 });
    expect(run.checkpoint.step).toBe(4);
    expect(run.checkpoint.tensors.get("G.model.0.weight")?.shape).toEqual([5, 64]);
    expect(run.checkpoint.tensors.has("ema.G.model.0.weight")).toBe(true);
    expect(run.config).toMatchObject({ recipe: "vanilla", batch: 8, seed: 1, ema: 0.5, steps: 4, device: cpu.device });
    expect(run.config.options).toMatchObject({ hiddenG: [5], zDim: 64, lr: 2e-4 });
    expect(run.data).toMatchObject({ kind: "points", sample: [2], count: 40 });
  });

  test("is the same for the same seed, and another for another", async () => {
    const weights = async (seed: number) =>
      (await trainInMemory("vanilla", dataset, { ...small, seed })).checkpoint.tensors.get("G.model.0.weight")?.data;
    const first = await weights(1);
    expect(await weights(1)).toEqual(first);
    expect(await weights(2)).not.toEqual(first);
  });

  test("is told step by step, and ends when asked to", async () => {
    const events: TrainEvent["type"][] = [];
    const run = await trainInMemory("vanilla", dataset, {
      ...small,
      emit: ({ type }) => events.push(type),
      shouldStop: () => events.filter((type) => type === "step").length === 2,
    });
    expect(run.result).toMatchObject({ reason: "stopped", step: 2 });
    expect(run.checkpoint.step).toBe(2);
    expect(events).toEqual(["ready", "step", "step", "checkpoint"]);
  });

  test("takes its budget from epochs where those are given", async () => {
    const { steps: _, ...settings } = small;
    expect((await trainInMemory("vanilla", dataset, { ...settings, epochs: 2 })).result.step).toBe(10);
  });

  test.each([
    ["an unknown recipe", "vanila", small, 'did you mean "vanilla"?'],
    ["an unknown option", "vanilla", { ...small, options: { hiddenH: [5] } }, 'did you mean "hiddenG"?'],
    ["an option's value out of range", "vanilla", { ...small, options: { beta1: 1 } }, "--beta1: must be"],
    [
      "data of a kind the recipe does not learn",
      "acgan",
      { steps: 1 },
      "the array holds points, and acgan learns from images",
    ],
    ["fewer samples than a batch", "vanilla", { ...small, batch: 41 }, "has 40 points; batch size 41"],
  ])("refuses %s", async (_, recipe, options, message) => {
    const refused = trainInMemory(recipe, dataset, options);
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow(message);
  });
});
