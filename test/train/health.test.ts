// A NaN or infinity anywhere (weights, moments, statistics, average, data) is found within one step, named, and never saved
// over a good checkpoint.

import { describe, expect, test } from "vitest";
import type { Dataset } from "../../src/data/index.ts";
import { InputError } from "../../src/errors/index.ts";
import { type Backend, cpu } from "../../src/runtime/index.node.ts";
import { checkpointPath, compileRun, MemoryStore, type Store } from "../../src/train/index.ts";
import { expectEachStepOnce, expectSameEnd, imagesInMemory, run, smallMlp } from "./runs.ts";

const STEPS = 4;
const BROKEN = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
const config = { ...smallMlp, steps: STEPS, checkpointEvery: 1 };
const everySecond = { ...config, checkpointEvery: 2 };
const healthy = run(everySecond).then(({ store }) => store);

/** The CPU, but after run `after` of the training step one number of its state is another. */
function poisoned(array: string, element: number, value: number, after: number): Backend {
  return {
    ...cpu,
    async load(program, options) {
      const session = await cpu.load(program, options);
      if (!program.state.some(({ input }) => input === array)) return session; // the sampler's
      let runs = 0;
      return {
        ...session,
        async run(feeds) {
          const fetched = await session.run(feeds);
          if (++runs !== after) return fetched;
          const values = (await session.readState([array]))[array];
          values[element] = value;
          await session.writeState({ [array]: values });
          return fetched;
        },
      };
    },
  };
}

/** Trains into `store` and returns the error's message, which must be one a user can act on. */
async function failure(store: Store, surroundings: { backend?: Backend; dataset?: Dataset }, settings = config) {
  const error = await run(settings, { store, ...surroundings }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof InputError)) throw new Error(`expected an InputError, got ${error}`, { cause: error });
  return error.message;
}

describe.each(compileRun(config, imagesInMemory())(0).state)("in $name", ({ name, size }) => {
  test.each(BROKEN)("%d is found in the next step, and the last checkpoint stays good", async (value) => {
    for (const element of [0, size - 1]) {
      const store = new MemoryStore();
      const message = await failure(store, { backend: poisoned(name, element, value, 3) }, everySecond);
      expect(message).toMatch(/^step 4: training diverged: \S+ is (NaN|-?Infinity), and "(ema\.)?[GD]\.[\w.]+" holds/);
      expect(message).toContain("resume from the last checkpoint or start anew with a lower --lr");
      await expectEachStepOnce(store, 3);
      expect(await store.list("checkpoints")).toEqual(["step-00000002.safetensors"]);
      const [left, good] = [store, await healthy].map((each) => each.read(checkpointPath(2)));
      expect(Buffer.compare(await left, await good)).toBe(0);
    }
  });
});

test("a broken tensor is named exactly when nothing else is broken yet", async () => {
  // No gradient flows into a running mean or the average, so the poison stays where it is.
  for (const [array, tensor] of [
    ["G.buffers", "G.model.3.running_mean"],
    ["ema.G.parameters", "ema.G.model.0.weight"],
  ]) {
    const message = await failure(new MemoryStore(), { backend: poisoned(array, 0, Number.NaN, 1) }, everySecond);
    expect(message).toContain(`step 2: training diverged: ${array} is NaN, and "${tensor}" holds`);
  }
});

test("a number that breaks after its step was judged is not saved: the checkpoint is refused, naming tensor and element", async () => {
  const store = new MemoryStore();
  const message = await failure(store, { backend: poisoned("D.adam.v", 7, Number.NaN, 3) });
  expect(message).toContain('step 3: "D.adam.v.model.0.weight" holds NaN (element 7 of ');
  expect(message).toContain("the last checkpoint step-00000002 is intact");
  expect(await store.list("checkpoints")).toEqual(["step-00000001.safetensors", "step-00000002.safetensors"]);
});

test("after a divergence the run goes on from its last checkpoint to the same end", async () => {
  const store = new MemoryStore();
  await failure(store, { backend: poisoned("G.parameters", 5, Number.NaN, 3) }, everySecond);
  await run(everySecond, { store });
  await expectSameEnd(store, await healthy);
});

test.each(BROKEN)("%d in the data is found in its step and called data", async (value) => {
  const epoch = { ...config, steps: 5 };
  const dataset = imagesInMemory();
  const spoilt: Dataset = {
    ...dataset,
    async read(indices) {
      const batch = await dataset.read(indices);
      const k = Array.from(indices).indexOf(9);
      if (k >= 0 && indices.length === epoch.batch) batch.values[256 * k + 17] = value; // the grid of real images is larger
      return batch;
    },
  };
  const store = new MemoryStore();
  const message = await failure(store, { dataset: spoilt }, epoch);
  const [, step] = message.match(/^step (\d+): --data: memory gave (-?Infinity|NaN)/)!;
  expect(message).toMatch(/Check the data/);
  await expectEachStepOnce(store, Number(step) - 1);

  await run(epoch, { store, dataset });
  await expectSameEnd(store, (await run(epoch, { dataset })).store);
});

test("a learning rate that is far too high ends in the same message, not in a saved ruin", async () => {
  const wild = { ...config, steps: 50, options: { ...config.options, lr: 1e30 } };
  const store = new MemoryStore();
  expect(await failure(store, {}, wild)).toMatch(/^step \d+: training diverged: \S+ is -?(NaN|Infinity)/);
});
