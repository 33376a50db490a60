// Networks of images made by hand: the mean of each channel, or its map of means, so that every feature can be worked out.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type OnnxDtype, type OnnxNode, type OnnxValue, writeOnnx } from "../../src/onnx/index.ts";

/** [n, 3, h, w] → "pooled" [n, 3]: the mean of each channel. */
export const pooled: readonly OnnxNode[] = [
  { op: "GlobalAveragePool", inputs: ["image"], outputs: ["mean"] },
  { op: "Flatten", inputs: ["mean"], outputs: ["pooled"] },
];

/** → "logits" [n, 2]: red less blue, and blue less red. */
export const logits: readonly OnnxNode[] = [...pooled, { op: "MatMul", inputs: ["pooled", "W"], outputs: ["logits"] }];

/** → "map" [n, 3, h / 2, w / 2]: the mean of each four pixels. */
export const map: readonly OnnxNode[] = [
  {
    op: "AveragePool",
    inputs: ["image"],
    outputs: ["map"],
    attributes: { kernel_shape: { kind: "ints", value: [2, 2] }, strides: { kind: "ints", value: [2, 2] } },
  },
];

const value = (name: string, dims: readonly number[], dtype: OnnxDtype = "float32"): OnnxValue => ({
  name,
  dtype,
  dims,
});

/** Writes a network of these nodes into a folder; gives its path. */
export function writeEyeModel(
  folder: string,
  {
    name = "model.onnx",
    nodes = pooled,
    input = [-1, 3, -1, -1],
    inputs = [value("image", input)],
    outputs = { pooled: [-1, 3] },
  }: {
    readonly name?: string;
    readonly nodes?: readonly OnnxNode[];
    readonly input?: readonly number[];
    readonly inputs?: readonly OnnxValue[];
    readonly outputs?: Readonly<Record<string, readonly number[]>>;
  } = {},
): string {
  const path = join(folder, name);
  const weights = { name: "W", dtype: "float32", dims: [3, 2], data: Float32Array.of(1, -1, 0, 0, -1, 1) } as const;
  const model = writeOnnx({
    irVersion: 8,
    opsets: [{ domain: "", version: 17 }],
    producer: "test",
    metadata: {},
    graph: {
      name: "eyes",
      nodes,
      initializers: nodes.some(({ op }) => op === "MatMul") ? [weights] : [],
      inputs,
      outputs: Object.entries(outputs).map(([output, dims]) => value(output, dims)),
    },
  });
  writeFileSync(path, model);
  return path;
}
