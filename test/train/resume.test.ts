// Interrupting a run anywhere and resuming it gives the same bits as never having stopped.

import { describe, expect, test } from "vitest";
import { checkpointPath, readJsonLines } from "../../src/train/index.ts";
import {
  copyOf,
  expectEachStepOnce,
  expectSameEnd,
  expectSameFiles,
  imagesInMemory,
  newest,
  run,
  smallDcgan,
  smallMlp,
} from "./runs.ts";

// An epoch is ⌊images / 4⌋ batches. DCGAN takes two a step, so that its epochs of 5 batches end in the middle of steps.
describe.each([
  {
    name: "dcgan with flips, EMA, batch norm and two steps of D",
    config: smallDcgan,
    images: 22,
    perStep: 2,
    steps: 8,
  },
  { name: "vanilla with batch norm, G first", config: smallMlp, images: 15, perStep: 1, steps: 9 },
])("three epochs of $name", ({ config, images, perStep, steps }) => {
  const dataset = imagesInMemory(images);
  const { steps: _, ...rest } = config;
  const everyStep = { ...rest, epochs: 3, checkpointEvery: 1, sampleEvery: 4 };

  test(`give the same bits when resumed from each of their ${steps} steps`, async () => {
    const { store: whole, result } = await run(everyStep, { dataset });
    expect(result).toMatchObject({ reason: "finished", step: steps, images: steps * 4 });
    await expectEachStepOnce(whole, steps);
    const { tensors } = await newest(whole);
    for (const part of ["G.adam.m", "D.adam.v", "ema.G", "G."]) {
      expect(
        [...tensors.keys()].some((name) => name.startsWith(part)),
        part,
      ).toBe(true);
    }
    expect([...tensors.keys()].some((name) => name.endsWith("running_var"))).toBe(true);

    for (let step = 1; step < steps; step++) {
      // As a kill leaves it that came later than this checkpoint: metrics and pictures are of steps that will be made again.
      const interrupted = await copyOf(whole);
      for (let later = step + 1; later <= steps; later++) await interrupted.remove(checkpointPath(later));
      const { events } = await run(everyStep, { dataset, store: interrupted });
      expect(events[0]).toMatchObject({ type: "ready", step });
      await expectSameEnd(interrupted, whole);
    }
  });

  test("are the same in one go or in many, with a stop after every step", async () => {
    const { store: whole } = await run(everyStep, { dataset });
    let store = (await run(everyStep, { dataset, shouldStop: () => true })).store;
    for (let sessions = 1; sessions < steps; sessions++) {
      store = await copyOf(store);
      await run(everyStep, { dataset, store, shouldStop: () => true });
    }
    await run(everyStep, { dataset, store });
    await expectSameEnd(store, whole);
  });

  test("say at each step which epoch they are in", async () => {
    const { store } = await run(everyStep, { dataset });
    const epochs = (await readJsonLines(store, "metrics.jsonl")).map(({ epoch }) => epoch);
    const perEpoch = Math.floor(images / 4);
    expect(epochs).toEqual(Array.from({ length: steps }, (_, step) => Math.floor((step * perStep) / perEpoch)));
  });
});

test.each([2, 4])("%i threads give the bits of one", async (threads) => {
  // Wide enough that ONNX Runtime divides the work.
  const wide = { ...smallDcgan, options: { ...smallDcgan.options, width: 32, zDim: 100 }, batch: 16, steps: 3 };
  const dataset = imagesInMemory(64);
  const { store: one } = await run({ ...wide, threads: 1 }, { dataset });
  const { store: many } = await run({ ...wide, threads }, { dataset });
  await expectSameEnd(many, one);
});

test("another seed gives another run", async () => {
  const [one, two] = [await run(smallMlp), await run({ ...smallMlp, seed: 6 })];
  await expect(expectSameEnd(two.store, one.store)).rejects.toThrow();
});

test("a finished run that is resumed stays as it is; with more steps it goes on as if it had never ended", async () => {
  const { store, result } = await run(smallMlp);
  const before = await copyOf(store);
  const again = await run(smallMlp, { store });
  expect(again.result).toMatchObject({ reason: "finished", step: result.step });
  await expectSameFiles(store, before);

  const longer = { ...smallMlp, steps: 10, sampleEvery: 2 };
  const { store: whole } = await run(longer);
  const { store: first } = await run({ ...smallMlp, sampleEvery: 2 });
  await run(longer, { store: first });
  await expectSameEnd(first, whole);
});
