export { cpu } from "./cpu.node.ts";
export { cuda } from "./cuda.node.ts";
export * from "./index.ts";
export { type Examination, examine } from "./probe-child.node.ts";
export { backends, type Choice, checkDevice, chooseBackend, openBackend } from "./registry.node.ts";
export { webgpu } from "./webgpu.node.ts";
