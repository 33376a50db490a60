// Training runs for tests: small configurations, a finite set in memory, a run to its end, and the comparison of two runs bit by bit.

import { expect } from "vitest";
import type { Dataset } from "../../src/data/index.ts";
import { stream } from "../../src/random/index.ts";
import { findRecipe } from "../../src/recipes/index.ts";
import { type Backend, cpu } from "../../src/runtime/index.node.ts";
import {
  type Checkpoint,
  Checkpoints,
  MemoryStore,
  type Observer,
  type RunConfig,
  readJsonLines,
  type Store,
  sha256,
  type TrainEvent,
  type TrainResult,
  train,
} from "../../src/train/index.node.ts";
import { expectSameBits } from "../close.ts";

/** A DCGAN of 16 × 16 pixels with everything that has to survive a kill: batch norm, EMA, flips, two steps of D, L2. */
export const smallDcgan: RunConfig = {
  ...settings("dcgan", { zDim: 6, width: 4, dSteps: 2, weightDecay: 0.01, prior: "uniform" }),
  flip: true,
};

/** The MLP game with batch norm in G, which moves first. */
export const smallMlp: RunConfig = settings("vanilla", {
  zDim: 3,
  hiddenG: [8, 8],
  hiddenD: [8],
  batchNorm: true,
  order: "g-first",
  lr: 0.01,
});

export function settings(recipe: string, options: RunConfig["options"]): RunConfig {
  const defaults = Object.entries(findRecipe(recipe).options).map(([key, spec]) => [key, spec.default]);
  return {
    recipe,
    options: { ...Object.fromEntries(defaults), ...options },
    data: "memory",
    flip: false,
    crop: "center",
    batch: 4,
    seed: 5,
    steps: 6,
    device: "cpu",
    threads: 1,
    sampleEvery: 1000,
    checkpointEvery: 1000,
    keepCheckpoints: 100,
    ema: 0.9,
  };
}

/** `count` images of noise, the same at each reading. */
export function imagesInMemory(count = 22, { fingerprint = "noise 1" } = {}): Dataset {
  const shape = [1, 16, 16];
  return {
    spec: "memory",
    kind: "images",
    shape,
    count,
    classes: [],
    fingerprint,
    problems: [],
    async read(indices) {
      const values = new Float32Array(indices.length * 256);
      for (let k = 0; k < indices.length; k++) {
        stream(3, "image", indices[k]).fillUniform(values.subarray(256 * k, 256 * (k + 1)), -1, 1);
      }
      return { values, labels: new Int32Array(indices.length).fill(-1) };
    },
    async close() {},
  };
}

export interface Surroundings {
  readonly store?: Store;
  readonly backend?: Backend;
  readonly dataset?: Dataset;
  readonly clock?: () => number;
  readonly shouldStop?: () => boolean;
  readonly observers?: readonly Observer[];
  readonly onEvent?: (event: TrainEvent) => void;
}

/** Trains until the run ends; time stands still unless a clock is given. */
export async function run(
  config: RunConfig,
  { store = new MemoryStore(), backend = cpu, dataset = imagesInMemory(), onEvent, ...rest }: Surroundings = {},
): Promise<{ store: Store; result: TrainResult; events: TrainEvent[] }> {
  const events: TrainEvent[] = [];
  const emit = (event: TrainEvent) => {
    events.push(event);
    onEvent?.(event);
  };
  const result = await train(config, { store, backend, dataset, sha256, clock: () => 0, emit, ...rest });
  return { store, result, events };
}

/** Everything in a store, by path. */
export async function filesOf(store: Store, folder = ""): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const inner of ["", "samples", "checkpoints"].filter((name) => folder === "" || name === folder)) {
    for (const name of await store.list(inner)) {
      const path = inner === "" ? name : `${inner}/${name}`;
      files.set(path, await store.read(path));
    }
  }
  return files;
}

/** A store with the same files. */
export async function copyOf(store: Store): Promise<MemoryStore> {
  const copy = new MemoryStore();
  for (const [path, bytes] of await filesOf(store)) await copy.write(path, bytes);
  return copy;
}

export async function newest(store: Store): Promise<Checkpoint> {
  const checkpoint = await new Checkpoints(store, sha256).latest();
  if (checkpoint === undefined) throw new Error("the run has no checkpoint");
  return checkpoint;
}

/** Fails unless two runs ended with the same bits: every tensor of the newest checkpoint, every line of metrics, every picture. */
export async function expectSameEnd(actual: Store, expected: Store): Promise<void> {
  const [a, b] = [await newest(actual), await newest(expected)];
  expect(a.step).toBe(b.step);
  expect([...a.tensors.keys()]).toEqual([...b.tensors.keys()]);
  for (const [name, { data }] of b.tensors) {
    expectSameBits(a.tensors.get(name)!.data as Float32Array, data as Float32Array, name);
  }
  expect(a.state).toEqual(b.state);
  expect(await readJsonLines(actual, "metrics.jsonl")).toEqual(await readJsonLines(expected, "metrics.jsonl"));
  await expectSameFiles(actual, expected, "samples");
}

/** Fails unless the stores hold the same files, byte for byte; of one folder, where one is named. */
export async function expectSameFiles(actual: Store, expected: Store, folder = ""): Promise<void> {
  const digests = async (store: Store) =>
    Object.fromEntries([...(await filesOf(store, folder))].map(([path, bytes]) => [path, sha256([bytes])]));
  expect(await digests(actual)).toEqual(await digests(expected));
}

/** Fails unless metrics.jsonl has each step from 1 to `steps` once, in order. */
export async function expectEachStepOnce(store: Store, steps: number): Promise<void> {
  const lines = await readJsonLines(store, "metrics.jsonl");
  expect(lines.map(({ step }) => step)).toEqual(Array.from({ length: steps }, (_, i) => i + 1));
}
