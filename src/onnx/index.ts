export { blockedRules } from "./blocked.ts";
export { cpuRules } from "./cpu-rules.ts";
export { type LoweredModel, type Lowering, type LowerOptions, lower, plainLowering } from "./lower.ts";
export type { OnnxAttribute, OnnxDtype, OnnxGraph, OnnxModel, OnnxNode, OnnxTensor, OnnxValue } from "./model.ts";
export { readOnnx } from "./read.ts";
export { type LowerRule, type LowerRules, plainRules } from "./rules.ts";
export { type SplitModel, splitModel } from "./split.ts";
export { NCHWC } from "./value.ts";
export { writeOnnx } from "./write.ts";
