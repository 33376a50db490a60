// The front door in Node: all of it, with files, folders and onnxruntime.

export * from "./data/index.node.ts";
export * from "./export/index.node.ts";
export * from "./index.ts";
export * from "./metrics/index.node.ts";
export * from "./reproduce/index.node.ts";
export * from "./runtime/index.node.ts";
export * from "./train/index.node.ts";
