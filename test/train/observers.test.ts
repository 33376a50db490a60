// Those who look at a run between its steps: what they measure is written down, what they find best is kept, and they may end it.

import { describe, expect, test } from "vitest";
import { type FigureSpec, measuringObserver } from "../../src/metrics/index.ts";
import { Checkpoints, MemoryStore, type Observer, readJsonLines, sha256 } from "../../src/train/index.node.ts";
import { expectSameEnd, run, smallMlp } from "./runs.ts";

const fid: FigureSpec = { title: "FID", better: "lower", about: "a distance" };
const measured = (value: number) => ({
  ...{ metric: "fid", figure: "fid", title: "FID", better: "lower" as const, value, protocol: "none" },
});

/** Measures every second step: these values, one after another. */
function scripted(values: readonly number[], options: Partial<Parameters<typeof measuringObserver>[0]> = {}) {
  let calls = 0;
  let sizes: number[] = [];
  const observer = measuringObserver({
    every: 2,
    async measure({ weights }) {
      sizes = Object.values(await weights()).map(({ length }) => length);
      return [measured(values[calls++])];
    },
    ...options,
  });
  return { observer, calls: () => calls, sizes: () => sizes };
}

const kept = { ...smallMlp, steps: 12, checkpointEvery: 2, keepCheckpoints: 2 };

describe("an observer that measures", () => {
  test("sees the weights every so many steps, and its figures join the step's line", async () => {
    const script = scripted([5, 4, 3]);
    const { store, events } = await run(smallMlp, { observers: [script.observer] });
    const lines = await readJsonLines(store, "metrics.jsonl");
    expect(lines.map((line) => line["measure/fid"])).toEqual([undefined, 5, undefined, 4, undefined, 3]);
    expect(script.sizes().every((size) => size > 0)).toBe(true);
    expect(events.filter(({ type }) => type === "remark")).toEqual(
      [5, 4, 3].map((value, i) => ({ type: "remark", step: 2 * i + 2, text: `FID ${value}` })),
    );
  });

  test("changes nothing of the training itself", async () => {
    const watched = await run(smallMlp, { observers: [scripted([1, 2, 3]).observer] });
    const alone = await run(smallMlp);
    const numbers = await readJsonLines(watched.store, "metrics.jsonl");
    const plain = numbers.map(({ "measure/fid": _, ...line }) => `${JSON.stringify(line)}\n`).join("");
    await watched.store.write("metrics.jsonl", new TextEncoder().encode(plain));
    await expectSameEnd(watched.store, alone.store);
  });

  test("keeps the best step's checkpoint beside the newest, over a resume too", async () => {
    const values = [5, 3, 4, 6, 7, 8];
    const keepBest = { name: "fid", figure: fid };
    const whole = await run(kept, { observers: [scripted(values, { keepBest }).observer] });
    expect(await new Checkpoints(whole.store, sha256).list()).toEqual([4, 10, 12]);

    const store = new MemoryStore();
    await run({ ...kept, steps: 6 }, { store, observers: [scripted(values, { keepBest }).observer] });
    await run(kept, { store, observers: [scripted(values.slice(3), { keepBest }).observer] });
    expect(await new Checkpoints(store, sha256).list()).toEqual([4, 10, 12]);
    const lines = await readJsonLines(store, "metrics.jsonl");
    expect(lines).toEqual(await readJsonLines(whole.store, "metrics.jsonl"));
  });

  test("ends the run when nothing got better for as long as was asked", async () => {
    const stopWhen = { figure: "fid", times: 2, spec: fid };
    const { result } = await run(kept, { observers: [scripted([5, 3, 4, 3.5, 1, 1], { stopWhen }).observer] });
    expect(result).toMatchObject({ reason: "finished", step: 8 });
    expect(result.ending).toBe("fid was 3 at step 4 and has not been better in 2 measurings since");
  });
});

test("observers see what those before them found", async () => {
  const first: Observer = { every: 1, step: () => ({ numbers: { one: 1 } }) };
  const second: Observer = { every: 1, step: ({ metrics }) => ({ numbers: { two: metrics.one + 1 } }) };
  const { store } = await run({ ...smallMlp, steps: 1 }, { observers: [first, second] });
  expect(await readJsonLines(store, "metrics.jsonl")).toMatchObject([{ one: 1, two: 2 }]);
});

test("observers may ask for any array of the state, what no sampler takes among them", async () => {
  const found: Record<string, Float32Array>[] = [];
  const observer: Observer = {
    every: 1,
    async step({ state }) {
      found.push(await state(["D.parameters", "D.adam.m", "ema.G.parameters", "nobody's"]));
      return undefined;
    },
  };
  const { store } = await run({ ...smallMlp, steps: 2 }, { observers: [observer] });
  expect(found.map((arrays) => Object.keys(arrays).sort())).toEqual(
    [1, 2].map(() => ["D.adam.m", "D.parameters", "ema.G.parameters"]),
  );
  const { tensors } = await new Checkpoints(store, sha256).load(2);
  const saved = [...tensors].filter(([name]) => /^D\.model\./.test(name));
  expect(saved.flatMap(([, { data }]) => [...(data as Float32Array)])).toEqual([...found[1]["D.parameters"]]);
  expect(found[0]["D.parameters"]).not.toEqual(found[1]["D.parameters"]);
});
