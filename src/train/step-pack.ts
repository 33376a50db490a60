// Several iterations as one program: what one leaves in the state, the next one reads. Where a run of the session costs more than the
// iteration in it (the state's way to a GPU and back, the wait for it), that cost is paid once for all of them.

import { concat, input, substitute, type Tensor } from "../graph/index.ts";
import { type Lowering, lower, writeOnnx } from "../onnx/index.ts";
import type { Program } from "../runtime/index.ts";
import { type CompiledStep, METRICS } from "./compile-step.ts";
import { originsOf } from "./origins.ts";

export interface StepPack {
  readonly program: Program;
  /** The iterations, in their order. */
  readonly steps: readonly CompiledStep[];
  /** The numbers of each iteration, from what a run gave. */
  numbers(fetched: Float32Array): Float32Array[];
  /** The arrays for a run, from those of each iteration. */
  feeds(each: readonly Readonly<Record<string, Float32Array>>[]): Record<string, Float32Array>;
}

/** An iteration by itself. */
export function packOne(step: CompiledStep): StepPack {
  return { program: step.program, steps: [step], numbers: (fetched) => [fetched], feeds: ([only]) => ({ ...only }) };
}

/** Two or more consecutive iterations of one run. The inputs of the k-th are called as its own, after "k/". */
export function packSteps(steps: readonly CompiledStep[], lowering: Lowering): StepPack {
  const { state } = steps[0];
  const now = new Map<string, Tensor>();
  /** How the program calls the state that moved. */
  const outputOf = new Map<string, string>();
  const numbers: Tensor[] = [];
  steps.forEach((step, k) => {
    const fed = step.feeds.map(({ name, shape }) => [name, input(inputName(k, name), shape)] as const);
    const names = Object.keys(step.outputs);
    const values = substitute(Object.values(step.outputs), new Map([...now, ...fed]));
    const of = (name: string) => values[names.indexOf(name)];
    numbers.push(of(METRICS));
    for (const { input: name, output } of step.program.state) {
      if (output === undefined) continue;
      now.set(name, of(output));
      outputOf.set(name, output);
    }
  });
  const moved = [...outputOf].map(([name, output]) => [output, now.get(name)!] as const);
  const model = lower(
    { [METRICS]: concat(numbers, 0), ...Object.fromEntries(moved) },
    { lowering, originsOf: (order) => originsOf(order, state) },
  );
  // What one iteration leaves and the next replaces unread, nothing computes.
  const used = new Set(model.graph.inputs.map(({ name }) => name));
  const sizes = numbers.map(({ size }) => size);
  return {
    program: {
      model: writeOnnx(model),
      state: state
        .filter(({ name }) => used.has(name) || outputOf.has(name))
        .map(({ name, size }) => ({
          input: name,
          ...(outputOf.has(name) && { output: outputOf.get(name)! }),
          shape: [size],
        })),
      feeds: steps
        .flatMap((step, k) => step.feeds.map(({ name, shape }) => ({ name: inputName(k, name), shape })))
        .filter(({ name }) => used.has(name)),
      fetches: [{ name: METRICS, shape: [sizes.reduce((sum, size) => sum + size)] }],
    },
    steps,
    numbers(fetched) {
      let at = 0;
      return sizes.map((size) => {
        at += size;
        return fetched.slice(at - size, at);
      });
    },
    feeds: (each) =>
      Object.fromEntries(
        each
          .flatMap((feeds, k) => Object.entries(feeds).map(([name, values]) => [inputName(k, name), values] as const))
          .filter(([name]) => used.has(name)),
      ),
  };
}

const inputName = (k: number, name: string): string => `${k}/${name}`;
