// What onnxruntime's profiler writes: a JSON array with an event on each line, times in whole microseconds. An operator's
// event ends before that of its run, which says "model_run".

import { type Shape, sizeOf } from "../graph/index.ts";

/** An operator at work, in one run. */
export interface NodeTime {
  /** Its type: "Conv". */
  readonly op: string;
  /** As the model called the node, or whatever onnxruntime calls it after rewriting. */
  readonly name: string;
  /** Its number in the optimized model. */
  readonly index: number;
  /** Microseconds, from any start, and how long it took. */
  readonly start: number;
  readonly duration: number;
  readonly inputs: readonly Shape[];
  readonly outputs: readonly Shape[];
}

/** One run of a model, in microseconds. */
export interface RunTime {
  readonly start: number;
  readonly duration: number;
  /** In their order; where operators run one at a time, none overlaps another. */
  readonly nodes: readonly NodeTime[];
}

interface Event {
  readonly cat: string;
  readonly name: string;
  readonly ts: number;
  readonly dur: number;
  readonly args?: {
    readonly op_name?: string;
    readonly node_index?: string;
    readonly input_type_shape?: readonly Readonly<Record<string, Shape>>[];
    readonly output_type_shape?: readonly Readonly<Record<string, Shape>>[];
  };
}

const KERNEL = "_kernel_time";

/** Takes a profiler's lines one by one, since its files can be large; `runs` are those that have come to their end. */
export interface RunReader {
  /** Throws SyntaxError for a line that is no event. */
  add(line: string): void;
  readonly runs: readonly RunTime[];
}

export function createRunReader(): RunReader {
  const runs: RunTime[] = [];
  let nodes: NodeTime[] = [];
  return {
    runs,
    add(line) {
      const text = line.trim().replace(/,$/, "");
      if (text === "[" || text === "]" || text === "") return;
      const event = JSON.parse(text) as Event;
      if (event.cat === "Node" && event.name.endsWith(KERNEL)) nodes.push(nodeTime(event));
      if (event.cat !== "Session" || event.name !== "model_run") return;
      runs.push({ start: event.ts, duration: event.dur, nodes });
      nodes = [];
    },
  };
}

function nodeTime({ name, ts, dur, args = {} }: Event): NodeTime {
  const shapes = (values: readonly Readonly<Record<string, Shape>>[] = []) =>
    values.map((value) => Object.values(value)[0] ?? []);
  return {
    op: args.op_name ?? name,
    name: name.slice(0, -KERNEL.length),
    index: Number(args.node_index),
    start: ts,
    duration: dur,
    inputs: shapes(args.input_type_shape),
    outputs: shapes(args.output_type_shape),
  };
}

/** Floating-point operations of a convolution or matrix product as it ran, where products with padding count; undefined for every other operator. */
export function flopsOfNode({ op, inputs, outputs }: Pick<NodeTime, "op" | "inputs" | "outputs">): number | undefined {
  const [a, b] = inputs;
  const [y] = outputs;
  // Each number of y meets a window of x as large as a filter of w [O, C/groups, kh, kw].
  if (/^(Fused)?Conv$/.test(op)) return 2 * sizeOf(y) * sizeOf(b.slice(1));
  // Each number of x meets the filters of its channel, in w [C, O/groups, kh, kw].
  if (op === "ConvTranspose") return 2 * sizeOf(a) * sizeOf(b.slice(1));
  // [m, k] × [k, n] → [m, n], either side transposed.
  if (/^(Fused)?(Gemm|MatMul)$/.test(op)) return 2 * sizeOf(a) * (y.at(-1) ?? 1);
  return undefined;
}
