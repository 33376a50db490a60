import type { Backend } from "./backend.ts";
import { loadOrtSession } from "./ort-session.node.ts";
import { probeBackend } from "./probe.ts";

/** The processor, through onnxruntime's own kernels. */
export const cpu: Backend = {
  device: "cpu",
  probe: () => probeBackend(cpu),
  load: (program, { threads }) =>
    loadOrtSession(program, {
      executionProviders: ["cpu"],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: "sequential",
    }),
};
