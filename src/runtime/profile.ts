// Where the time of a training step goes: timed steps and their operators in, a table of kinds and of single nodes out, and
// the same as events for trace viewers.

import { formatShape, type Shape } from "../graph/index.ts";
import { flopsOfNode, type RunTime } from "./trace.ts";

/** One step on one clock, in milliseconds, with the run of a program inside it. */
export interface TimedStep {
  readonly start: number;
  readonly end: number;
  readonly run: ProfiledRun;
}

/** A run as the caller saw it, in milliseconds, and as onnxruntime did. */
export interface ProfiledRun extends RunTime {
  /** Which of the loaded programs ran. */
  readonly program: number;
  readonly began: number;
  readonly ended: number;
}

/** Part of a step; shares of all kinds and of the rest add up to 1. */
interface Part {
  /** Milliseconds in a step, on average. */
  readonly ms: number;
  readonly share: number;
}

/** All operators of one type. */
export interface KindTime extends Part {
  readonly op: string;
  /** How many there are, in all the programs that ran. */
  readonly nodes: number;
  /** Of convolutions and matrix products: billions of operations in a step, and in a second. */
  readonly gflop?: number;
  readonly gflops?: number;
}

/** One operator of a program. */
export interface OperatorTime extends Part {
  readonly op: string;
  readonly name: string;
  readonly output: Shape;
  readonly gflop?: number;
  readonly gflops?: number;
}

export interface Profile {
  /** Milliseconds of a step, on average. */
  readonly ms: number;
  /** Most time first. */
  readonly kinds: readonly KindTime[];
  /** Every operator, most time first. */
  readonly operators: readonly OperatorTime[];
  /** In a run, between its operators: scheduling them, copying state, and the profiler's own notes. */
  readonly between: Part;
  /** Outside the run: waiting for data, drawing random numbers. */
  readonly outside: Part;
}

/** The table of at least one step. */
export function profileOf(steps: readonly TimedStep[]): Profile {
  const total = sum(steps.map(({ start, end }) => end - start));
  const part = (ms: number): Part => ({ ms: ms / steps.length, share: ms / total });
  /** Time and work of a group of operators. */
  const measured = ({ us, flops }: Sum) => ({
    ...part(us / 1000),
    ...(flops !== undefined && { gflop: flops / steps.length / 1e9, gflops: us === 0 ? 0 : flops / us / 1e3 }),
  });

  const operators = new Map<string, Sum & { readonly op: string; readonly name: string; readonly output: Shape }>();
  const kinds = new Map<string, Sum & { readonly members: Set<string> }>();
  for (const { run } of steps) {
    for (const node of run.nodes) {
      const key = `${run.program} ${node.index}`;
      const flops = flopsOfNode(node);
      const operator = operators.get(key) ?? { op: node.op, name: node.name, output: node.outputs[0] ?? [], us: 0 };
      operators.set(key, added(operator, node.duration, flops));
      const kind = kinds.get(node.op) ?? { members: new Set(), us: 0 };
      kind.members.add(key);
      kinds.set(node.op, added(kind, node.duration, flops));
    }
  }
  const inOperators = sum([...operators.values()].map(({ us }) => us / 1000));
  const inRuns = sum(steps.map(({ run }) => run.ended - run.began));
  return {
    ms: total / steps.length,
    kinds: [...kinds].map(([op, kind]) => ({ op, nodes: kind.members.size, ...measured(kind) })).sort(bySlowness),
    operators: [...operators.values()]
      .map(({ op, name, output, ...rest }) => ({ op, name, output, ...measured(rest) }))
      .sort(bySlowness),
    between: part(inRuns - inOperators),
    outside: part(total - inRuns),
  };
}

interface Sum {
  readonly us: number;
  readonly flops?: number;
}

function added<T extends Sum>(to: T, us: number, flops: number | undefined): T {
  return { ...to, us: to.us + us, ...(flops !== undefined && { flops: (to.flops ?? 0) + flops }) };
}

const bySlowness = (a: Part, b: Part): number => b.ms - a.ms;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** A complete event of the Trace Event Format (chrome://tracing, Perfetto); times in microseconds. */
export interface TraceEvent {
  readonly name: string;
  readonly cat: string;
  readonly ph: "X";
  readonly ts: number;
  readonly dur: number;
  readonly pid: number;
  readonly tid: number;
  readonly args?: Readonly<Record<string, string | number>>;
}

/** The steps, in each its run, and in that its operators, counted from the first step's start. Each event lies within its parent. */
export function traceOf(steps: readonly TimedStep[]): TraceEvent[] {
  const origin = steps[0].start;
  return steps.flatMap(({ start, end, run }, i) => {
    const began = (run.began - origin) * 1000;
    const ended = (run.ended - origin) * 1000;
    // onnxruntime has a clock of its own, and rounds down: its run lies in the middle of what the caller saw.
    const shift = Math.max(began, (began + ended - run.duration) / 2) - run.start;
    return [
      event(`step ${i + 1}`, "step", (start - origin) * 1000, (end - origin) * 1000),
      event("run", "run", began, ended, { program: run.program }),
      ...run.nodes.map((node) =>
        event(node.op, "operator", node.start + shift, Math.min(node.start + node.duration + shift, ended), {
          node: node.name,
          inputs: node.inputs.map(formatShape).join(" "),
          outputs: node.outputs.map(formatShape).join(" "),
        }),
      ),
    ];
  });
}

/** Ends are rounded as starts are, so that rounding moves no event out of its parent. */
function event(name: string, cat: string, from: number, to: number, args?: TraceEvent["args"]): TraceEvent {
  const ts = Math.round(from);
  return { name, cat, ph: "X", ts, dur: Math.round(to) - ts, pid: 1, tid: 1, ...(args && { args }) };
}
