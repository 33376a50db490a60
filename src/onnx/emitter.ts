// Collects ONNX nodes and initializers while a graph is lowered, and names every value once.

import type { Shape } from "../graph/index.ts";
import type { OnnxAttribute, OnnxNode, OnnxTensor } from "./model.ts";

type AttributeValue =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly floats: readonly number[] };
type Attributes = Readonly<Record<string, AttributeValue>>;

/** An axis of a grid of places: its i-th adds first + i · step. */
export interface Axis {
  readonly count: number;
  readonly step: number;
  readonly first: number;
}

export class Emitter {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxTensor[] = [];
  readonly domains = new Set<string>([""]);
  /** Of values, where it is known. */
  readonly shapes = new Map<string, Shape>();
  /** What the nodes now emitted come from; they are named by it and by their result: "D.main.2 conv#v17". */
  origin: string | undefined;
  readonly #initializerNames = new Map<string, string>();
  /** Those that may be a shape. */
  readonly #ints = new Map<string, readonly number[]>();
  readonly #results = new Map<string, string>();
  readonly #reserved: ReadonlySet<string>;
  #next = 0;

  /** Names in `reserved` are the caller's, and are given to no value. */
  constructor(reserved: ReadonlySet<string>) {
    this.#reserved = reserved;
  }

  #fresh(prefix: string): string {
    const name = `${prefix}${this.#next++}`;
    return this.#reserved.has(name) ? this.#fresh(prefix) : name;
  }

  /** Has the value `result` called `name`: at its node, when that was emitted last, else by an Identity. */
  rename(result: string, name: string): string {
    const last = this.nodes.at(-1);
    if (last === undefined || last.outputs[0] !== result || this.#reserved.has(result)) {
      return this.#push({ op: "Identity", domain: "", inputs: [result], outputs: [name], attributes: {} });
    }
    this.nodes[this.nodes.length - 1] = { ...last, outputs: [name] };
    for (const [key, value] of this.#results) if (value === result) this.#results.set(key, name);
    const shape = this.shapes.get(result);
    if (shape !== undefined) this.shapes.set(name, shape);
    return name;
  }

  /**
   * One ONNX node with a single output, whose name is returned; the same node asked for twice is emitted once.
   * Attributes: whole numbers are ints, `{ float }` and `{ floats }` floats.
   */
  node(op: string, inputs: readonly string[], attributes: Attributes = {}, domain = ""): string {
    const key = `${domain} ${op} ${inputs} ${JSON.stringify(attributes)}`;
    const known = this.#results.get(key);
    if (known !== undefined) return known;
    const result = this.#fresh("v");
    this.#results.set(key, result);
    this.domains.add(domain);
    const target = op === "Reshape" || op === "Expand" ? this.#ints.get(inputs[1]) : undefined;
    if (target !== undefined) this.shapes.set(result, target);
    return this.#push({ op, domain, inputs, outputs: [result], attributes: encodeAttributes(attributes) });
  }

  #push(node: OnnxNode): string {
    const [result] = node.outputs;
    this.nodes.push(this.origin === undefined ? node : { ...node, name: `${this.origin}#${result}` });
    return result;
  }

  /** A float32 initializer; equal scalars share one. */
  floats(data: Float32Array, dims: readonly number[]): string {
    const key = data.length <= 16 ? `f ${dims} ${data.join()}` : undefined;
    return this.#initializer(key, (name) => ({ name, dtype: "float32", dims, data }));
  }

  scalar(value: number): string {
    return this.floats(Float32Array.of(value), []);
  }

  /** A one-dimensional int64 initializer: shapes, axes, offsets. */
  ints(values: readonly number[]): string {
    const data = BigInt64Array.from(values.map(BigInt));
    const ints = this.#initializer(`i ${values}`, (name) => ({ name, dtype: "int64", dims: [values.length], data }));
    if (values.every((value) => value > 0)) this.#ints.set(ints, values);
    return ints;
  }

  /** A one-dimensional int32 initializer: the sums of a grid's axes, those of the last one beside each other. */
  places(axes: readonly Axis[]): string {
    const key = axes.map(({ count, step, first }) => `${count} ${step} ${first}`);
    return this.#initializer(`p ${key}`, (name) => {
      const data = axes.reduceRight<Int32Array>(repeated, Int32Array.of(0));
      return { name, dtype: "int32", dims: [data.length], data };
    });
  }

  #initializer(key: string | undefined, make: (name: string) => OnnxTensor): string {
    const known = key === undefined ? undefined : this.#initializerNames.get(key);
    if (known !== undefined) return known;
    const name = this.#fresh("c");
    this.initializers.push(make(name));
    if (key !== undefined) this.#initializerNames.set(key, name);
    return name;
  }
}

/** The places of a block at each place of an axis: [m] → [count · m]. */
function repeated(block: Int32Array, { count, step, first }: Axis): Int32Array {
  const m = block.length;
  const places = new Int32Array(count * m);
  let at = 0;
  for (let i = 0; i < count; i++) {
    const moved = first + i * step;
    for (let j = 0; j < m; j++) places[at++] = block[j] + moved;
  }
  return places;
}

function encodeAttributes(attributes: Attributes): Record<string, OnnxAttribute> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]): [string, OnnxAttribute] => {
      if (typeof value === "number") return [name, { kind: "int", value }];
      if (typeof value === "string") return [name, { kind: "string", value }];
      if ("floats" in value) return [name, { kind: "floats", value: value.floats }];
      return "float" in value ? [name, { kind: "float", value: value.float }] : [name, { kind: "ints", value }];
    }),
  );
}
