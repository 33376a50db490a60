export { cpu } from "./cpu.node.ts";
export { cuda } from "./cuda.node.ts";
export * from "./index.ts";
export { type Floats, type Integers, type Model, openModel } from "./model.node.ts";
export { type Examination, examine } from "./probe-child.node.ts";
export { openProfiler, type Profiler } from "./profile.node.ts";
export { backends, type Choice, checkDevice, chooseBackend } from "./registry.node.ts";
export { webgpu } from "./webgpu.node.ts";
