import type { Backend } from "./backend.ts";
import { cpuLowering } from "./blocked-support.node.ts";
import { loadOrtSession } from "./ort-session.node.ts";
import { probeBackend } from "./probe.ts";

/** The check takes a moment and its answer never changes, so it is made once. */
const lowering = once(cpuLowering);

/** The processor, through onnxruntime's own kernels. */
export const cpu: Backend = {
  device: "cpu",
  probe: () => probeBackend(cpu),
  lowering: () => lowering(),
  load: (program, { threads, profilePrefix }) =>
    loadOrtSession(program, {
      executionProviders: ["cpu"],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: "sequential",
      // Planning memory for whole steps ahead costs a third more of it, and no step is slower without.
      enableMemPattern: false,
      ...(profilePrefix !== undefined && { enableProfiling: true, profileFilePrefix: profilePrefix }),
    }),
};

function once<T>(compute: () => T): () => T {
  let result: { readonly value: T } | undefined;
  return () => {
    result ??= { value: compute() };
    return result.value;
  };
}
