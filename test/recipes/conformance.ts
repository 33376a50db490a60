// The Recipe contract as a suite: every recipe of the registry passes it.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { DataKind, SampleForm } from "../../src/data/index.ts";
import { compareOnnx, exportOnnx, openGenerator, trainedGenerator } from "../../src/export/index.node.ts";
import { evaluate, fill, input, sizeOf, Tensor } from "../../src/graph/index.ts";
import { stream } from "../../src/random/index.ts";
import {
  type AnyNetwork,
  type AnyRecipe,
  type Draw,
  flagOf,
  type IterationContext,
  type OptionSpec,
  type OptionValue,
  parseOption,
  type Update,
} from "../../src/recipes/index.ts";
import { cpu } from "../../src/runtime/index.node.ts";
import {
  Checkpoints,
  type CompiledStep,
  compileSampler,
  compileStep,
  describeData,
  type Feed,
  type Fields,
  fillFeeds,
  initialState,
  MemoryStore,
  networksMade,
  type RunConfig,
  sha256,
  train,
} from "../../src/train/index.node.ts";
import { expectClose, expectSameBits } from "../close.ts";
import { expectSameEnd } from "../train/runs.ts";
import { noiseDataset } from "./noise-data.ts";

/** What only the recipe's own paper can say. */
export interface RecipeFacts {
  /** Options that make its networks small enough to be run many times (default: none). */
  readonly small?: Options;
  /** The data it is tried on (default: the smallest of each kind it learns from, with the labels it needs). */
  readonly forms?: readonly SampleForm[];
  /** The losses of each move, in order, worked by hand on two samples. */
  readonly losses: readonly (Stage & { readonly options?: Options; readonly expected: readonly number[] })[];
  /** Tensors that cannot move in the first two steps, each with the reason. */
  readonly still?: Readonly<Record<string, string>>;
}

/** Networks and draws that losses are worked out on by hand. */
export interface Stage {
  /** What stands for each network, by label (default: what makes samples is the identity, others give their input as scores [n]). */
  readonly networks?: Readonly<Record<string, (...inputs: readonly Tensor[]) => unknown>>;
  /**
   * The numbers that are drawn, by input ("normal/1") or by word ("normal"), n times the size of a sample (default: two real
   * samples 0 and ln 3, two latent vectors 0 and −ln 3).
   */
  readonly draws?: Readonly<Record<string, readonly number[]>>;
  /** What a sample is (default: one number, two classes). */
  readonly form?: SampleForm;
  /** The iteration, counted from 1, that schedules are asked for (default: 1). */
  readonly iteration?: number;
}

type Options = Readonly<Record<string, OptionValue>>;

const BATCH = 4;

/** The smallest samples of each kind that the recipe is built for, with the labels that it needs. */
function smallest({ data: { kinds, labels, sizes = [8] } }: AnyRecipe): SampleForm[] {
  const size = Math.min(...sizes);
  const image = (channels: number) => [channels, size, size];
  const classes = labels === undefined ? [] : ["one", "two", "three"];
  const formsOf = (kind: DataKind): SampleForm[] => {
    switch (kind) {
      case "images": {
        const labelled: SampleForm = { kind, sample: image(1), classes };
        const attributed: SampleForm = { kind, sample: image(1), classes: [], attributes: ["hat", "smile"] };
        return labels === "classes or attributes" ? [labelled, attributed] : [labelled];
      }
      case "points":
        return [{ kind, sample: [2], classes }];
      case "pairs":
      case "domains":
        return [{ kind, sample: image(3), target: image(3), classes: [] }];
      case "captions": {
        const vocabulary = ["a", "blue", "circle", "red", "square"];
        return [{ kind, sample: image(3), classes: [], text: { kind: "words", words: 4, vocabulary } }];
      }
    }
  };
  return kinds.flatMap(formsOf);
}

const defaultsOf = ({ options }: AnyRecipe): Options =>
  Object.fromEntries(Object.entries(options).map(([key, spec]) => [key, spec.default]));

/** The base, then each preset, then the base with one choice or flag changed: where an option may matter. */
function variantsOf(recipe: AnyRecipe, base: Options, small: Options): Options[] {
  const presets = Object.values(recipe.presets ?? {}).map(({ options }) => ({ ...base, ...options, ...small }));
  const changed = Object.entries(recipe.options).flatMap(([key, spec]) =>
    spec.kind === "choice" || spec.kind === "flag" ? otherValues(spec).map((value) => ({ ...base, [key]: value })) : [],
  );
  return [base, ...presets, ...changed];
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

function compile(recipe: AnyRecipe, options: Options, data: SampleForm, ema = 0): CompiledStep {
  return compileStep({ recipe: allMoving(recipe), options, data, batch: BATCH, ema });
}

/** The recipe with every update in every iteration. */
function allMoving(recipe: AnyRecipe): AnyRecipe {
  return withMoves(recipe, () => true);
}

/** The recipe with those of its updates that `isMade`, by their place. */
function withMoves(recipe: AnyRecipe, isMade: (index: number) => boolean): AnyRecipe {
  const iteration: AnyRecipe["iteration"] = (...args) =>
    // The updates themselves, since a recipe may know them by identity.
    recipe.iteration(...args).map((update, index): Update => Object.assign(update, { when: () => isMade(index) }));
  return { ...recipe, iteration };
}

/** All that an option can change: the graph, what is fed and when, the first weights, and what is made. */
function signature(recipe: AnyRecipe, options: Options, data: SampleForm): string {
  const step = compile(recipe, options, data);
  const natural = compileStep({ recipe, options, data, batch: BATCH, ema: 0 });
  const moves = Array.from({ length: 1001 }, (_, iteration) => natural.updatesAt(iteration));
  const feeds = step.feeds.map(({ name, shape, source }) =>
    "schedule" in source
      ? { name, values: [1, 2, 100, 1e5].map((t) => source.schedule(t)), turn: "turn" in source && source.turn }
      : { name, shape, source },
  );
  const first = Object.values(initialState(step.state, 1)).map((values) => new Uint8Array(values.buffer));
  const made = Object.keys(recipe.makes).map((make) => compileSampler({ recipe, options, data, make }, BATCH));
  const samplers = made.map(({ program, inputs }) => [inputs, sha256([program.model])]);
  return JSON.stringify([feeds, moves, samplers, sha256([step.program.model]), sha256(first)]);
}

/** Numbers for one batch of a feed of data. */
function noiseFor({ shape, source }: Feed, iteration: number, place: number): Float32Array {
  const values = stream(1, "data", iteration, place).fillNormal(new Float32Array(sizeOf(shape)), 0, 0.5);
  if (source.kind !== "data" || (source.field !== "y" && source.field !== "t")) return values;
  if (source.field === "t") return values.map((value) => Math.min(5, Math.floor(Math.abs(value) * 6)));
  const width = shape[1];
  return values.map((_, i) => (i % width === (Math.floor(i / width) + iteration) % width ? 1 : 0));
}

/** Runs iterations 0 to `count` − 1 on noise; the state before and after. */
async function iterate(step: CompiledStep, count: number) {
  const session = await cpu.load(step.program, { threads: 1 });
  const first = initialState(step.state, 1);
  const held = new Set(step.program.state.map(({ input }) => input));
  await session.writeState(Object.fromEntries(Object.entries(first).filter(([name]) => held.has(name))));
  for (let iteration = 0; iteration < count; iteration++) {
    let batches = 0;
    const next = async (): Promise<Fields> => {
      const place = batches++;
      return Object.fromEntries(
        step.feeds.flatMap((feed) =>
          feed.source.kind === "data" ? [[feed.source.field, noiseFor(feed, iteration, place)]] : [],
        ),
      );
    };
    await session.run(await fillFeeds(step.feeds, { seed: 1, iteration }, next));
  }
  const after = { ...first, ...(await session.readState()) };
  await session.close();
  return { before: first, after };
}

/** The recipe's losses on a stage, each move's repeats in order. */
export function lossesOn(
  recipe: AnyRecipe,
  options: Options,
  { networks = {}, draws = {}, form = TWO_NUMBERS, iteration = 1 }: Stage = {},
): number[][] {
  const n = 2;
  const feeds: Record<string, readonly number[]> = {};
  const counts = new Map<string, number>();
  const declare = (word: string, part: string, shape: readonly number[]): Tensor => {
    const key = `${word}${part}`;
    const number = counts.get(key) ?? 0;
    counts.set(key, number + 1);
    const name = `${key}/${number}`;
    const numbers = draws[name] ?? draws[key] ?? draws[word] ?? DRAWN[key];
    if (numbers === undefined) throw new Error(`"${name}" is drawn: give its numbers`);
    feeds[name] = numbers;
    return input(name, [n, ...shape]);
  };
  const labels = [form.classes.length || form.attributes?.length || 0];
  const words = form.text === undefined ? [] : [form.text.kind === "words" ? form.text.words : form.text.size];
  const draw: Draw = {
    real: () => declare("real", "", form.sample),
    labelled: () => ({ x: declare("labelled", ".x", form.sample), y: declare("labelled", ".y", labels) }),
    pair: () => ({ a: declare("pair", ".a", form.sample), b: declare("pair", ".b", form.target ?? form.sample) }),
    domain: (name) => declare(`domain.${name}`, "", (name === "b" && form.target) || form.sample),
    captioned: () => ({ x: declare("captioned", ".x", form.sample), t: declare("captioned", ".t", words) }),
    identities: () => ({
      x: declare("identities", ".x", form.sample),
      xHat: declare("identities", ".xHat", form.sample),
      same: declare("identities", ".same", form.sample),
      other: declare("identities", ".other", form.sample),
    }),
    classes: () => declare("classes", "", labels),
    permutation: () => declare("permutation", "", [n]),
    prior: () => declare("prior", "", form.sample),
    normal: (shape) => declare("normal", "", shape),
    uniform: (shape) => declare("uniform", "", shape),
  };
  const makers = new Set(networksMade({ recipe, options, data: smallest(recipe)[0] }));
  const standIns = Object.keys(recipe.networks(options, smallest(recipe)[0])).map((label): [string, AnyNetwork] => {
    const byDefault = (x: Tensor) => (makers.has(label) ? x : x.reshape([x.size]));
    return [label, Object.assign(networks[label] ?? byDefault, { label, inputShape: form.sample })];
  });
  const context: IterationContext = {
    ...{ draw, batch: n, data: form, report: () => {} },
    at: (schedule) => fill(schedule(iteration)),
    pool: (x) => x,
    unrolled: (_move, _steps, then) => then(),
  };
  const moves = recipe.iteration(Object.fromEntries(standIns), context, options);
  return moves.map(({ loss, times }) => {
    const built = Array.from({ length: times }, loss);
    return evaluate(built, feeds).map(([value]) => value);
  });
}

const TWO_NUMBERS: SampleForm = { kind: "images", sample: [1], classes: ["one", "two"] };

/** Real logits 0 and ln 3 are probabilities ½ and ¾; fake ones, 0 and −ln 3, are ½ and ¼. Labels: the first class, then the second. */
const DRAWN: Readonly<Record<string, readonly number[]>> = {
  real: [0, Math.log(3)],
  "labelled.x": [0, Math.log(3)],
  "labelled.y": [1, 0, 0, 1],
  prior: [0, -Math.log(3)],
  classes: [1, 0, 0, 1],
  permutation: [0, 1, 1, 0],
};

/** The recipe's losses where every network is the identity on numbers: the logits are the samples themselves. */
export function lossesOnLogits(recipe: AnyRecipe, options: Options, real: readonly number[], fake: readonly number[]) {
  const n = real.length;
  const scores = (x: Tensor) => x.reshape([n]);
  if (n === 2) return lossesOn(recipe, options, { draws: { real, prior: fake } });
  // More samples than two: one sample of the stage is a row of them.
  return lossesOn(recipe, options, {
    draws: { real, prior: fake },
    form: { kind: "images", sample: [n / 2], classes: [] },
    networks: { D: scores },
  });
}

export function testRecipe(
  recipe: AnyRecipe,
  { losses, forms = smallest(recipe), small = {}, still = {} }: RecipeFacts,
): void {
  const base = { ...defaultsOf(recipe), ...small };
  const data = forms[0];
  const named = forms.map((form) => ({ name: `${form.kind}${form.attributes ? " with attributes" : ""}`, form }));

  describe(recipe.name, () => {
    test("says what it is: a name for the command line, a title, a paper, one line about it", () => {
      expect(recipe.name).toMatch(/^[a-z][a-z0-9-]*$/);
      for (const text of [recipe.title, recipe.paper, recipe.about]) {
        expect(text).not.toBe("");
        expect(text).not.toContain("\n");
      }
      expect(recipe.data.kinds.length).toBeGreaterThan(0);
      expect(Number.isInteger(recipe.batch) && recipe.batch > 0).toBe(true);
      expect(Object.keys(recipe.makes).length).toBeGreaterThan(0);
      for (const make of Object.keys(recipe.makes)) expect(make).toMatch(/^[a-z][a-z0-9-]*$/);
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
      const watched = new Proxy(base, {
        get(target, key) {
          read.add(String(key));
          return target[String(key)];
        },
      });
      compile(recipe, watched, data);
      compileStep({ recipe, options: watched, data, batch: BATCH, ema: 0 }).updatesAt(0);
      expect([...read].sort()).toEqual(Object.keys(recipe.options).sort());
    });

    describe("an option changed changes the run:", () => {
      const signatures = new Map<string, string>();
      const remembered = (options: Options, on: SampleForm) => {
        const key = JSON.stringify([options, on]);
        if (!signatures.has(key)) signatures.set(key, signature(recipe, options, on));
        return signatures.get(key);
      };
      /** Whether it matters; a combination that the recipe refuses, in one line, has no run to change. */
      const differs = (one: Options, other: Options, on: SampleForm) => {
        try {
          return remembered(one, on) !== remembered(other, on);
        } catch (error) {
          if (error instanceof Error && /^--[a-z-]+:/.test(error.message)) return false;
          throw error;
        }
      };
      for (const [key, spec] of Object.entries(recipe.options)) {
        test.each(otherValues(spec).map((value) => ({ value })))(`--${flagOf(key)} $value`, ({ value }) => {
          const other = Object.hasOwn(small, key) && small[key] === value ? spec.default : value;
          const matters = variantsOf(recipe, base, small).some((from) =>
            forms.some((form) => differs(from, { ...from, [key]: other }, form)),
          );
          expect(matters).toBe(true);
        });
      }
    });

    test("is the same program at every building", () => {
      expect(signature(recipe, base, data)).toBe(signature(recipe, base, data));
    });

    for (const [name, preset] of Object.entries(recipe.presets ?? {})) {
      test(`the preset ${name} holds only known options within their ranges, and builds`, () => {
        for (const [key, value] of Object.entries(preset.options)) {
          expect(Object.keys(recipe.options)).toContain(key);
          expect(parseOption(key, recipe.options[key], value)).toEqual(value);
        }
        for (const form of forms) compile(recipe, { ...base, ...preset.options }, form);
        expect(preset.about).not.toBe("");
      });
    }

    describe.each(named)("on $name", ({ form }) => {
      let step: CompiledStep;
      beforeAll(() => {
        step = compile(recipe, base, form, 0.9);
      });

      test("builds for the smallest samples, of which it draws some; what it makes has their shape", () => {
        for (const make of Object.keys(recipe.makes)) {
          const { outputShape } = compileSampler({ recipe, options: base, data: form, make }, BATCH);
          expect(outputShape[0]).toBe(BATCH);
          expect(outputShape).toHaveLength(form.sample.length + 1);
        }
        const [first] = Object.keys(recipe.makes);
        const { inputs, outputShape } = compileSampler({ recipe, options: base, data: form, make: first }, BATCH);
        const fromB = inputs.some(({ source }) => source.kind === "image" && source.side === "b");
        expect(outputShape.slice(1)).toEqual(form.target && !fromB ? form.target : form.sample);
        expect(step.feeds.some(({ source }) => source.kind === "data")).toBe(true);
        for (const { shape } of step.feeds.filter(({ source }) => source.kind === "data")) expect(shape[0]).toBe(BATCH);
      });

      test("scores a sample with one number, [n], or a map of them: nowhere [n, 1], which would stretch over a batch", () => {
        const shapes: string[] = [];
        const watch = (value: unknown): void => {
          if (value instanceof Tensor) shapes.push(value.shape.join());
          else if (typeof value === "object" && value !== null) Object.values(value).forEach(watch);
        };
        const watched: AnyRecipe = {
          ...recipe,
          iteration: (networks, ...rest) => {
            const wrapped = Object.entries(networks).map(([label, network]) => {
              const apply = network as unknown as (...inputs: Tensor[]) => unknown;
              const call = (...inputs: Tensor[]) => {
                const output = apply(...inputs);
                watch(output);
                return output;
              };
              return [label, Object.assign(call, { label, inputShape: network.inputShape })];
            });
            return recipe.iteration(Object.fromEntries(wrapped), ...rest);
          },
        };
        compile(watched, base, form);
        expect(shapes.length).toBeGreaterThan(1);
        expect(shapes).not.toContain(`${BATCH},1`);
      });

      test("moves with each update exactly the networks that it names", async () => {
        const moves = movesOf(recipe, base, form);
        expect(moves.length).toBeGreaterThan(1);
        for (const [index, over] of moves.entries()) {
          const only = withMoves(recipe, (place) => place === index);
          const { before, after } = await iterate(
            compileStep({ recipe: only, options: base, data: form, batch: BATCH, ema: 0 }),
            1,
          );
          for (const name of Object.keys(before).filter((array) => array.endsWith(".parameters"))) {
            if (over.includes(name.slice(0, -".parameters".length))) {
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
            const label = entry.name.replace(/^ema\./, "");
            expect(moved, `${entry.name}${still[label] ? `, which should not: ${still[label]}` : ""}`).toBe(
              still[label] === undefined,
            );
          });
        }
      });

      test("ten steps, two in one go, a checkpoint and ten more are twenty steps, bit by bit; its exports make the sampler's pictures", async () => {
        const dataset = noiseDataset(form);
        const config: RunConfig = {
          ...{ recipe: recipe.name, options: base, data: dataset.spec, flip: form.kind !== "points", crop: "center" },
          ...{ batch: BATCH, seed: 3, steps: 20, device: "cpu", threads: 1 },
          ...{ sampleEvery: 10, checkpointEvery: 100, keepCheckpoints: 2, ema: 0.9 },
        };
        const environment = { backend: cpu, dataset, sha256, clock: () => 0 };
        const whole = new MemoryStore();
        await train(config, { ...environment, store: whole });
        const parts = new MemoryStore();
        await train({ ...config, steps: 10, stepsPerRun: 2 }, { ...environment, store: parts });
        expect(await parts.list("checkpoints")).toEqual(["step-00000010.safetensors"]);
        await train(config, { ...environment, store: parts });
        await expectSameEnd(parts, whole);

        const checkpoint = (await new Checkpoints(whole, sha256).latest())!;
        const record = { config, data: describeData(dataset), versions: {} };
        for (const make of Object.keys(recipe.makes)) {
          const generator = trainedGenerator(record, checkpoint, { make });
          const folder = mkdtempSync(join(tmpdir(), "ganforge-recipe-"));
          onTestFinished(() => rmSync(folder, { recursive: true }));
          const file = join(folder, "generator.onnx");
          writeFileSync(file, exportOnnx(generator, { recipe: recipe.name }));
          const sampler = await openGenerator(generator, { backend: cpu, chunk: 2 });
          expect(await compareOnnx(file, sampler, generator), make).toBeLessThan(1e-4);
          await sampler.close();
        }
      });
    });

    test.each(losses)("its losses at two hand-worked samples: $options", ({ options = {}, expected, ...stage }) => {
      const found = lossesOn(recipe, { ...defaultsOf(recipe), ...options }, stage);
      expectClose(found.flat(), expected, { atol: 1e-6, rtol: 1e-6 }, "losses");
    });
  });
}

/** The labels of the networks that each of the iteration's updates moves, in their order. */
function movesOf(recipe: AnyRecipe, options: Options, data: SampleForm): string[][] {
  let moves: string[][] = [];
  const watched: AnyRecipe = {
    ...recipe,
    iteration(...args) {
      const updates = recipe.iteration(...args);
      moves = updates.map(({ over }) => over.map(({ label }) => label));
      return updates;
    },
  };
  compileStep({ recipe: watched, options, data, batch: BATCH, ema: 0 });
  return moves;
}
