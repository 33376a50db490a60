// Several steps in one run of the engine: the same training in fewer calls, cut wherever somebody looks at the state.

import { expect, test } from "vitest";
import { type Backend, cpu } from "../../src/runtime/index.node.ts";
import type { Observer } from "../../src/train/index.node.ts";
import { expectEachStepOnce, expectSameEnd, imagesInMemory, run, smallDcgan, smallMlp } from "./runs.ts";

/** The CPU, telling how many steps each run of a training program made. */
function counted(): { backend: Backend; runs: number[] } {
  const runs: number[] = [];
  const backend: Backend = {
    ...cpu,
    async load(program, options) {
      const session = await cpu.load(program, options);
      const reals = program.feeds.filter(({ name }) => /(^|\/)real\/0$/.test(name)).length;
      return {
        ...session,
        run(feeds) {
          if (reals > 0) runs.push(reals);
          return session.run(feeds);
        },
      };
    },
  };
  return { backend, runs };
}

const long = { ...smallDcgan, steps: 11 };

test("four at a time are the same training, bit by bit, and what is left over is made one by one", async () => {
  const { backend, runs } = counted();
  const packed = await run({ ...long, stepsPerRun: 4 }, { backend });
  expect(runs).toEqual([4, 4, 1, 1, 1]);
  const { store } = await run(long);
  await expectSameEnd(packed.store, store);
  await expectEachStepOnce(packed.store, 11);
});

test("they end where a picture, a checkpoint or an observer looks at the state, which is as it would have been", async () => {
  const look = (found: unknown[]): Observer => ({
    every: 3,
    async step({ step, state }) {
      if (step % 3 === 0) found.push([step, await state(["G.parameters", "D.adam.m"])]);
      return undefined;
    },
  });
  const config = { ...smallMlp, steps: 12, sampleEvery: 4, checkpointEvery: 5 };
  const [packed, alone]: unknown[][] = [[], []];
  const { backend, runs } = counted();
  const { store } = await run({ ...config, stepsPerRun: 2 }, { backend, observers: [look(packed)] });
  // Somebody looks after 3, 4, 5, 6, 8, 9, 10 and 12.
  expect(runs).toEqual([2, 1, 1, 1, 1, 2, 1, 1, 2]);
  await expectSameEnd(store, (await run(config, { observers: [look(alone)] })).store);
  expect(packed).toHaveLength(4);
  expect(packed).toEqual(alone);
});

test("a step among them that breaks is named, and those before it are in the log", async () => {
  const dataset = imagesInMemory(16);
  let reads = 0;
  const spoilt = {
    ...dataset,
    async read(indices: ArrayLike<number>) {
      const batch = await dataset.read(indices);
      if (++reads === 7) batch.values[3] = Number.NaN;
      return batch;
    },
  };
  const lines: unknown[] = [];
  const training = run(
    { ...smallMlp, steps: 8, stepsPerRun: 4 },
    { dataset: spoilt, onEvent: (event) => event.type === "step" && lines.push(event.step) },
  );
  await expect(training).rejects.toThrow(/^step \d: --data: memory gave NaN\. Nothing of the step was saved/);
  const [, step] = /^step (\d)/.exec(await training.catch(({ message }) => message))!;
  expect(lines).toEqual(Array.from({ length: Number(step) - 1 }, (_, i) => i + 1));
});
