// The Recipe contract as a suite: every recipe of the registry passes it.

import { beforeAll, describe, expect, test } from "vitest";
import { findDataset } from "../../src/data/index.ts";
import { evaluate, input, type Tensor } from "../../src/graph/index.ts";
import { stream } from "../../src/random/index.ts";
import {
  type AnyRecipe,
  type DataKind,
  flagOf,
  type Network,
  type OptionSpec,
  type OptionValue,
  parseOption,
} from "../../src/recipes/index.ts";
import { cpu } from "../../src/runtime/index.node.ts";
import {
  type CompiledStep,
  compileSampler,
  compileStep,
  fillFeeds,
  initialState,
  MemoryStore,
  type RunConfig,
  sha256,
  train,
} from "../../src/train/index.node.ts";
import { expectClose, expectSameBits } from "../close.ts";
import { applyTo } from "../scope.ts";
import { expectSameEnd } from "../train/runs.ts";

/** What only the recipe's own paper can say. */
export interface RecipeFacts {
  /**
   * The losses of each move, in order, worked by hand for D(x) = x: two real samples that D gives the logits 0 and ln 3,
   * two of G's (its z itself) that it gives 0 and −ln 3.
   */
  readonly losses: readonly { readonly options?: Options; readonly expected: readonly number[] }[];
}

type Options = Readonly<Record<string, OptionValue>>;
type Data = { readonly kind: DataKind; readonly sample: readonly number[] };

const BATCH = 4;

/** The smallest samples of each kind that the recipe is built for. */
function smallest({ data: { sizes = [8] } }: AnyRecipe, kind: DataKind): Data {
  return { kind, sample: kind === "points" ? [2] : [1, Math.min(...sizes), Math.min(...sizes)] };
}

const defaultsOf = ({ options }: AnyRecipe): Options =>
  Object.fromEntries(Object.entries(options).map(([key, spec]) => [key, spec.default]));

/** Defaults, then each preset, then the defaults with one choice or flag changed: where an option may matter. */
function variantsOf(recipe: AnyRecipe): Options[] {
  const defaults = defaultsOf(recipe);
  const presets = Object.values(recipe.presets ?? {}).map(({ options }) => ({ ...defaults, ...options }));
  const changed = Object.entries(recipe.options).flatMap(([key, spec]) =>
    spec.kind === "choice" || spec.kind === "flag"
      ? otherValues(spec).map((value) => ({ ...defaults, [key]: value }))
      : [],
  );
  return [defaults, ...presets, ...changed];
}

/** Values that the option allows beside its default. */
function otherValues({
  kind,
  default: value,
  choices = [],
  max = Number.POSITIVE_INFINITY,
}: OptionSpec): OptionValue[] {
  switch (kind) {
    case "flag":
      return [!value];
    case "choice":
      return choices.filter((choice) => choice !== value);
    case "integers":
      return [[...(value as readonly number[]), 8], (value as readonly number[]).slice(1)];
    case "integer":
      return [(value as number) < max ? (value as number) + 1 : (value as number) - 1];
    case "number":
      return [(value as number) === 0 ? 0.5 : (value as number) / 2];
  }
}

function compile(recipe: AnyRecipe, options: Options, data: Data, ema = 0): CompiledStep {
  return compileStep({ recipe, options, data, batch: BATCH, ema });
}

/** All that an option can change: the graph, what is fed at each iteration, the first weights, and the sampler. */
function signature(recipe: AnyRecipe, options: Options, data: Data): string {
  const step = compile(recipe, options, data);
  const feeds = step.feeds.map(({ name, shape, source }) => {
    if (source.kind !== "schedule") return { name, shape, source };
    return { name, values: [1, 2, 100].map((t) => source.schedule(t)), times: source.times };
  });
  const first = Object.values(initialState(step.state, 1)).map((values) => new Uint8Array(values.buffer));
  const { program, prior } = compileSampler({ recipe, options, data }, BATCH);
  return JSON.stringify([feeds, prior, sha256([step.program.model]), sha256([program.model]), sha256(first)]);
}

/** Runs iterations 0 to `count` − 1 on noise; the state before and after. */
async function iterate(step: CompiledStep, count: number) {
  const session = await cpu.load(step.program, { threads: 1 });
  const before = initialState(step.state, 1);
  await session.writeState(before);
  for (let iteration = 0; iteration < count; iteration++) {
    let reals = 0;
    const nextReal = async () => {
      const size = step.feeds.find(({ source }) => source.kind === "real")!.shape.reduce((a, b) => a * b);
      return stream(1, "real", iteration, reals++).fillNormal(new Float32Array(size), 0, 0.5);
    };
    await session.run(await fillFeeds(step.feeds, { seed: 1, iteration }, nextReal));
  }
  const after = await session.readState();
  await session.close();
  return { before, after };
}

/** The recipe's losses where every network is the identity on numbers: the logits are the samples themselves. */
export function lossesOnLogits(recipe: AnyRecipe, options: Options, real: readonly number[], fake: readonly number[]) {
  const n = real.length;
  const feeds: Record<string, readonly number[]> = {};
  const declare = (values: readonly number[]): Tensor => {
    const name = `input ${Object.keys(feeds).length}`;
    feeds[name] = values;
    return input(name, [n, 1]);
  };
  const unused = (): never => {
    throw new Error("drawn in a way these losses do not know");
  };
  const draw = { real: () => declare(real), prior: () => declare(fake), normal: unused, uniform: unused };
  const networks = Object.fromEntries(
    Object.keys(recipe.networks(options, smallest(recipe, recipe.data.kinds[0]))).map((label): [string, Network] => [
      label,
      Object.assign((x: Tensor) => (label === recipe.generator ? x : x.reshape([n])), { label, inputShape: [1] }),
    ]),
  );
  const moves = recipe.iteration(networks, { draw, report: () => {} }, options);
  return moves.map(({ loss, times }) => {
    const built = Array.from({ length: times }, loss);
    return evaluate(built, feeds).map(([value]) => value);
  });
}

export function testRecipe(recipe: AnyRecipe, { losses }: RecipeFacts): void {
  const defaults = defaultsOf(recipe);
  const kinds = recipe.data.kinds.map((kind) => ({ kind, data: smallest(recipe, kind) }));
  const [{ data }] = kinds;

  describe(recipe.name, () => {
    test("says what it is: a name for the command line, a title, a paper, one line about it", () => {
      expect(recipe.name).toMatch(/^[a-z][a-z0-9-]*$/);
      for (const text of [recipe.title, recipe.paper, recipe.about]) {
        expect(text).not.toBe("");
        expect(text).not.toContain("\n");
      }
      expect(recipe.data.kinds.length).toBeGreaterThan(0);
      expect(Number.isInteger(recipe.batch) && recipe.batch > 0).toBe(true);
    });

    test.each(Object.entries(recipe.options))(
      "--%s: its default is within its range, and it has a flag and a line of help",
      (key, spec) => {
        expect(parseOption(key, spec, spec.default)).toEqual(spec.default);
        expect(flagOf(key)).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
        expect(spec.about).not.toBe("");
        expect(spec.about).not.toContain("\n");
      },
    );

    test("its flags are its own: no two options share one", () => {
      const flags = Object.keys(recipe.options).map(flagOf);
      expect(new Set(flags).size).toBe(flags.length);
    });

    test("reads every option it declares, and no other", () => {
      const read = new Set<string>();
      const watched = new Proxy(defaults, {
        get(target, key) {
          read.add(String(key));
          return target[String(key)];
        },
      });
      compile(recipe, watched, data);
      expect([...read].sort()).toEqual(Object.keys(recipe.options).sort());
    });

    describe("an option changed changes the run:", () => {
      const signatures = new Map<string, string>();
      const remembered = (options: Options, on: Data) => {
        const key = JSON.stringify([options, on]);
        if (!signatures.has(key)) signatures.set(key, signature(recipe, options, on));
        return signatures.get(key);
      };
      for (const [key, spec] of Object.entries(recipe.options)) {
        test.each(otherValues(spec).map((value) => ({ value })))(`--${flagOf(key)} $value`, ({ value }) => {
          const matters = variantsOf(recipe).some((base) =>
            kinds.some((each) => remembered(base, each.data) !== remembered({ ...base, [key]: value }, each.data)),
          );
          expect(matters).toBe(true);
        });
      }
    });

    test("is the same program at every building", () => {
      expect(signature(recipe, defaults, data)).toBe(signature(recipe, defaults, data));
    });

    for (const [name, preset] of Object.entries(recipe.presets ?? {})) {
      test(`the preset ${name} holds only known options within their ranges, and builds`, () => {
        for (const [key, value] of Object.entries(preset.options)) {
          expect(Object.keys(recipe.options)).toContain(key);
          expect(parseOption(key, recipe.options[key], value)).toEqual(value);
        }
        for (const each of kinds) compile(recipe, { ...defaults, ...preset.options }, each.data);
        expect(preset.about).not.toBe("");
      });
    }

    describe.each(kinds)("on $kind", ({ kind, data }) => {
      let step: CompiledStep;
      beforeAll(() => {
        step = compile(recipe, defaults, data, 0.9);
      });

      test("builds for the smallest samples, and its generator makes such samples", () => {
        expect(compileSampler({ recipe, options: defaults, data }, BATCH).outputShape).toEqual([BATCH, ...data.sample]);
        expect(step.feeds.filter(({ source }) => source.kind === "real").length).toBeGreaterThan(0);
        for (const { shape, source } of step.feeds) {
          if (source.kind === "real") expect(shape).toEqual([BATCH, ...data.sample]);
        }
      });

      test("scores samples with one number each", () => {
        for (const [label, spec] of Object.entries(recipe.networks(defaults, data))) {
          if (label === recipe.generator) continue;
          expect(applyTo(spec.module, [BATCH, ...spec.inputShape], []).y.shape, label).toEqual([BATCH]);
        }
      });

      test("moves with each update exactly the network that it names", async () => {
        const moves = movesOf(recipe, defaults, data);
        expect(moves.length).toBeGreaterThan(1);
        for (const [index, over] of moves.entries()) {
          const { before, after } = await iterate(compile(onlyMove(recipe, index), defaults, data), 1);
          for (const name of Object.keys(before).filter((array) => array.endsWith(".parameters"))) {
            if (name === `${over}.parameters`) {
              const moved = before[name].some((value, i) => value !== after[name][i]);
              expect(moved, `${over}'s update moves ${name}`).toBe(true);
            } else {
              expectSameBits(after[name], before[name], `${over}'s update leaves ${name}`);
            }
          }
        }
      });

      test("moves every tensor that it trains, and its average", async () => {
        const { before, after } = await iterate(step, 2);
        for (const { name, entries } of step.state.filter((array) => array.name.endsWith(".parameters"))) {
          entries.forEach((entry, i) => {
            const end = entries[i + 1]?.offset ?? before[name].length;
            const moved = before[name]
              .subarray(entry.offset, end)
              .some((value, k) => value !== after[name][entry.offset + k]);
            expect(moved, entry.name).toBe(true);
          });
        }
      });

      test("ten steps, a checkpoint and ten more are twenty steps, bit by bit", async () => {
        const dataset = findDataset(kind === "points" ? "ring" : "glyphs")!.open(
          kind === "points" ? { seed: 1 } : { seed: 1, size: Math.max(16, data.sample[1]) },
        );
        const config: RunConfig = {
          ...{ recipe: recipe.name, options: defaults, data: dataset.spec, flip: kind === "images", crop: "center" },
          ...{ batch: BATCH, seed: 3, steps: 20, device: "cpu", threads: 1 },
          ...{ sampleEvery: 10, checkpointEvery: 100, keepCheckpoints: 2, ema: 0.9 },
        };
        const environment = { backend: cpu, dataset, sha256, clock: () => 0 };
        const whole = new MemoryStore();
        await train(config, { ...environment, store: whole });
        const parts = new MemoryStore();
        await train({ ...config, steps: 10 }, { ...environment, store: parts });
        expect(await parts.list("checkpoints")).toEqual(["step-00000010.safetensors"]);
        await train(config, { ...environment, store: parts });
        await expectSameEnd(parts, whole);
      });
    });

    test.each(losses)("its losses at two hand-worked samples: $options", ({ options = {}, expected }) => {
      const found = lossesOnLogits(recipe, { ...defaults, ...options }, [0, Math.log(3)], [0, -Math.log(3)]);
      expectClose(found.flat(), expected, { atol: 1e-7 }, "losses");
    });
  });
}

/** The networks that the iteration's updates move, in their order. */
function movesOf(recipe: AnyRecipe, options: Options, data: Data): string[] {
  let moves: string[] = [];
  compile(
    {
      ...recipe,
      iteration(...args) {
        const updates = recipe.iteration(...args);
        moves = updates.map(({ over }) => over.label);
        return updates;
      },
    },
    options,
    data,
  );
  return moves;
}

/** The recipe with one of its updates alone. */
function onlyMove(recipe: AnyRecipe, index: number): AnyRecipe {
  return { ...recipe, iteration: (...args) => [recipe.iteration(...args)[index]] };
}
