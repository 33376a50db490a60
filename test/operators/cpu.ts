// Runs a model's bytes once on ONNX Runtime's CPU provider, as they are: as the cpu backend does.

import * as ort from "onnxruntime-node";
import type { Feeds } from "./case.ts";

export async function runOnCpu(model: Uint8Array, feeds: Feeds, threads = 1): Promise<Record<string, Float32Array>> {
  const session = await ort.InferenceSession.create(model, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: "disabled",
  });
  try {
    const results = await session.run(
      Object.fromEntries(
        Object.entries(feeds).map(([name, { data, dims }]) => [name, new ort.Tensor("float32", data, dims)]),
      ),
    );
    return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data as Float32Array]));
  } finally {
    await session.release();
  }
}
