// One training iteration as one program: the recipe's updates in their order (losses, gradients, optimizers), the moving
// average and the numbers to log, lowered to a single ONNX graph.

import { concat, fill, grad, input, type Shape, type Tensor } from "../graph/index.ts";
import { type Lowering, lower, writeOnnx } from "../onnx/index.ts";
import type { Schedule } from "../optim/index.ts";
import { movingAverage } from "../optim/index.ts";
import type { AnyRecipe, DataKind, OptionValue, Update } from "../recipes/index.ts";
import type { Program } from "../runtime/index.ts";
import { type Bound, bind, type LayerRow } from "./bind.ts";
import { layOut, pack, type StateArray, stateInput } from "./state.ts";

/** What the trainer writes into one input of the graph at each iteration. */
export interface Feed {
  readonly name: string;
  readonly shape: Shape;
  readonly source:
    | { readonly kind: "real" }
    | { readonly kind: "normal" }
    | { readonly kind: "uniform"; readonly low: number; readonly high: number }
    | { readonly kind: "schedule"; readonly schedule: Schedule; readonly times: number; readonly repeat: number };
}

export interface StepOptions {
  readonly recipe: AnyRecipe;
  readonly options: Readonly<Record<string, OptionValue>>;
  readonly data: { readonly kind: DataKind; readonly sample: Shape };
  readonly batch: number;
  /** Decay of the generator's moving average; 0 keeps none. */
  readonly ema: number;
  /** How operators become ONNX nodes, for the device at hand. */
  readonly lowering?: Lowering | undefined;
}

export interface CompiledStep {
  readonly program: Program;
  readonly feeds: readonly Feed[];
  readonly state: readonly StateArray[];
  /** Names of the numbers in the fetch "metrics", in order. */
  readonly metrics: readonly string[];
  /**
   * Names of the state arrays whose sums of squares follow the metrics: one that is not finite tells of a NaN or Inf
   * inside, or in an optimizer slot that moved it.
   */
  readonly health: readonly string[];
  readonly networks: readonly {
    readonly label: string;
    readonly layers: readonly LayerRow[];
    readonly parameters: number;
  }[];
  readonly nodes: number;
}

/** Names of the flat arrays and fetches that other files look up. */
export const emaArrayOf = (generator: string): string => `ema.${generator}.parameters`;
export const METRICS = "metrics";

/** Builds and lowers an iteration. Throws ShapeError, naming the layer, where the networks do not fit the data. */
export function compileStep({ recipe, options, data, batch, ema, lowering }: StepOptions): CompiledStep {
  const feeds: Feed[] = [];
  const declare = (source: Feed["source"], shape: Shape): Tensor => {
    const count = feeds.filter((feed) => feed.source.kind === source.kind).length;
    const name = `${source.kind}/${count}`;
    feeds.push({ name, shape, source });
    return input(name, shape);
  };
  const uniform = (shape: Shape) => declare({ kind: "uniform", low: 0, high: 1 }, shape);

  const specs = recipe.networks(options, data);
  const bounds = new Map<string, Bound>();
  for (const [label, spec] of Object.entries(specs)) bounds.set(label, bind(label, spec, { training: true, uniform }));

  const reports = new Map<string, Tensor>();
  const draw = {
    real: () => declare({ kind: "real" }, [batch, ...data.sample]),
    normal: (shape: Shape) => declare({ kind: "normal" }, [batch, ...shape]),
    uniform: (shape: Shape, low = 0, high = 1) => declare({ kind: "uniform", low, high }, [batch, ...shape]),
    prior: ({ label, inputShape }: { label: string; inputShape: Shape }) =>
      specs[label].prior === "uniform" ? draw.uniform(inputShape, -1, 1) : draw.normal(inputShape),
  };
  const networks = Object.fromEntries([...bounds].map(([label, bound]) => [label, bound.network]));
  const updates = recipe.iteration(networks, { draw, report: (name, value) => reports.set(name, value) }, options);

  const state: StateArray[] = [];
  const unwatched = new Set<string>();
  const next: Record<string, Tensor> = {};
  for (const bound of bounds.values())
    state.push(bound.parameterArray, ...(bound.bufferArray ? [bound.bufferArray] : []));

  updates.forEach((update, index) => {
    const bound = bounds.get(update.over.label)!;
    const movers = updates.filter(({ over }) => over === update.over);
    const suffix = movers.length > 1 ? `${index}` : "";
    const slots = slotArrays(update, bound, suffix);
    const values = Object.fromEntries(Object.entries(slots).map(([slot, array]) => [slot, stateInput(array)]));
    for (let repeat = 0; repeat < update.times; repeat++) {
      const loss = update.loss();
      const gradient = pack(grad(loss, bound.parameterTensors()));
      const scalars = Object.fromEntries(
        Object.entries(update.with.scalars).map(([name, schedule]) => [
          name,
          declare({ kind: "schedule", schedule, times: update.times, repeat }, []),
        ]),
      );
      const moved = update.with.update(bound.parameters(), gradient, values, scalars);
      bound.setParameters(moved.p);
      Object.assign(values, moved.slots);
      reports.set(`loss/${bound.network.label}${suffix}`, loss);
      reports.set(`gradient/${bound.network.label}${suffix}`, squaredNorm(gradient).sqrt());
    }
    for (const [slot, array] of Object.entries(slots)) {
      state.push(array);
      next[array.name] = values[slot];
      if (!update.with.silent.includes(slot)) unwatched.add(array.name);
    }
  });

  for (const bound of bounds.values()) {
    next[bound.parameterArray.name] = bound.parameters();
    if (bound.bufferArray) next[bound.bufferArray.name] = bound.buffers();
  }
  if (ema > 0) {
    const { parameterArray, parameters } = bounds.get(recipe.generator)!;
    const entries = parameterArray.entries.map(({ name, shape }) => ({ name: `ema.${name}`, shape }));
    const array = layOut(emaArrayOf(recipe.generator), entries, { copyOf: parameterArray.name });
    state.push(array);
    next[array.name] = movingAverage(stateInput(array), parameters(), ema);
  }

  const metrics = [...reports.keys()].sort();
  // What is not finite in the other slots is not finite in the parameters either.
  const health = state.map(({ name }) => name).filter((name) => !unwatched.has(name));
  const numbers = [...metrics.map((name) => reports.get(name)!), ...health.map((name) => squaredNorm(next[name]))];
  const outputs: Record<string, Tensor> = {
    [METRICS]: concat(
      numbers.map((value) => value.reshape([1])),
      0,
    ),
  };
  for (const { name } of state) outputs[nextName(name)] = next[name];

  const model = lower(outputs, { ...(lowering && { lowering }), metadata: { recipe: recipe.name } });
  const used = new Set(model.graph.inputs.map(({ name }) => name));
  const usedFeeds = feeds.filter(({ name }) => used.has(name));
  return {
    program: {
      model: writeOnnx(model),
      state: state.map(({ name, size }) => ({ input: name, output: nextName(name), shape: [size] })),
      feeds: usedFeeds,
      fetches: [{ name: METRICS, shape: [numbers.length] }],
    },
    feeds: usedFeeds,
    state,
    metrics,
    health,
    networks: [...bounds.values()].map(({ network, layers, parameterArray }) => ({
      label: network.label,
      layers,
      parameters: parameterArray.size,
    })),
    nodes: model.graph.nodes.length,
  };
}

/** Σ v² of a flat array, as a product of a row with itself: one pass over memory. */
function squaredNorm(v: Tensor): Tensor {
  const row = v.reshape([1, v.size]);
  return row.matmul(row, { transposeB: true }).reshape([]);
}

const nextName = (name: string): string => `next/${name}`;

/** An optimizer's slots for the parameters of one network, named so that each tensor is found: "G.adam.m.main.0.weight". */
function slotArrays(
  { with: optimizer }: Update,
  { network, parameterArray }: Bound,
  suffix: string,
): Record<string, StateArray> {
  const prefix = `${network.label}.${optimizer.name}${suffix}`;
  return Object.fromEntries(
    optimizer.slots.map((slot) => {
      const entries = parameterArray.entries.map(({ name, shape }) => ({
        name: `${prefix}.${slot}${name.slice(network.label.length)}`,
        shape,
      }));
      return [slot, layOut(`${prefix}.${slot}`, entries, "zeros")];
    }),
  );
}

/** A program that maps latent vectors to samples: the generator with inference statistics, its weights given at each run. */
export interface CompiledSampler {
  readonly program: Program;
  /** The arrays of the run's state that it is fed, and the name it knows each by. */
  readonly weights: readonly { readonly feed: string; readonly array: StateArray }[];
  readonly inputShape: Shape;
  readonly prior: "normal" | "uniform";
  readonly outputShape: Shape;
}

/** The generator as a program for `count` samples at a time: feed "z" [count, …] → fetch "image" [count, …]. */
export function compileSampler(
  { lowering, ...options }: Omit<StepOptions, "batch" | "ema">,
  count: number,
): CompiledSampler {
  const { image, inputShape, prior, arrays } = buildGenerator(options, count);
  const model = lower({ image }, { ...(lowering && { lowering }) });
  return {
    program: {
      model: writeOnnx(model),
      state: [],
      feeds: [
        ...arrays.map(({ name, size }) => ({ name, shape: [size] })),
        { name: "z", shape: [count, ...inputShape] },
      ],
      fetches: [{ name: "image", shape: image.shape }],
    },
    weights: arrays.map((array) => ({ feed: array.name, array })),
    inputShape,
    prior,
    outputShape: image.shape,
  };
}

export interface BuiltGenerator {
  /** [count, …], from the input "z" [count, ...inputShape]. */
  readonly image: Tensor;
  readonly inputShape: Shape;
  readonly prior: "normal" | "uniform";
  /** The arrays of the run's state that hold its parameters and statistics. */
  readonly arrays: readonly StateArray[];
}

/** The generator's graph with inference statistics. `variable` gives each of its values; without it they are parts of the run's arrays. */
export function buildGenerator(
  { recipe, options, data }: Omit<StepOptions, "batch" | "ema" | "lowering">,
  count: number,
  variable?: (name: string, shape: Shape) => Tensor,
): BuiltGenerator {
  const spec = recipe.networks(options, data)[recipe.generator];
  const uniform = () => fill(0);
  const bound = bind(recipe.generator, spec, { training: false, uniform, ...(variable && { variable }) });
  return {
    image: bound.network(input("z", [count, ...spec.inputShape])),
    inputShape: spec.inputShape,
    prior: spec.prior ?? "normal",
    arrays: [bound.parameterArray, ...(bound.bufferArray ? [bound.bufferArray] : [])],
  };
}
