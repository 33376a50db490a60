// Any ONNX model, run on the CPU: for what is no program of ours with state, such as an exported file.

import { ort } from "./ort.node.ts";

/** Numbers and their shape. */
export interface Floats {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/** Whole numbers and their shape. */
export interface Integers {
  readonly data: BigInt64Array;
  readonly dims: readonly number[];
}

export interface Model {
  /** Names of its inputs. */
  readonly inputs: readonly string[];
  /** The outputs' numbers by name. */
  run(feeds: Readonly<Record<string, Floats | Integers>>): Promise<Record<string, Float32Array>>;
  close(): Promise<void>;
}

/** Loads a model from a file or from its bytes, on one thread. Throws onnxruntime's error when it is none, or has unknown operators. */
export async function openModel(model: string | Uint8Array): Promise<Model> {
  const options = { logSeverityLevel: 4, intraOpNumThreads: 1 } as const;
  const session = await (typeof model === "string"
    ? ort.InferenceSession.create(model, options)
    : ort.InferenceSession.create(model, options));
  return {
    inputs: session.inputNames,
    async run(feeds) {
      const tensors = Object.entries(feeds).map(([name, { data, dims }]) => [
        name,
        data instanceof Float32Array ? new ort.Tensor("float32", data, dims) : new ort.Tensor("int64", data, dims),
      ]);
      const results = await session.run(Object.fromEntries(tensors));
      return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data as Float32Array]));
    },
    close: () => session.release(),
  };
}
