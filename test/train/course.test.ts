// The course of a run: its budgets, stops, pictures, and what it says of itself.

import { describe, expect, test } from "vitest";
import { findDataset } from "../../src/data/index.ts";
import { decodePng } from "../../src/formats/index.ts";
import { type Backend, cpu } from "../../src/runtime/index.node.ts";
import { MemoryStore, type RunConfig, readJsonLines, type Store } from "../../src/train/index.ts";
import { expectSameEnd, imagesInMemory, newest, run, smallDcgan, smallMlp } from "./runs.ts";

/** A CPU on which every training step takes `seconds`, and the clock that tells. */
function slowCpu(seconds: number): { backend: Backend; clock: () => number } {
  let now = 1000;
  const backend: Backend = {
    ...cpu,
    async load(program, options) {
      const session = await cpu.load(program, options);
      if (program.state.every(({ output }) => output === undefined)) return session; // the sampler's
      return {
        ...session,
        run: (feeds) => {
          now += seconds;
          return session.run(feeds);
        },
      };
    },
  };
  return { backend, clock: () => now };
}

/** The same settings without --steps. */
function unbounded({ steps: _, ...config }: RunConfig): RunConfig {
  return config;
}

describe("a run ends", () => {
  test.each([
    // 22 images: 5 batches of 4 an epoch; DCGAN here takes two for a step
    { config: { ...unbounded(smallMlp), epochs: 2 }, steps: 10 },
    { config: { ...unbounded(smallMlp), epochs: 0.5 }, steps: 3 },
    { config: { ...unbounded(smallDcgan), epochs: 2 }, steps: 5 },
    { config: { ...smallMlp, steps: 3, epochs: 2 }, steps: 3 },
    { config: { ...smallMlp, steps: 99, epochs: 1 }, steps: 5 },
  ])("after $steps steps, when that is what --steps and --epochs ask (%#)", async ({ config, steps }) => {
    const { result, events } = await run(config);
    expect(result).toMatchObject({ reason: "finished", step: steps, images: steps * 4 });
    expect(events[0]).toMatchObject({ type: "ready", step: 0, totalSteps: steps });
    const progress = events.flatMap((event) => (event.type === "step" ? [event.progress] : []));
    expect(progress).toEqual(Array.from({ length: steps }, (_, i) => (i + 1) / steps));
  });

  test("when --minutes are over, counted over all its sessions", async () => {
    const config = { ...unbounded(smallMlp), minutes: 1 };
    const { result } = await run(config, slowCpu(10));
    expect(result).toMatchObject({ reason: "finished", step: 6, seconds: 60 });

    let steps = 0;
    const { store } = await run(config, { ...slowCpu(10), shouldStop: () => ++steps === 4 });
    const second = await run(config, { ...slowCpu(10), store });
    expect(second.result).toMatchObject({ reason: "finished", step: 6, seconds: 60 });
    expect((await readJsonLines(store, "metrics.jsonl")).map(({ seconds }) => seconds)).toEqual([
      10, 20, 30, 40, 50, 60,
    ]);
  });

  test("by whichever of --steps and --minutes comes first", async () => {
    expect((await run({ ...smallMlp, steps: 4, minutes: 1 }, slowCpu(10))).result.step).toBe(4);
    expect((await run({ ...smallMlp, steps: 40, minutes: 1 }, slowCpu(10))).result.step).toBe(6);
  });

  test("where it is told to stop, after a checkpoint, and only then when nothing bounds it", async () => {
    let steps = 0;
    const { store, result, events } = await run(unbounded(smallMlp), { shouldStop: () => ++steps === 7 });
    expect(result).toMatchObject({ reason: "stopped", step: 7 });
    expect((await newest(store)).step).toBe(7);
    expect(events[0]).toMatchObject({ type: "ready", totalSteps: undefined });
    for (const event of events) if (event.type === "step") expect(event.progress).toBeUndefined();
  });

  test("not by epochs of an endless set: that is refused with the flag, before anything is written", async () => {
    const dataset = findDataset("glyphs")!.open({ seed: 1, size: 16 });
    const store = new MemoryStore();
    await expect(run({ ...unbounded(smallMlp), epochs: 3 }, { dataset, store })).rejects.toThrow(
      "--epochs: glyphs is drawn on demand and has no epochs, got 3. Pass --steps or --minutes.",
    );
    expect(await store.list("")).toEqual([]);
  });
});

test("a stop on a step that is saved anyway saves it once", async () => {
  let steps = 0;
  const { events } = await run({ ...smallMlp, checkpointEvery: 3 }, { shouldStop: () => ++steps === 3 });
  expect(events.filter(({ type }) => type === "checkpoint")).toMatchObject([{ step: 3 }]);
});

describe("metrics.jsonl", () => {
  test.each([smallMlp, smallDcgan])(
    "has on each line step, images, epoch, seconds, losses, scores and gradient norms: $recipe",
    async (config) => {
      const { store, result } = await run(config);
      const lines = await readJsonLines(store, "metrics.jsonl");
      const names = ["gradient/D", "gradient/G", "loss/D", "loss/G", "score/fake", "score/real"];
      lines.forEach((line, i) => {
        expect(Object.keys(line)).toEqual(["step", "images", "epoch", "seconds", "imagesPerSecond", ...names]);
        expect(line).toMatchObject({ step: i + 1, images: 4 * (i + 1) });
        for (const name of names) expect(Number.isFinite(line[name]), `${name} is ${line[name]}`).toBe(true);
        for (const name of ["score/fake", "score/real"]) {
          expect(line[name]).toBeGreaterThan(0);
          expect(line[name]).toBeLessThan(1);
        }
        for (const name of ["gradient/D", "gradient/G"]) expect(line[name]).toBeGreaterThan(0);
      });
      expect(result.metrics).toEqual(Object.fromEntries(names.map((name) => [name, lines.at(-1)![name]])));
    },
  );
});

describe("pictures", () => {
  /** A store that counts how often each path is written. */
  function countingStore(): { store: Store; writes: Map<string, number> } {
    const writes = new Map<string, number>();
    const store = new MemoryStore();
    const write = store.write.bind(store);
    store.write = (path, bytes) => {
      writes.set(path, (writes.get(path) ?? 0) + 1);
      return write(path, bytes);
    };
    return { store, writes };
  }

  test("are made at every interval and at the end, and the real ones once, at the start", async () => {
    const { store, writes } = countingStore();
    const config = { ...smallMlp, steps: 5, sampleEvery: 2 };
    let steps = 0;
    await run(config, { store, shouldStop: () => ++steps === 3 });
    await run(config, { store });
    expect(await store.list("samples")).toEqual([
      "real.png",
      "step-00000002.png",
      "step-00000004.png",
      "step-00000005.png",
    ]);
    for (const name of await store.list("samples")) expect(writes.get(`samples/${name}`), name).toBe(1);
  });

  test("show the weights of their step from the same latent vectors: equal weights give equal bytes", async () => {
    // With a learning rate of 0 and no moving statistics the weights stay as they are.
    const still = { ...smallMlp, sampleEvery: 1, options: { ...smallMlp.options, lr: 0, batchNorm: false } };
    const { store } = await run(still);
    const pixels = async (step: number) =>
      decodePng(await store.read(`samples/step-0000000${step}.png`), "sample").data;
    for (const step of [2, 3, 6]) expect(Buffer.compare(await pixels(step), await pixels(1))).toBe(0);

    const moving = await run({ ...smallMlp, sampleEvery: 1 });
    const [one, six] = await Promise.all([1, 6].map((step) => moving.store.read(`samples/step-0000000${step}.png`)));
    expect(Buffer.compare(one, six)).not.toBe(0);
  });

  test("and metrics do not depend on how often pictures are made or checkpoints saved", async () => {
    const { store: rarely } = await run(smallDcgan);
    const { store: often } = await run({ ...smallDcgan, sampleEvery: 1, checkpointEvery: 1 });
    for (const name of await often.list("samples")) {
      if (!(await rarely.list("samples")).includes(name)) await often.remove(`samples/${name}`);
    }
    await expectSameEnd(often, rarely);
  });

  test("show points over the data's own, where the data are points", async () => {
    const dataset = findDataset("ring")!.open({ seed: 1 });
    const { store } = await run({ ...smallMlp, steps: 1 }, { dataset });
    for (const name of ["real.png", "step-00000001.png"]) {
      const { width, height } = decodePng(await store.read(`samples/${name}`), name);
      expect([width, height]).toEqual([384, 384]);
    }
  });
});

test("the summary counts parameters, layers, nodes and state", async () => {
  const { events } = await run({ ...smallMlp, steps: 1 }, { dataset: imagesInMemory() });
  const [ready] = events;
  if (ready.type !== "ready") throw new Error(`the first event is ${ready.type}`);
  const { networks, graph, stateSize, recipe } = ready.summary;
  expect(recipe).toBe("vanilla");
  // G: 3·8 + 8, 8·8 + 8, batch norm 2·8, 8·256 + 256; D: 256·8 + 8, 8 + 1
  const [g, d] = [32 + 72 + 16 + 2304, 2056 + 9];
  expect(networks.map(({ label, parameters }) => [label, parameters])).toEqual([
    ["G", g],
    ["D", d],
  ]);
  for (const { layers, parameters } of networks) {
    expect(layers.reduce((sum, layer) => sum + layer.parameters, 0)).toBe(parameters);
  }
  expect(networks[0].layers.map(({ path, kind }) => `${path} ${kind}`)).toEqual([
    "G.model.0 Linear",
    "G.model.1 ReLU",
    "G.model.2 Linear",
    "G.model.3 BatchNorm",
    "G.model.4 ReLU",
    "G.model.5 Linear",
    "G.model.6 Tanh",
  ]);
  expect(stateSize).toBe(4 * g + 3 * d + 16); // weights, m, v of both; G's average; running mean and variance of 8
  expect(graph.nodes).toBeGreaterThan(50);
  expect(graph.bytes).toBeGreaterThan(1000);
});
