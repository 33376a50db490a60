import { plainLowering } from "../onnx/index.ts";
import type { Backend } from "./backend.ts";
import { loadOrtSession } from "./ort-session.node.ts";
import { probeBackend } from "./probe.ts";

/** An NVIDIA GPU, where onnxruntime's CUDA library is installed beside onnxruntime-node. */
export const cuda: Backend = {
  device: "cuda",
  probe: () => probeBackend(cuda),
  lowering: async () => plainLowering,
  load: (program) => loadOrtSession(program, { executionProviders: ["cuda"] }),
};
