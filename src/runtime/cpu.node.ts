import type { Backend } from "./backend.ts";
import { cpuLowering } from "./blocked-support.node.ts";
import { loadOrtSession } from "./ort-session.node.ts";
import { probeBackend } from "./probe.ts";

const load: Backend["load"] = (program, { threads, profilePrefix }) =>
  loadOrtSession(program, {
    executionProviders: ["cpu"],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    // A program comes as it is to run: looking for what to improve finds nothing, and takes longer than all the rest of loading.
    graphOptimizationLevel: "disabled",
    // Planning memory for whole steps ahead costs a third more of it, and no step is slower without.
    enableMemPattern: false,
    ...(profilePrefix !== undefined && { enableProfiling: true, profileFilePrefix: profilePrefix }),
  });

/** The check takes a moment and its answer never changes, so it is made once. */
const lowering = once(() => cpuLowering(load));

/** The processor, through onnxruntime's own kernels. */
export const cpu: Backend = { device: "cpu", probe: () => probeBackend(cpu), lowering: () => lowering(), load };

function once<T>(compute: () => T): () => T {
  let result: { readonly value: T } | undefined;
  return () => {
    result ??= { value: compute() };
    return result.value;
  };
}
