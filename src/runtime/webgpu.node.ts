import { plainLowering } from "../onnx/index.ts";
import type { Backend } from "./backend.ts";
import { probeBackend } from "./probe.ts";
import { loadResidentSession } from "./resident-session.node.ts";

/** A GPU through WebGPU (Dawn inside onnxruntime-node): Vulkan on Linux, Metal on macOS, Direct3D on Windows. */
export const webgpu: Backend = {
  device: "webgpu",
  probe: () => probeBackend(webgpu),
  lowering: async () => plainLowering,
  load: (program) => loadResidentSession(program, { executionProviders: ["webgpu"] }),
};
