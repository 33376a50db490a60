// What a run is put together from: feeds, first values, the way from arrays to tensors and back, the sampler, run.json.

import { describe, expect, test } from "vitest";
import { InputError } from "../../src/errors/index.ts";
import { encodeUtf8 } from "../../src/formats/index.ts";
import { findRecipe } from "../../src/recipes/index.ts";
import { cpu } from "../../src/runtime/index.node.ts";
import {
  arraysOf,
  compileRun,
  describeData,
  type Feed,
  fillFeeds,
  initialState,
  MemoryStore,
  openSampler,
  readRun,
  samplerWeights,
  tensorsOf,
  writeRun,
} from "../../src/train/index.ts";
import { expectClose, expectSameBits } from "../close.ts";
import { imagesInMemory, newest, run, smallDcgan, smallMlp } from "./runs.ts";

describe("feeds", () => {
  const feeds: Feed[] = [
    { name: "real/0", shape: [2], source: { kind: "data", stream: "all", batch: 0, field: "x" } },
    { name: "normal/0", shape: [500], source: { kind: "normal" } },
    { name: "normal/1", shape: [500], source: { kind: "normal" } },
    { name: "uniform/0", shape: [500], source: { kind: "uniform", low: -1, high: 3 } },
    { name: "real/1", shape: [2], source: { kind: "data", stream: "all", batch: 1, field: "x" } },
    {
      name: "schedule/0",
      shape: [],
      source: { kind: "schedule", schedule: (t) => t, turn: { update: 0, times: 3, repeat: 0 } },
    },
    {
      name: "schedule/1",
      shape: [],
      source: { kind: "schedule", schedule: (t) => t, turn: { update: 0, times: 3, repeat: 2 } },
    },
  ];
  const fill = async (iteration: number, seed = 1) => {
    let batches = 0;
    return fillFeeds(feeds, { seed, iteration }, async () => ({ x: Float32Array.of(++batches, iteration) }));
  };

  test("are a pure function of seed, iteration and name", async () => {
    expect(await fill(7)).toEqual(await fill(7));
    const [seven, eight, other] = [await fill(7), await fill(8), await fill(7, 2)];
    for (const name of ["normal/0", "normal/1", "uniform/0"]) {
      expect(seven[name], name).not.toEqual(eight[name]);
      expect(seven[name], name).not.toEqual(other[name]);
    }
    expect(seven["normal/0"]).not.toEqual(seven["normal/1"]);
  });

  test("take batches of data in the order of the inputs, and numbers from their own ranges", async () => {
    const filled = await fill(7);
    expect([...filled["real/0"], ...filled["real/1"]]).toEqual([1, 7, 2, 7]);
    expect(Math.min(...filled["uniform/0"])).toBeGreaterThanOrEqual(-1);
    expect(Math.min(...filled["uniform/0"])).toBeLessThan(-0.9);
    expect(Math.max(...filled["uniform/0"])).toBeLessThan(3);
    expect(Math.max(...filled["uniform/0"])).toBeGreaterThan(2.9);
  });

  test("count a schedule's updates over iterations and repeats: t = iteration · times + repeat + 1", async () => {
    const at = async (iteration: number) => [
      (await fill(iteration))["schedule/0"][0],
      (await fill(iteration))["schedule/1"][0],
    ];
    expect([await at(0), await at(1), await at(10)]).toEqual([
      [1, 3],
      [4, 6],
      [31, 33],
    ]);
  });
});

describe("the state", () => {
  const compiled = compileRun(smallDcgan, imagesInMemory())(0);
  const values = initialState(compiled.state, 1);

  test("starts from the seed alone: moments at zero, the average at its weights, each variable by its own stream", () => {
    expect(values).toEqual(initialState(compiled.state, 1));
    expect(values["G.parameters"]).not.toEqual(initialState(compiled.state, 2)["G.parameters"]);
    for (const name of Object.keys(values).filter((array) => array.includes(".adam."))) {
      expect(
        values[name].every((value) => value === 0),
        name,
      ).toBe(true);
    }
    expectSameBits(values["ema.G.parameters"], values["G.parameters"]);
    const tensors = tensorsOf(compiled.state, values);
    const [first, second] = ["G.main.0.weight", "D.main.0.weight"].map(
      (name) => tensors.get(name)!.data as Float32Array,
    );
    expect(first.subarray(0, 8)).not.toEqual(second.subarray(0, 8));
    expect([...(tensors.get("D.main.3.running_var")!.data as Float32Array)]).toEqual(Array(8).fill(1));
  });

  test("goes to tensors by name and comes back, bit by bit", () => {
    const tensors = tensorsOf(compiled.state, values);
    expect(tensors.get("G.adam.m.main.0.weight")!.shape).toEqual([6, 8, 4, 4]);
    expect(arraysOf(compiled.state, tensors, "here")).toEqual(values);
  });

  test("is refused when a tensor is missing or has another shape or type, naming file and tensor", () => {
    const changed = (change: (tensors: ReturnType<typeof tensorsOf>) => void) => {
      const tensors = tensorsOf(compiled.state, values);
      change(tensors);
      return () => arraysOf(compiled.state, tensors, "file.safetensors");
    };
    const missing = changed((tensors) => tensors.delete("D.main.0.weight"));
    expect(missing).toThrow(InputError);
    expect(missing).toThrow('file.safetensors: has no tensor "D.main.0.weight". It is of another network.');
    const data = new Float32Array(16);
    const wide = changed((tensors) => tensors.set("D.main.0.weight", { shape: [1, 1, 4, 4], data }));
    expect(wide).toThrow('"D.main.0.weight" is [1, 1, 4, 4], this run needs float32 [4, 1, 4, 4]');
    const whole = changed((tensors) =>
      tensors.set("D.main.0.weight", { shape: [4, 1, 4, 4], data: new Int32Array(64) }),
    );
    expect(whole).toThrow(InputError);
  });
});

describe("the sampler", () => {
  const options = {
    recipe: findRecipe("dcgan"),
    options: smallDcgan.options,
    data: { kind: "images", sample: [1, 16, 16], classes: [] },
  } as const;
  const trained = run({ ...smallDcgan, steps: 3 }).then(async ({ store }) =>
    arraysOf(compileRun(smallDcgan, imagesInMemory())(0).state, (await newest(store)).tensors, "trained"),
  );
  const open = async (chunk: number, ema = true) => {
    const state = await trained;
    return openSampler(options, { backend: cpu, threads: 1, chunk }, async () => samplerWeights(state, { ema }));
  };

  test("draws latent vectors that depend on seed and place alone: fewer are the first of more", async () => {
    const sampler = await open(4);
    const { z: many } = sampler.latent(9, 3);
    expectSameBits(sampler.latent(4, 3).z, many.subarray(0, 4 * 6));
    expectSameBits(sampler.latent(4, 3, 5).z, many.subarray(5 * 6));
    expect(sampler.latent(9, 4).z).not.toEqual(many);
    expect(many.every((value) => value >= -1 && value < 1)).toBe(true); // this run's prior is uniform
    await sampler.close();
  });

  test("makes the same samples whatever its chunk, each by itself", async () => {
    const [five, sixteen] = [await open(5), await open(16)];
    const { z } = five.latent(12, 1);
    const all = await sixteen.generate({ z });
    expect(all.length).toBe(12 * 256);
    expectClose(await five.generate({ z }), all, { atol: 1e-6 }, "in chunks of 5");
    expectClose(
      await five.generate({ z: z.subarray(6 * 7, 6 * 8) }),
      all.subarray(256 * 7, 256 * 8),
      { atol: 1e-6 },
      "one",
    );
    expect(await five.generate({ z: new Float32Array() })).toEqual(new Float32Array());
    for (const sampler of [five, sixteen]) await sampler.close();
  });

  test("uses the average where there is one, and the weights themselves when told so", async () => {
    const [average, own] = [await open(4, true), await open(4, false)];
    const z = average.latent(4, 1);
    const [a, b] = [await average.generate(z), await own.generate(z)];
    expect(a).not.toEqual(b);

    const { "ema.G.parameters": smooth, ...without } = await trained;
    const state: Record<string, Float32Array> = { ...without, "ema.G.parameters": smooth };
    expect(samplerWeights(state, { ema: true })["G.parameters"]).toBe(smooth);
    expect(samplerWeights(state, { ema: true })["G.buffers"]).toBe(state["G.buffers"]);
    expect(samplerWeights(state, { ema: false })["G.parameters"]).toBe(state["G.parameters"]);
    expect(samplerWeights(without, { ema: true })["G.parameters"]).toBe(state["G.parameters"]);
    for (const sampler of [average, own]) await sampler.close();
  });
});

describe("run.json", () => {
  const record = {
    config: { ...smallMlp, data: "Blumen/日本" },
    data: describeData(imagesInMemory()),
    versions: { ganforge: "0.1.0" },
  };

  test("holds a run's record as it was written", async () => {
    const store = new MemoryStore();
    await writeRun(store, record);
    expect(await readRun(store)).toMatchObject(record);
  });

  test.each([
    { what: "is missing", text: undefined, message: "memory: not a run folder, it has no run.json" },
    { what: "is cut short", text: '{"format": "ganforge-', message: "memory/run.json" },
    {
      what: "is of another program",
      text: '{"format": "other"}',
      message: '(its format is "other", not "ganforge-run")',
    },
    { what: "is no object", text: "[1, 2]", message: "memory/run.json: not a ganforge run" },
    {
      what: "is of a newer version",
      text: '{"format": "ganforge-run", "version": 2}',
      message: "version 2, this ganforge reads up to 1. Update ganforge.",
    },
    {
      what: "lacks its settings",
      text: '{"format": "ganforge-run", "version": 1, "data": {}, "versions": {}}',
      message: "config, data or versions is missing",
    },
  ])("that $what is refused in one line", async ({ text, message }) => {
    const store = new MemoryStore();
    if (text !== undefined) await store.write("run.json", encodeUtf8(text));
    const error: unknown = await readRun(store).catch((reason: unknown) => reason);
    if (!(error instanceof InputError)) throw new Error(`expected an InputError, got ${error}`);
    expect(error.message).toContain(message);
    expect(error.message).not.toContain("\n");
  });
});
