// Declares the inputs of an iteration's graph: what a recipe draws becomes an input, and a feed that says how to fill it.

import { type Field, fieldShape, type Identities, labelCount, type SampleForm } from "../data/index.ts";
import { input, type Shape, type Tensor } from "../graph/index.ts";
import type { AnyNetworkSpec } from "../networks/index.ts";
import type { Schedule } from "../optim/index.ts";
import type { AnyNetwork, Draw } from "../recipes/index.ts";
import type { DataStream, Feed, Turn } from "./feeds.ts";
import { layOut, type StateArray, stateInput } from "./state.ts";

export interface Declarations {
  readonly feeds: readonly Feed[];
  readonly draw: Draw;
  /** Uniform randomness of exactly this shape, for layers. */
  uniform(shape: Shape): Tensor;
  at(schedule: Schedule): Tensor;
  scheduled(schedule: Schedule, turn: Turn): Tensor;
  pool(x: Tensor, size: number, turn: Turn): Tensor;
  /** The pools declared, and what each holds after the iteration. */
  readonly pools: ReadonlyMap<StateArray, Tensor>;
}

/** Declarations for batches of `batch` samples of this form. */
export function declarations(
  batch: number,
  data: SampleForm,
  specs: Readonly<Record<string, AnyNetworkSpec>>,
): Declarations {
  const feeds: Feed[] = [];
  const counts = new Map<string, number>();
  /** Inputs are numbered by their word, in the order in which they are declared: "normal/0". */
  const numberOf = (word: string) => {
    const number = counts.get(word) ?? 0;
    counts.set(word, number + 1);
    return number;
  };
  const add = (name: string, shape: Shape, source: Feed["source"]): Tensor => {
    feeds.push({ name, shape, source });
    return input(name, shape);
  };
  const declare = (source: Exclude<Feed["source"], { kind: "data" }>, shape: Shape) =>
    add(`${source.kind}/${numberOf(source.kind)}`, shape, source);
  const fromData = (stream: DataStream, word: string, fields: readonly (readonly [string, Field])[]): Tensor[] => {
    const number = numberOf(word);
    const taken = numberOf(`batches of ${stream}`);
    return fields.map(([part, field]) =>
      add(`${word}${part}/${number}`, [batch, ...fieldShape(data, field)], {
        ...{ kind: "data", stream, batch: taken, field },
      }),
    );
  };
  const uniform = (shape: Shape, low: number, high: number) => declare({ kind: "uniform", low, high }, shape);

  const draw: Draw = {
    real: () => fromData("all", "real", [["", "x"]])[0],
    labelled() {
      const [x, y] = fromData("labelled", "labelled", [
        [".x", "x"],
        [".y", "y"],
      ]);
      return { x, y };
    },
    pair() {
      const [a, b] = fromData("all", "pair", [
        [".a", "x"],
        [".b", "b"],
      ]);
      return { a, b };
    },
    domain: (name) => {
      const shape = [batch, ...fieldShape(data, name === "a" ? "x" : "b")];
      const source = { kind: "data", stream: name, batch: numberOf(`batches of ${name}`), field: "x" } as const;
      return add(`domain.${name}/${numberOf(`domain.${name}`)}`, shape, source);
    },
    captioned() {
      const [x, t] = fromData("all", "captioned", [
        [".x", "x"],
        [".t", "t"],
      ]);
      return { x, t };
    },
    identities() {
      const number = numberOf("identities");
      const one = (field: keyof Identities) =>
        add(`identities.${field}/${number}`, [batch, ...data.sample], {
          ...{ kind: "data", stream: "identities", batch: number, field },
        });
      return { x: one("x"), xHat: one("xHat"), same: one("same"), other: one("other") };
    },
    classes: () => declare({ kind: "classes" }, [batch, labelCount(data)]),
    permutation: () => declare({ kind: "permutation" }, [batch, batch]),
    normal: (shape) => declare({ kind: "normal" }, [batch, ...shape]),
    uniform: (shape, low = 0, high = 1) => uniform([batch, ...shape], low, high),
    prior: ({ label, inputShape }: AnyNetwork) =>
      specs[label].prior === "uniform" ? draw.uniform(inputShape, -1, 1) : draw.normal(inputShape),
  };

  const pools = new Map<StateArray, Tensor>();
  const byPlace = new Map<string, StateArray>();
  const pool = (x: Tensor, size: number, turn: Turn): Tensor => {
    // The repeats of an update share its pools: the k-th of one repeat is the k-th of the next.
    const place = `${turn.update}.${numberOf(`pools of ${turn.update} in ${turn.repeat}`)}`;
    const array =
      byPlace.get(place) ??
      layOut(`pool.${place}`, [{ name: `pool.${place}`, shape: [size, ...x.shape.slice(1)] }], "zeros");
    byPlace.set(place, array);
    const held = (pools.get(array) ?? stateInput(array)).reshape([size, -1]);
    const choice = declare({ kind: "pool", turn }, [batch, size + 1]);
    const keep = choice.slice([0, 0], [batch, size]); //                        [n, size]
    const swap = choice.slice([0, size], [batch, 1]); //                        [n, 1]
    const fresh = x.stopGradient().flatten(); //                                [n, m]
    const taken = keep
      .matmul(held)
      .mul(swap)
      .add(fresh.mul(swap.neg().add(1)));
    const free = keep.sum([0], true).neg().add(1).reshape([size, 1]);
    pools.set(
      array,
      held
        .mul(free)
        .add(keep.matmul(fresh, { transposeA: true }))
        .reshape([array.size]),
    );
    return taken.reshape(x.shape);
  };

  return {
    feeds,
    draw,
    uniform: (shape) => uniform(shape, 0, 1),
    at: (schedule) => declare({ kind: "at", schedule }, []),
    scheduled: (schedule, turn) => declare({ kind: "schedule", schedule, turn }, []),
    pool,
    pools,
  };
}
