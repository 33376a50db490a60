// A program in onnxruntime-node whose state stays on the GPU: each run's outputs feed the next, and only what is asked for
// is read back, by a second program that copies.

import { input, sizeOf } from "../graph/index.ts";
import { lower, writeOnnx } from "../onnx/index.ts";
import type { Arrays, Program, Session } from "./backend.ts";
import { ort } from "./ort.node.ts";

/** Loads a program with onnxruntime's own options, which must name a provider that keeps outputs as "gpu-buffer". */
export async function loadResidentSession(
  program: Program,
  options: ort.InferenceSession.SessionOptions,
): Promise<Session> {
  const moving = program.state.flatMap(({ input, output }) => (output === undefined ? [] : [{ input, output }]));
  const location = Object.fromEntries(moving.map(({ output }) => [output, "gpu-buffer" as const]));
  const session = await ort.InferenceSession.create(program.model, {
    logSeverityLevel: 4,
    ...options,
    ...(moving.length > 0 && { preferredOutputLocation: location }),
  });
  const shapes = new Map(program.state.map(({ input, shape }) => [input, shape]));
  const state = new Map<string, ort.Tensor>();
  const put = (name: string, tensor: ort.Tensor) => {
    const old = state.get(name);
    state.set(name, tensor);
    if (old?.location === "gpu-buffer") old.dispose();
  };
  for (const [name, shape] of shapes) put(name, new ort.Tensor("float32", new Float32Array(sizeOf(shape)), shape));

  /** Made when first needed: a copy of one array is read in a run of its own. */
  const readers = new Map<string, Promise<ort.InferenceSession>>();
  const read = async (name: string): Promise<Float32Array> => {
    const tensor = state.get(name);
    if (tensor === undefined) throw new Error(`session: no state is called "${name}"`);
    if (tensor.location === "cpu") return (tensor.data as Float32Array).slice();
    if (!readers.has(name)) {
      const model = writeOnnx(lower({ copy: input("state", shapes.get(name)!) }));
      readers.set(name, ort.InferenceSession.create(model, { logSeverityLevel: 4, ...options }));
    }
    const { copy } = await (await readers.get(name)!).run({ state: tensor });
    return (copy.data as Float32Array).slice();
  };

  return {
    async run(feeds) {
      const read = [...state].filter(([name]) => session.inputNames.includes(name)); // some is only ever replaced
      const inputs: Record<string, ort.Tensor> = Object.fromEntries(read);
      for (const { name, shape } of program.feeds) inputs[name] = new ort.Tensor("float32", feeds[name], shape);
      const results = await session.run(inputs);
      for (const { input: name, output } of moving) put(name, results[output]);
      return Object.fromEntries(
        program.fetches.map(({ name }) => [name, (results[name].data as Float32Array).slice()]),
      );
    },
    async readState(names = [...shapes.keys()]) {
      const values: Record<string, Float32Array> = {};
      for (const name of names) values[name] = await read(name);
      return values;
    },
    async writeState(values: Arrays) {
      for (const [name, value] of Object.entries(values)) {
        const shape = shapes.get(name);
        if (shape === undefined) throw new Error(`session: no state is called "${name}"`);
        put(name, new ort.Tensor("float32", value.slice(), shape));
      }
    },
    async close() {
      for (const tensor of state.values()) if (tensor.location === "gpu-buffer") tensor.dispose();
      for (const reader of readers.values()) await (await reader).release();
      await session.release();
    },
  };
}
