// The front door: what trains, samples and exports by name, the parts that networks and recipes are built of by folder.

export * from "./data/index.ts";
export * from "./errors/index.ts";
export * from "./export/index.ts";
export * as formats from "./formats/index.ts";
export * as graph from "./graph/index.ts";
export * as losses from "./losses/index.ts";
export * from "./metrics/index.ts";
export * as networks from "./networks/index.ts";
export * as nn from "./nn/index.ts";
export * as onnx from "./onnx/index.ts";
export * as optim from "./optim/index.ts";
export * from "./random/index.ts";
export * from "./recipes/index.ts";
export * as report from "./report/index.ts";
export * from "./reproduce/index.ts";
export * from "./runtime/index.ts";
export * from "./train/index.ts";
