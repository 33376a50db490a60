// Whole training iterations against PyTorch: a recipe compiled as the trainer compiles it, run by a backend from recorded
// weights on recorded data and noise, and every number of its state compared after the last iteration. See record.py.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { SampleForm } from "../../src/data/index.ts";
import { readSafetensors, type SafeTensor } from "../../src/formats/index.ts";
import { NCHWC } from "../../src/onnx/index.ts";
import { findRecipe, type OptionValue } from "../../src/recipes/index.ts";
import { type Backend, withPlainLowering } from "../../src/runtime/index.ts";
import {
  arraysOf,
  compileStep,
  compileVariants,
  fillFeeds,
  initialState,
  METRICS,
  tensorsOf,
} from "../../src/train/index.ts";
import { expectClose, type Tolerance } from "../close.ts";

/** A recorded file, and the recipe and options that play the same game. */
export interface Recorded {
  readonly recipe: string;
  readonly options: Readonly<Record<string, OptionValue>>;
  readonly data: SampleForm;
  readonly batch: number;
  /** Decay of the moving average; 0 keeps none. */
  readonly ema?: number;
  /** The metrics that the file's "losses" hold for each iteration, in order (default: those of D and G). */
  readonly losses?: readonly string[];
  /** State tensors whose true gradient is 0, and how far rounding can take them apart. */
  readonly noise?: Readonly<Record<string, number>>;
}

export interface ParityTolerances {
  readonly losses: Tolerance;
  /** For each tensor of the state. */
  readonly state: Tolerance;
  /** For how far each tensor moved. */
  readonly movement: Tolerance;
}

/** Losses 1e-4, updated tensors 1e-4 in relative norm. */
export const parity: ParityTolerances = {
  losses: { rtol: 1e-4, atol: 1e-6 },
  state: { norm: 1e-4 },
  movement: { norm: 1e-3 },
};

type Tensors = ReadonlyMap<string, SafeTensor>;

/** Runs each recorded file, by its name without ".safetensors", on the backend. */
export function testParity(
  files: Readonly<Record<string, Recorded>>,
  backend: Backend,
  tolerances: ParityTolerances = parity,
): void {
  describe.each(Object.entries(files))(`%s on ${backend.device}`, async (file, recorded) => {
    const golden = readSafetensors(readFileSync(new URL(`${file}.safetensors`, import.meta.url)), file).tensors;
    const kept = [...golden.keys()].filter((key) => /^(final|adam|slot|ema)\./.test(key));
    const { noise = {} } = recorded;
    const { start, end, losses, isBlocked } = await replay(recorded, golden, backend);

    test("every loss of every iteration is PyTorch's", () => {
      expectClose(losses, numbersOf(golden, "losses"), tolerances.losses, "losses");
    });

    test("the state holds the tensors that PyTorch's networks and optimizers hold, under the same paths", () => {
      expect([...end.keys()].sort()).toEqual(kept.map(stateName).sort());
    });

    const compareState = (key: string, end: Tensors) => {
      const name = stateName(key);
      const [ours, theirs, before] = [numbersOf(end, name), numbersOf(golden, key), numbersOf(start, name)];
      if (noise[name] !== undefined) return expectClose(ours, theirs, { atol: noise[name] }, key);
      const moved = (after: Float32Array) => after.map((value, i) => value - before[i]);
      expect(end.get(name)?.shape).toEqual(golden.get(key)?.shape);
      expectClose(ours, theirs, tolerances.state, key);
      expectClose(moved(ours), moved(theirs), tolerances.movement, `${key}, how far it moved`);
    };
    for (const key of kept) {
      const kind = noise[stateName(key)] === undefined ? ", and moved as PyTorch's did" : " but for rounding noise";
      test(`${key} is PyTorch's${kind}`, () => compareState(key, end));
    }

    test.runIf(isBlocked)("so is all of it with plain operators", async () => {
      const plain = await replay(recorded, golden, withPlainLowering(backend));
      expect(plain.isBlocked).toBe(false);
      expectClose(plain.losses, numbersOf(golden, "losses"), tolerances.losses, "losses");
      for (const key of kept) compareState(key, plain.end);
    });
  });
}

/** Runs the recorded iterations from the recorded start: the state before and after, and each iteration's losses. */
async function replay(
  { recipe: name, options, data, batch, ema = 0, losses: watched = ["loss/D", "loss/G"] }: Recorded,
  golden: Tensors,
  backend: Backend,
) {
  const recipe = findRecipe(name);
  const defaults = Object.fromEntries(Object.entries(recipe.options).map(([key, spec]) => [key, spec.default]));
  const step = { recipe, options: { ...defaults, ...options }, data, batch, ema, lowering: await backend.lowering() };
  const compile = compileVariants((iteration) => compileStep({ ...step, iteration }));
  const { state: arrays } = compile(0);
  const start = startOf(golden, tensorsOf(arrays, initialState(arrays, 1)));
  let state: Record<string, Float32Array> = arraysOf(arrays, start, "start");
  const turns: number[] = compile(0)
    .updatesAt(0)
    .map(() => 0);
  const losses: number[] = [];
  const [iterations] = golden.get("losses")!.shape;
  for (let iteration = 0; iteration < iterations; iteration++) {
    const compiled = compile(iteration);
    const moment = { seed: 1, iteration, turnsBefore: (update: number) => turns[update] };
    const drawn = await fillFeeds(compiled.feeds, moment, async () => ({}));
    for (const { name, source } of compiled.feeds) {
      if ("schedule" in source) continue;
      drawn[name] = numbersOf(golden, `iteration${iteration}.${name}`);
    }
    const session = await backend.load(compiled.program, { threads: 1 });
    const held = new Set(compiled.program.state.map(({ input }) => input));
    await session.writeState(Object.fromEntries(Object.entries(state).filter(([array]) => held.has(array))));
    const metrics = (await session.run(drawn))[METRICS];
    const places = watched.map((loss) => compiled.metrics.indexOf(loss)).filter((place) => place >= 0); // an update may rest
    losses.push(...places.map((place) => metrics[place]));
    state = { ...state, ...(await session.readState()) };
    await session.close();
    compiled.updatesAt(iteration).forEach((active, update) => {
      if (active) turns[update]++;
    });
  }
  const isBlocked = Buffer.from(compile(0).program.model).includes(NCHWC);
  return { start, end: tensorsOf(arrays, state), losses, isBlocked };
}

/** The state before the first iteration: recorded weights, their copies as the average, and the rest at zero. */
function startOf(golden: Tensors, all: Tensors): Tensors {
  return new Map(
    [...all].map(([name, { shape, data }]): [string, SafeTensor] => {
      const recorded = golden.get(`init.${name.replace(/^ema\./, "")}`);
      return [name, recorded ?? { shape, data: new Float32Array(data.length) }];
    }),
  );
}

/**
 * final.G.main.0.weight → G.main.0.weight, adam.G.m.main.0.weight → G.adam.m.main.0.weight,
 * slot.rmsprop.G.square.main.0.weight → G.rmsprop.square.main.0.weight, ema.G.… as it is.
 */
function stateName(key: string): string {
  return key
    .replace(/^final\./, "")
    .replace(/^adam\.(\w+)\./, "$1.adam.")
    .replace(/^slot\.(\w+)\.(\w+)\./, "$2.$1.");
}

function numbersOf(tensors: Tensors, name: string): Float32Array {
  const data = tensors.get(name)?.data;
  if (!(data instanceof Float32Array)) throw new Error(`no float32 tensor "${name}"`);
  return data;
}
