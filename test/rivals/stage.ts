// What the promises are tried on: every recipe at its smallest with the tensors of its graph at hand, players of one weight whose
// steps can be worked by hand, and a device that notes what it is given. Each promise is a defect found in a published toolkit, turned round.

import type { SampleForm } from "../../src/data/index.ts";
import { Tensor } from "../../src/graph/index.ts";
import type { NetworkSpec } from "../../src/networks/index.ts";
import { constantOf, type Module } from "../../src/nn/index.ts";
import type { AnyNetwork, AnyRecipe, OptionValue, Update } from "../../src/recipes/index.ts";
import { type Arrays, type Backend, cpu } from "../../src/runtime/index.node.ts";
import { type CompiledStep, compileStep, type Feed, fillFeeds, initialState, METRICS } from "../../src/train/index.ts";

export type Options = Readonly<Record<string, OptionValue>>;

export const BATCH = 4;

/** Widths and depths that make every recipe's networks small. */
const SMALL: Options = {
  ...{ width: 4, widthG: 4, widthD: 2, hidden: [8], hiddenG: [8], hiddenD: [8, 6], zDim: 4, blocks: 1, unroll: 1 },
  ...{ textSize: 4, conditionSize: 3, residualBlocks: 1, cardinality: 2, identity: 0, poolSize: 2 },
};

/** The recipe's defaults but for sizes, and what is given. */
export function smallOptions({ options }: AnyRecipe, given: Options = {}): Options {
  const chosen = { ...SMALL, ...given };
  return Object.fromEntries(Object.entries(options).map(([key, spec]) => [key, chosen[key] ?? spec.default]));
}

/** Small samples of the kind that the recipe was made for. */
export function smallForm({ data: { kinds, labels } }: AnyRecipe): SampleForm {
  const [kind] = kinds;
  const size = kind === "captions" || kind === "pairs" ? 32 : 16;
  const image = [3, size, size];
  const vocabulary = ["a", "blue", "circle", "red", "square"];
  return {
    ...{ kind, sample: image, classes: labels === undefined ? [] : ["one", "two", "three"] },
    ...((kind === "pairs" || kind === "domains") && { target: image }),
    ...(kind === "captions" && { text: { kind: "words", words: 4, vocabulary } as const }),
  };
}

/** An iteration as a graph: what its networks were applied to and gave, and what each update makes smaller. */
export interface Graph {
  readonly applications: readonly {
    readonly label: string;
    /** Of an update whose own network this is, still unmoved. */
    readonly isOwn: boolean;
    readonly inputs: readonly Tensor[];
    readonly output: unknown;
  }[];
  readonly updates: readonly (Pick<Update, "with" | "times"> & {
    readonly over: readonly string[];
    readonly loss: Tensor;
  })[];
}

/** The graph of a recipe's iteration, each update made once. */
export function graphOf(recipe: AnyRecipe, given: Options = {}, form = smallForm(recipe)): Graph {
  const applications: Graph["applications"][number][] = [];
  const updates: Graph["updates"][number][] = [];
  let own: readonly string[] = [];
  const enough = new Error("the graph is all that was wanted, and compiling it takes most of the time");
  const watched: AnyRecipe = {
    ...recipe,
    iteration(networks, ...rest) {
      const wrapped = Object.entries(networks).map(([label, network]): [string, AnyNetwork] => {
        const apply = network as unknown as (...inputs: readonly Tensor[]) => unknown;
        const call = (...inputs: readonly Tensor[]) => {
          const output = apply(...inputs);
          applications.push({ label, isOwn: own.includes(label), inputs, output });
          return output;
        };
        return [label, Object.assign(call, { label, inputShape: network.inputShape })];
      });
      const moves = recipe.iteration(Object.fromEntries(wrapped), ...rest);
      return moves.map((move, index) => {
        const { loss: built, times } = move;
        const over = move.over.map(({ label }) => label);
        const loss = () => {
          if (updates[index] !== undefined) return built(); // foreseen by another player
          own = over;
          const value = built();
          updates[index] = { over, loss: value, times, with: move.with };
          if (index === moves.length - 1) throw enough;
          return value;
        };
        return Object.assign(move, { loss, times: 1, when: undefined }); // itself, since a recipe may know it by identity
      });
    },
  };
  try {
    stepOf(watched, given, form);
  } catch (error) {
    if (error !== enough) throw error;
  }
  return { applications, updates };
}

export function stepOf(recipe: AnyRecipe, given: Options = {}, form = smallForm(recipe)): CompiledStep {
  return compileStep({ recipe, options: smallOptions(recipe, given), data: form, batch: BATCH, ema: 0 });
}

/** The tensors of what a network gave, but for those called one of `except`. */
export function tensorsIn(output: unknown, except: readonly string[] = []): Tensor[] {
  if (output instanceof Tensor) return [output];
  if (typeof output !== "object" || output === null) return [];
  return Object.entries(output).flatMap(([name, value]) => (except.includes(name) ? [] : tensorsIn(value, except)));
}

const LAYERS = ["conv", "convInputGrad", "matmul"];

/** Operators that bend nothing. */
export const LINEAR: readonly string[] = ["add", "broadcast", "mul", "reshape", "slice", "sum", "transpose"];

/** The convolutions and matrix products that `output` is made of without another between, with `end` among them, and the operators on the way. */
export function nearestLayers(output: Tensor, end?: Tensor) {
  const [layers, ops, seen] = [new Set<Tensor>(), new Set<string>(), new Set<Tensor>()];
  const visit = (node: Tensor) => {
    if (seen.has(node)) return;
    seen.add(node);
    if (LAYERS.includes(node.op) || node === end) layers.add(node);
    else {
      if (node.inputs.length > 0) ops.add(node.op);
      node.inputs.forEach(visit);
    }
  };
  visit(output);
  return { layers: [...layers], ops: [...ops].sort() };
}

/** w·x, of one weight: [n, 1] → [n, 1], or → [n]. */
const times = (first: number, scores: boolean): NetworkSpec => {
  const module: Module = {
    kind: "Times",
    variables: { w: { shape: [1], init: constantOf(first), role: "parameter" } },
    apply: (scope, x) => {
      const y = x.mul(scope.variable("w").reshape([1, 1]));
      return scores ? y.reshape([x.shape[0]]) : y;
    },
  };
  return { module, inputShape: [1], prior: "normal" };
};

export const NUMBER: SampleForm = { kind: "points", sample: [1], classes: [] };

/** The game of a recipe from noise between G(z) = g·z and D(x) = d·x. */
export function ofOneWeight(recipe: AnyRecipe, { g, d }: { readonly g: number; readonly d: number }): AnyRecipe {
  return { ...recipe, networks: () => ({ G: times(g, false), D: times(d, true) }) };
}

/** The states after the iterations of a step from its first state on, each with what is drawn in it. */
export async function play(step: CompiledStep, iterations: readonly Arrays[]): Promise<Arrays[]> {
  const session = await cpu.load(step.program, { threads: 1 });
  await session.writeState(initialState(step.state, 1));
  const states: Arrays[] = [];
  for (const [iteration, drawn] of iterations.entries()) {
    await session.run({ ...(await scheduled(step.feeds, iteration)), ...drawn });
    states.push(await session.readState());
  }
  await session.close();
  return states;
}

/** What a run's feeds are at an iteration, those from data left out. */
export function scheduled(feeds: readonly Feed[], iteration: number): Promise<Record<string, Float32Array>> {
  return fillFeeds(
    feeds.filter(({ source }) => source.kind !== "data"),
    { seed: 1, iteration },
    async () => ({}),
  );
}

/** The CPU, with a note of all that training sessions are fed at each run, and of the state they begin with. */
export function noting() {
  const fed: Record<string, Float32Array>[] = [];
  const begun: Arrays[] = [];
  const copy = (arrays: Arrays) => Object.fromEntries(Object.entries(arrays).map(([name, a]) => [name, a.slice()]));
  const backend: Backend = {
    ...cpu,
    async load(program, options) {
      const session = await cpu.load(program, options);
      if (!program.fetches.some(({ name }) => name === METRICS)) return session;
      return {
        run(feeds) {
          fed.push(copy(feeds));
          return session.run(feeds);
        },
        readState: (names) => session.readState(names),
        writeState(values) {
          begun.push(copy(values));
          return session.writeState(values);
        },
        close: () => session.close(),
      };
    },
  };
  return { backend, fed, begun };
}

/** Those of the arrays that schedules fed. */
export const schedulesOf = (feeds: Arrays): Arrays =>
  Object.fromEntries(Object.entries(feeds).filter(([name]) => name.startsWith("schedule")));
