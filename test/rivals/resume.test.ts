// What a checkpoint brings back. The device notes what it is fed and the state it begins with: of a run that never stopped, and of one
// that was cut after its third step, in the middle of an epoch, and resumed.

import { beforeAll, describe, expect, test } from "vitest";
import { runSession, type SessionRequest } from "../../src/cli/session.node.ts";
import type { Dataset } from "../../src/data/index.ts";
import {
  asChosen,
  defaultExtractor,
  findMetric,
  measure,
  type RealMemory,
  type Samples,
} from "../../src/metrics/index.node.ts";
import { stream } from "../../src/random/index.ts";
import { findRecipe } from "../../src/recipes/index.ts";
import { type Arrays, cpu } from "../../src/runtime/index.node.ts";
import { checkpointPath, type RunConfig } from "../../src/train/index.ts";
import { expectClose, expectSameBits } from "../close.ts";
import { temporaryFolder } from "../data/fixtures.ts";
import { noiseDataset } from "../recipes/noise-data.ts";
import { copyOf, imagesInMemory, newest, run, settings, smallDcgan } from "../train/runs.ts";
import { noting, schedulesOf, smallOptions } from "./stage.ts";

const CUT = 3;

/** Adam's step size at its t-th update (Kingma & Ba 2015, §2). */
const stepSize = ({ lr, beta1, beta2 }: { lr: number; beta1: number; beta2: number }, t: number) =>
  (lr * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t);

/** The run in one go, and what was left of it after a cut. */
async function inTwo(config: RunConfig, dataset: Dataset) {
  const whole = noting();
  const { store } = await run({ ...config, steps: 2 * CUT, checkpointEvery: CUT }, { dataset, backend: whole.backend });
  await store.remove(checkpointPath(2 * CUT));
  const cut = await copyOf(store);
  const checkpoint = await newest(cut);
  const rest = noting();
  await run({ ...config, steps: 2 * CUT, checkpointEvery: CUT }, { dataset, backend: rest.backend, store: cut });
  expect([whole.fed.length, rest.fed.length, checkpoint.step]).toEqual([2 * CUT, CUT, CUT]);
  return { whole, rest, checkpoint };
}

describe("dcgan with flips, two steps of D in each iteration", () => {
  let halves: Awaited<ReturnType<typeof inTwo>>;
  beforeAll(async () => {
    halves = await inTwo(smallDcgan, imagesInMemory(22)); // epochs of five batches, of which six were taken
  });

  test("9: a resumed run goes on at its pace: each player's rate is the one that it had reached", () => {
    const { whole, rest } = halves;
    for (const [i, feeds] of rest.fed.entries()) expect(schedulesOf(feeds)).toEqual(schedulesOf(whole.fed[CUT + i]));
    expect(Object.keys(schedulesOf(rest.fed[0]))).toHaveLength(6); // Adam's two numbers, for two steps of D and one of G
    expect(schedulesOf(rest.fed[0])).not.toEqual(schedulesOf(whole.fed[0]));
  });

  test("12: it is fed what it would have been: the same pictures in the same order, the same noise", () => {
    const { whole, rest } = halves;
    for (const [i, feeds] of rest.fed.entries()) {
      const expected = whole.fed[CUT + i];
      expect(Object.keys(feeds).sort()).toEqual(Object.keys(expected).sort());
      for (const [name, values] of Object.entries(expected)) expectSameBits(feeds[name], values, name);
    }
    const drawn = Object.keys(rest.fed[0]).filter((name) => !name.startsWith("schedule"));
    expect(drawn).toContain("real/1");
    for (const name of drawn)
      expect(rest.fed[0][name], `${name} of the first step of all`).not.toEqual(whole.fed[0][name]);
  });

  test("13: Adam goes on with its moments, and its next step is not a first one", () => {
    const { rest, checkpoint } = halves;
    const [begun] = rest.begun;
    for (const name of ["G.adam.m", "G.adam.v", "D.adam.m", "D.adam.v"]) {
      const kept = [...checkpoint.tensors].filter(([tensor]) => tensor.startsWith(`${name}.`));
      expectSameBits(
        begun[name],
        kept.flatMap(([, { data }]) => Array.from(data as Float32Array)),
        name,
      );
      expect(begun[name].some((value) => value !== 0)).toBe(true);
    }
    const options = smallDcgan.options as { lr: number; beta1: number; beta2: number };
    const rates = Object.values(schedulesOf(rest.fed[0])).map(([value]) => value);
    const ofSteps = rates.filter((rate) => rate > 1e-7).sort(); // the others are ε's
    expectClose(ofSteps, [2 * CUT + 1, 2 * CUT + 2, CUT + 1].map((t) => stepSize(options, t)).sort(), { rtol: 1e-6 });
  });
});

describe("15: a rate that falls goes on falling after a resume", () => {
  test.each([
    { name: "cyclegan", form: { kind: "domains", sample: [1, 8, 8], target: [1, 8, 8], classes: [] } as const },
    { name: "stargan", form: { kind: "images", sample: [1, 8, 8], classes: ["one", "two"] } as const },
  ])("$name", async ({ name, form }) => {
    const given = { width: 1, poolSize: 0, nCritic: 1, decayFrom: 2, decayTo: 6 };
    const options = smallOptions(findRecipe(name), given) as { lr: number; beta1: number; beta2: number };
    const { whole, rest } = await inTwo(settings(name, options), noiseDataset(form));
    /** The rates of an iteration, as parts of what Adam's would be without a fall. */
    const parts = (feeds: Arrays, t: number) => {
      const rates = Object.values(schedulesOf(feeds)).map(([value]) => value / stepSize(options, t));
      const ofEpsilon = (1e-8 * Math.sqrt(1 - options.beta2 ** t)) / stepSize(options, t);
      const found = rates.filter((rate) => Math.abs(rate - ofEpsilon) > 1e-6 * ofEpsilon);
      return [...new Set(found.map((rate) => Math.round(rate * 1e5) / 1e5))];
    };
    expect(whole.fed.map((feeds, i) => parts(feeds, i + 1))).toEqual([[1], [1], [0.75], [0.5], [0.25], [0]]);
    expect(rest.fed.map((feeds, i) => parts(feeds, CUT + i + 1))).toEqual([[0.5], [0.25], [0]]);
  });
});

describe("11: nothing that was asked for is forgotten, nor anything that was measured", () => {
  const path = temporaryFolder();

  test("a resumed run has the batch, the pack and every option of the first, none of them a default", async () => {
    const options = {
      ...{ loss: "non-saturating", dSteps: 2, networks: "mlp", zDim: 3, prior: "uniform", width: 5, hidden: [7] },
      ...{ pack: 3, lr: 1e-3, beta1: 0.4, beta2: 0.99 },
    };
    const recipe = findRecipe("pacgan");
    for (const [key, value] of Object.entries(options)) {
      expect(recipe.options).toHaveProperty(key);
      if (key !== "loss") expect(recipe.options[key].default, key).not.toEqual(value);
    }
    const hooks = { emit: () => {}, shouldStop: () => false };
    const request: SessionRequest = {
      kind: "train",
      request: {
        ...{ recipe: "pacgan", options, batch: 6 },
        settings: {
          ...{ data: "ring", steps: 2, seed: 9, out: path("run"), device: "cpu", threads: 1, ema: 0.5 },
          ...{ sampleEvery: 7, checkpointEvery: 3, keepCheckpoints: 4 },
        },
      },
    };
    const first = await runSession(request, hooks);
    const resumed = await runSession({ kind: "resume", folder: path("run"), settings: { steps: 4 } }, hooks);
    expect(resumed.config).toEqual({ ...first.config, steps: 4 });
    expect(first.config).toMatchObject({ options, batch: 6, seed: 9, ema: 0.5, sampleEvery: 7, checkpointEvery: 3 });
    expect([first.images, resumed.images]).toEqual([12, 24]);
  });

  const classes = ["dark", "bright"];
  const noise: Dataset = {
    ...{ spec: "noise", kind: "images", shape: [1, 8, 8], count: 80, classes, fingerprint: "noise", problems: [] },
    async read(indices) {
      const values = new Float32Array(indices.length * 64);
      for (const [k, index] of Array.from(indices).entries()) {
        stream(1, "noise", index).fillUniform(values.subarray(64 * k, 64 * k + 64), -1, index % 2);
      }
      return { values, labels: Int32Array.from(indices, (index) => index % 2) };
    },
    async close() {},
  };

  test("an extractor from the cache sees what the one sees that was put there", async () => {
    const { values } = await noise.read([0, 1, 2, 3]);
    const seen = [];
    for (let time = 0; time < 2; time++) {
      const extractor = await defaultExtractor(noise, {
        ...{ name: "noise-classifier", backend: cpu, threads: 1, steps: 2, cache: path("cache") },
      });
      seen.push({ fingerprint: extractor.fingerprint, ...(await extractor.extract(values, noise.shape)) });
      await extractor.close();
    }
    expect(seen[1].fingerprint).toBe(seen[0].fingerprint);
    expectSameBits(seen[1].features, seen[0].features, "features");
    expectSameBits(seen[1].logits!, seen[0].logits!, "logits");
  });

  test("measuring by features that are kept, that are not yet kept, and that never are gives the same figures", async () => {
    const from = (first: number): Samples => ({
      ...{ count: 40, shape: noise.shape },
      read: async (start, count) => noise.read(Array.from({ length: count }, (_, i) => first + start + i)),
    });
    const extractor = {
      ...{ name: "pixels", fingerprint: "0", features: 64, protocol: "as they are" },
      extract: async (images: Float32Array) => ({ features: images.slice() }),
      close: async () => {},
    };
    const metrics = ["density-coverage", "precision-recall"].map((name) => asChosen(findMetric(name)));
    const figures = async (memory?: RealMemory) =>
      measure({
        ...{ metrics, real: from(0), made: from(40), kind: "images", extractor, labels: [], seed: 1, batch: 16 },
        ...(memory && { memory }),
      });
    const never = await figures();
    const memory: RealMemory = { seen: new Map() };
    expect(await figures(memory)).toEqual(never);
    expect(memory.seen.size).toBe(3); // batches of real samples
    expect(await figures(memory)).toEqual(never);
    expect(never.map(({ figure }) => figure)).toEqual(["density", "coverage", "precision", "recall"]);
    expect(never.every(({ value }) => value > 0)).toBe(true);
  });
});
