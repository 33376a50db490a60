// Whole training iterations against PyTorch: a recipe compiled as the trainer compiles it, run by a backend from recorded
// weights on recorded data and noise, and every number of its state compared after the last iteration. See record.py.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readSafetensors, type SafeTensor } from "../../src/formats/index.ts";
import { findRecipe, type OptionValue, vanilla } from "../../src/recipes/index.ts";
import type { Backend } from "../../src/runtime/index.ts";
import { arraysOf, compileStep, fillFeeds, METRICS, tensorsOf } from "../../src/train/index.ts";
import { expectClose, type Tolerance } from "../close.ts";

interface Recorded {
  readonly recipe: string;
  readonly options: Readonly<Record<string, OptionValue>>;
  readonly sample: readonly number[];
  readonly batch: number;
  /** State tensors whose true gradient is 0, and how far rounding can take them apart. */
  readonly noise?: Readonly<Record<string, number>>;
}

const mlp = { recipe: "vanilla", sample: [1, 6, 6], batch: 8 } as const;
const shallow = { zDim: 8, hiddenG: [16, 16], hiddenD: [16, 16] };
const deep = { ...vanilla.presets?.deep.options, zDim: 8, hiddenG: [12, 16, 20], hiddenD: [20, 10], eps: 0.8 };
const dcgan16 = { recipe: "dcgan", sample: [3, 16, 16], batch: 4 } as const;
const narrow = { zDim: 10, width: 8 };

/**
 * A bias before batch norm: shifts are taken out again, so its gradient is rounding noise, of which Adam makes steps of up to
 * lr = 2e-4, three of them here. The running mean follows it.
 */
const biasNoise = (bias: string, norm: string) => ({
  [`G.model.${bias}.bias`]: 6e-4,
  [`G.model.${norm}.running_mean`]: 6e-4,
  [`G.adam.m.model.${bias}.bias`]: 1e-7,
  [`G.adam.v.model.${bias}.bias`]: 1e-14,
});

/** Each recorded file, with the recipe and options that play the same game. */
const files: Readonly<Record<string, Recorded>> = {
  "vanilla-small": { ...mlp, options: shallow },
  "vanilla-saturating": { ...mlp, options: { ...shallow, loss: "saturating" } },
  "vanilla-batchnorm": { ...mlp, options: deep, noise: { ...biasNoise("2", "3"), ...biasNoise("5", "6") } },
  dcgan16: { ...dcgan16, options: narrow },
  "dcgan16-resize": { ...dcgan16, options: { ...narrow, upsample: "resize" } },
  "dcgan16-two-d-steps": { ...dcgan16, options: { ...narrow, dSteps: 2 } },
  dcgan28: { recipe: "dcgan", sample: [1, 28, 28], batch: 4, options: { zDim: 10, width: 4 } },
};

export interface ParityTolerances {
  readonly losses: Tolerance;
  /** For each tensor of the state. */
  readonly state: Tolerance;
  /** For how far each tensor moved. */
  readonly movement: Tolerance;
}

type Tensors = ReadonlyMap<string, SafeTensor>;

export function runParitySuite(
  backend: Backend,
  tolerances: ParityTolerances,
  chosen: readonly string[] = Object.keys(files),
): void {
  describe.each(Object.entries(files).filter(([file]) => chosen.includes(file)))(
    `%s on ${backend.device}`,
    async (file, recorded) => {
      const golden = readSafetensors(readFileSync(new URL(`${file}.safetensors`, import.meta.url)), file).tensors;
      const kept = [...golden.keys()].filter((key) => /^(final|adam|ema)\./.test(key));
      const { noise = {} } = recorded;
      const { start, end, losses } = await replay(recorded, golden, backend);

      test("every loss of every iteration is PyTorch's", () => {
        expectClose(losses, numbersOf(golden, "losses"), tolerances.losses, "losses");
      });

      test("the state holds the tensors that PyTorch's networks and optimizers hold, under the same paths", () => {
        expect([...end.keys()].sort()).toEqual(kept.map(stateName).sort());
      });

      for (const key of kept) {
        const name = stateName(key);
        const [ours, theirs, before] = [numbersOf(end, name), numbersOf(golden, key), numbersOf(start, name)];
        if (noise[name] !== undefined) {
          test(`${key} is PyTorch's but for rounding noise`, () => {
            expectClose(ours, theirs, { atol: noise[name] }, key);
          });
          continue;
        }
        test(`${key} is PyTorch's, and moved as PyTorch's did`, () => {
          const moved = (after: Float32Array) => after.map((value, i) => value - before[i]);
          expect(end.get(name)?.shape).toEqual(golden.get(key)?.shape);
          expectClose(ours, theirs, tolerances.state, key);
          expectClose(moved(ours), moved(theirs), tolerances.movement, `${key}, how far it moved`);
        });
      }
    },
  );
}

/** Runs the recorded iterations from the recorded start: the state before and after, and each iteration's losses, D's and G's. */
async function replay({ recipe: name, options, sample, batch }: Recorded, golden: Tensors, backend: Backend) {
  const recipe = findRecipe(name);
  const defaults = Object.fromEntries(Object.entries(recipe.options).map(([key, spec]) => [key, spec.default]));
  const compiled = compileStep({
    recipe,
    options: { ...defaults, ...options },
    data: { kind: "images", sample },
    batch,
    ema: golden.has("ema.G.model.0.weight") || golden.has("ema.G.main.0.weight") ? 0.999 : 0,
    lowering: await backend.lowering(),
  });
  const start = startOf(golden);
  const session = await backend.load(compiled.program, { threads: 1 });
  await session.writeState(arraysOf(compiled.state, start, "start"));
  const losses: number[] = [];
  const [iterations] = golden.get("losses")!.shape;
  for (let i = 0; i < iterations; i++) {
    const drawn = await fillFeeds(compiled.feeds, { seed: 1, iteration: i }, async () => new Float32Array(0));
    for (const feed of compiled.feeds) {
      if (feed.source.kind !== "schedule") drawn[feed.name] = numbersOf(golden, `iteration${i}.${feed.name}`);
    }
    const metrics = (await session.run(drawn))[METRICS];
    for (const loss of ["loss/D", "loss/G"]) losses.push(metrics[compiled.metrics.indexOf(loss)]);
  }
  const end = tensorsOf(compiled.state, await session.readState());
  await session.close();
  return { start, end, losses };
}

/** The state before the first iteration: recorded weights, their copies as the average, and moments of zero. */
function startOf(golden: Tensors): Tensors {
  return new Map(
    [...golden].flatMap(([key, { shape, data }]): [string, SafeTensor][] => {
      if (key.startsWith("adam.")) return [[stateName(key), { shape, data: new Float32Array(data.length) }]];
      if (key.startsWith("ema.")) return [[key, golden.get(key.replace("ema.", "init."))!]];
      return key.startsWith("init.") ? [[key.slice("init.".length), { shape, data }]] : [];
    }),
  );
}

/** final.G.main.0.weight → G.main.0.weight, adam.G.m.main.0.weight → G.adam.m.main.0.weight, ema.G.… as it is. */
function stateName(key: string): string {
  return key.replace(/^final\./, "").replace(/^adam\.(\w+)\./, "$1.adam.");
}

function numbersOf(tensors: Tensors, name: string): Float32Array {
  const data = tensors.get(name)?.data;
  if (!(data instanceof Float32Array)) throw new Error(`no float32 tensor "${name}"`);
  return data;
}
