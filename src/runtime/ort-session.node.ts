// A program in onnxruntime-node. State lives in two sets of arrays that change places at each run: one is read, the other
// written in place, so nothing is allocated or copied between steps.

import { sizeOf } from "../graph/index.ts";
import type { Arrays, Program, Session } from "./backend.ts";
import { ort } from "./ort.node.ts";

type Side = { readonly arrays: Record<string, Float32Array>; readonly tensors: Record<string, ort.Tensor> };

/** Loads a program with onnxruntime's own options. `run` blocks the thread while the step executes. */
export async function loadOrtSession(program: Program, options: ort.InferenceSession.SessionOptions): Promise<Session> {
  const session = await ort.InferenceSession.create(program.model, { logSeverityLevel: 3, ...options });
  const moving = program.state.flatMap(({ input, output, shape }) =>
    output === undefined ? [] : [{ input, output, shape }],
  );
  const still = allocate(
    program.state.filter(({ output }) => output === undefined).map(({ input, shape }) => ({ name: input, shape })),
  );
  const sides = [allocateState(moving, still), allocateState(moving, still)];
  const metrics = allocate(program.fetches);
  const read = program.state.filter(({ input }) => session.inputNames.includes(input)); // some is only ever replaced
  // The same two calls over and over: read one side, write the other.
  const calls = sides.map((from, i) => ({
    feeds: Object.fromEntries(read.map(({ input }) => [input, from.tensors[input]])),
    fetches: {
      ...Object.fromEntries(moving.map(({ input, output }) => [output, sides[1 - i].tensors[input]])),
      ...metrics.tensors,
    },
  }));
  const shapes = new Map(program.feeds.map(({ name, shape }) => [name, shape]));
  let current = 0;

  return {
    async run(feeds) {
      const { feeds: state, fetches } = calls[current];
      const inputs: Record<string, ort.Tensor> = { ...state };
      for (const [name, shape] of shapes) inputs[name] = new ort.Tensor("float32", feeds[name], shape);
      // The tensors returned are copies; the arrays given as fetches hold the results.
      await session.run(inputs, fetches);
      current = 1 - current;
      return Object.fromEntries(Object.entries(metrics.arrays).map(([name, array]) => [name, array.slice()]));
    },
    async readState(names = program.state.map(({ input }) => input)) {
      return Object.fromEntries(names.map((name) => [name, arrayOf(sides[current], name).slice()]));
    },
    async writeState(values: Arrays) {
      for (const [name, value] of Object.entries(values)) arrayOf(sides[current], name).set(value);
    },
    async close() {
      if (options.enableProfiling) session.endProfiling();
      await session.release();
    },
  };
}

function arrayOf(side: Side, name: string): Float32Array {
  const array = side.arrays[name];
  if (array === undefined) throw new Error(`session: no state is called "${name}"`);
  return array;
}

/** One of the two sets of arrays; what stays as it is belongs to both. */
function allocateState(
  moving: readonly { readonly input: string; readonly shape: readonly number[] }[],
  still: Side,
): Side {
  const own = allocate(moving.map(({ input, shape }) => ({ name: input, shape })));
  return { arrays: { ...still.arrays, ...own.arrays }, tensors: { ...still.tensors, ...own.tensors } };
}

function allocate(values: readonly { readonly name: string; readonly shape: readonly number[] }[]): Side {
  const arrays: Record<string, Float32Array> = {};
  const tensors: Record<string, ort.Tensor> = {};
  for (const { name, shape } of values) {
    arrays[name] = new Float32Array(sizeOf(shape));
    tensors[name] = new ort.Tensor("float32", arrays[name], shape);
  }
  return { arrays, tensors };
}
