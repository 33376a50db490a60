// One training iteration as one program: the recipe's updates in their order (losses, gradients, optimizers), the moving
// averages and the numbers to log, lowered to a single ONNX graph. An update that rests in an iteration is not in its program:
// iterations with the same updates share one, a variant.

import type { SampleForm } from "../data/index.ts";
import { concat, flopsOf, grad, stopGradient, type Tensor } from "../graph/index.ts";
import { type Lowering, lower, writeOnnx } from "../onnx/index.ts";
import { movingAverage } from "../optim/index.ts";
import type { AnyRecipe, OptionValue, Update } from "../recipes/index.ts";
import type { Program } from "../runtime/index.ts";
import { arraysOfBound, type Bound, bind, type LayerRow } from "./bind.ts";
import { type Declarations, declarations } from "./declare.ts";
import { batchesOf, type DataStream, type Feed, type Turn } from "./feeds.ts";
import { networksMade } from "./making.ts";
import { originsOf } from "./origins.ts";
import { layOut, pack, type StateArray, stateInput } from "./state.ts";

export interface StepOptions {
  readonly recipe: AnyRecipe;
  readonly options: Readonly<Record<string, OptionValue>>;
  readonly data: SampleForm;
  readonly batch: number;
  /** Decay of the moving average of the networks that make samples; 0 keeps none. */
  readonly ema: number;
  /** How operators become ONNX nodes, for the device at hand. */
  readonly lowering?: Lowering | undefined;
  /** The iteration whose updates it is to hold, counted from 0 (default: the first). */
  readonly iteration?: number;
}

export interface CompiledStep {
  readonly program: Program;
  /** The program's outputs as a graph. */
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly feeds: readonly Feed[];
  /** All of the run's state, whichever part of it this variant touches. */
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
  /** Floating-point operations of the convolutions and matrix products, whatever their lowering. */
  readonly flops: number;
  /** Batches that an iteration with all updates takes from each stream of data, most first. */
  readonly streams: ReadonlyMap<DataStream, number>;
  /** Whether every iteration makes all updates, so that there is one variant. */
  readonly isOnly: boolean;
  /** Which of the recipe's updates an iteration makes. */
  updatesAt(iteration: number): readonly boolean[];
}

/** Names of the flat arrays and fetches that other files look up. */
export const emaArrayOf = (label: string): string => `ema.${label}.parameters`;
export const METRICS = "metrics";

/** Builds and lowers an iteration. Throws ShapeError, naming the layer, where the networks do not fit the data. */
export function compileStep(options: StepOptions): CompiledStep {
  const { recipe, lowering, iteration = 0 } = options;
  const whole = build(options, () => true);
  const updatesAt = (at: number) => whole.updates.map(({ when }) => when?.(at) ?? true);
  const active = updatesAt(iteration);
  const built = active.every(Boolean) ? whole : build(options, (index) => active[index]);
  const { reports, next, unwatched, declared, bounds } = built;

  const state = [...whole.state, ...whole.declared.pools.keys()];
  const moved = state.filter(({ name }) => next[name] !== undefined);
  const metrics = [...reports.keys()].sort();
  // What is not finite in the other slots is not finite in the parameters either.
  const health = moved.map(({ name }) => name).filter((name) => !unwatched.has(name));
  const numbers = [...metrics.map((name) => reports.get(name)!), ...health.map((name) => squaredNorm(next[name]))];
  const outputs: Record<string, Tensor> = {
    [METRICS]: concat(
      numbers.map((value) => value.reshape([1])),
      0,
    ),
  };
  for (const { name } of moved) outputs[nextName(name)] = next[name];

  let flops = 0;
  const model = lower(outputs, {
    ...(lowering && { lowering }),
    metadata: { recipe: recipe.name },
    originsOf(order) {
      for (const node of order) flops += flopsOf(node);
      return originsOf(order, state);
    },
  });
  const used = new Set(model.graph.inputs.map(({ name }) => name));
  const feeds = declared.feeds.filter(({ name }) => used.has(name));
  return {
    program: {
      model: writeOnnx(model),
      state: state
        .filter(({ name }) => used.has(name) || next[name] !== undefined)
        .map(({ name, size }) => ({
          input: name,
          ...(next[name] !== undefined && { output: nextName(name) }),
          shape: [size],
        })),
      feeds,
      fetches: [{ name: METRICS, shape: [numbers.length] }],
    },
    outputs,
    feeds,
    state,
    metrics,
    health,
    networks: [...bounds.values()].map(({ network, parameterArray }) => ({
      label: network.label,
      layers: whole.bounds.get(network.label)!.layers,
      parameters: parameterArray.size,
    })),
    nodes: model.graph.nodes.length,
    flops,
    streams: new Map([...batchesOf(whole.declared.feeds)].sort(([, a], [, b]) => b - a)),
    isOnly: whole.updates.every(({ when }) => when === undefined),
    updatesAt,
  };
}

interface Built {
  readonly updates: readonly Update[];
  readonly bounds: ReadonlyMap<string, Bound>;
  readonly declared: Declarations;
  readonly reports: ReadonlyMap<string, Tensor>;
  readonly state: readonly StateArray[];
  /** What a state array that moves holds after the iteration. */
  readonly next: Readonly<Record<string, Tensor>>;
  /** Arrays in which an infinity would go unnoticed. */
  readonly unwatched: ReadonlySet<string>;
}

/** The slots of one update's optimizer beside one network, and their tensors now. */
interface Slots {
  readonly arrays: Readonly<Record<string, StateArray>>;
  values: Readonly<Record<string, Tensor>>;
}

/** The iteration with those of its updates that `isActive`, by their place. */
function build({ recipe, options, data, batch, ema }: StepOptions, isActive: (index: number) => boolean): Built {
  const specs = recipe.networks(options, data);
  const declared = declarations(batch, data, specs);
  const bounds = new Map<string, Bound>();
  for (const [label, spec] of Object.entries(specs)) {
    bounds.set(label, bind(label, spec, { training: true, uniform: declared.uniform }));
  }
  const reports = new Map<string, Tensor>();
  const slotsOf = new Map<Update, Map<Bound, Slots>>();
  let report = (name: string, value: Tensor): void => void reports.set(name, value);
  let turn: Turn = { update: 0, times: 1, repeat: 0 };

  /** One step of gradient descent: everyone in `over` moves. Gradients pass through it unless `stop`. */
  const descend = (update: Update, loss: Tensor, at: Turn, stop: boolean): Tensor => {
    const movers = [...slotsOf.get(update)!];
    const all = movers.map(([bound]) => bound.parameterTensors());
    const gradients = grad(loss, all.flat());
    const scalars = Object.fromEntries(
      Object.entries(update.with.scalars).map(([name, schedule]) => [name, declared.scheduled(schedule, at)]),
    );
    const flat: Tensor[] = [];
    for (const [i, [bound, slots]] of movers.entries()) {
      const gradient = pack(gradients.splice(0, all[i].length));
      const moved = update.with.update(bound.parameters(), gradient, slots.values, scalars);
      const settle = (value: Tensor) => (stop ? stopGradient(value) : value);
      bound.setParameters(settle(moved.p));
      slots.values = Object.fromEntries(Object.entries(moved.slots).map(([slot, value]) => [slot, settle(value)]));
      flat.push(gradient);
    }
    return flat.map(squaredNorm).reduce((sum, norm) => sum.add(norm));
  };

  const updates = recipe.iteration(
    Object.fromEntries([...bounds].map(([label, bound]) => [label, bound.network])),
    {
      draw: declared.draw,
      batch,
      data,
      report: (name, value) => report(name, value),
      at: declared.at,
      pool: (x, size) => declared.pool(x, size, turn),
      unrolled(move, steps, then) {
        const movers = slotsOf.get(move);
        if (movers === undefined) throw new Error("unrolled: the move is none of the iteration's updates");
        const restore = [...bounds.values()].map((bound) => bound.keep());
        const held = [...movers.values()].map(({ values }) => values);
        const [outer, tell] = [turn, report];
        report = () => {};
        for (let step = 0; step < steps; step++) {
          // These steps are numbered on from those already made.
          turn = { update: updates.indexOf(move), times: move.times, repeat: move.times + step };
          descend(move, move.loss(), turn, false);
        }
        [turn, report] = [outer, tell];
        const value = then();
        for (const put of restore) put();
        for (const [i, slots] of [...movers.values()].entries()) slots.values = held[i];
        return value;
      },
    },
    options,
  );

  const state: StateArray[] = [...bounds.values()].flatMap(arraysOfBound);
  updates.forEach((update, index) => {
    const slots = new Map<Bound, Slots>();
    for (const { label } of update.over) {
      if (bounds.get(label)!.parameterArray.size === 0) continue;
      const several = updates.filter(({ over }) => over.some((other) => other.label === label)).length > 1;
      const arrays = slotArrays(update, bounds.get(label)!, several ? `${index}` : "");
      const values = Object.fromEntries(Object.entries(arrays).map(([slot, array]) => [slot, stateInput(array)]));
      slots.set(bounds.get(label)!, { arrays, values });
      state.push(...Object.values(arrays));
    }
    slotsOf.set(update, slots);
  });

  const next: Record<string, Tensor> = {};
  const unwatched = new Set<string>();
  updates.forEach((update, index) => {
    if (!isActive(index)) return;
    const label = update.over.map((network) => network.label).join("+");
    const several = updates.filter(({ over }) => over.map((network) => network.label).join("+") === label).length > 1;
    const name = `${label}${several ? index : ""}`;
    for (let repeat = 0; repeat < update.times; repeat++) {
      turn = { update: index, times: update.times, repeat };
      const loss = update.loss();
      reports.set(`loss/${name}`, loss);
      reports.set(`gradient/${name}`, descend(update, loss, turn, true).sqrt());
    }
    for (const [bound, { arrays, values }] of slotsOf.get(update)!) {
      next[bound.parameterArray.name] = bound.parameters();
      for (const [slot, array] of Object.entries(arrays)) {
        next[array.name] = values[slot];
        if (!update.with.silent.includes(slot)) unwatched.add(array.name);
      }
    }
  });

  for (const { bufferArray, buffers, applications } of bounds.values()) {
    if (bufferArray && applications() > 0) next[bufferArray.name] = buffers();
  }
  for (const [array, held] of declared.pools) next[array.name] = held;
  if (ema > 0) {
    for (const label of networksMade({ recipe, options, data })) {
      const { parameterArray } = bounds.get(label)!;
      const isTrained = [...slotsOf.values()].some((slots) => slots.has(bounds.get(label)!));
      if (!isTrained) continue;
      const entries = parameterArray.entries.map(({ name, shape }) => ({ name: `ema.${name}`, shape }));
      const array = layOut(emaArrayOf(label), entries, { copyOf: parameterArray.name });
      state.push(array);
      const parameters = next[parameterArray.name];
      if (parameters !== undefined) next[array.name] = movingAverage(stateInput(array), parameters, ema);
    }
  }
  return { updates, bounds, declared, reports, state, next, unwatched };
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
