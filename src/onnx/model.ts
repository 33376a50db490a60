// The part of ONNX's ModelProto (github.com/onnx/onnx, onnx/onnx.proto) that ganforge writes and reads, as plain data.

export type OnnxDtype = "float32" | "int64" | "int32" | "bool" | "uint8" | "float64";

/** A constant: row-major, its array of the dtype's kind (bool: Uint8Array of 0 and 1). */
export interface OnnxTensor {
  name: string;
  dtype: OnnxDtype;
  dims: readonly number[];
  data: Float32Array | BigInt64Array | Int32Array | Uint8Array | Float64Array;
}

export type OnnxAttribute =
  | { kind: "int"; value: number }
  | { kind: "float"; value: number }
  | { kind: "string"; value: string }
  | { kind: "ints"; value: readonly number[] }
  | { kind: "floats"; value: readonly number[] }
  | { kind: "tensor"; value: OnnxTensor };

/** An operator's use. An optional input that is left out is "". */
export interface OnnxNode {
  op: string;
  domain?: string;
  name?: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes?: Readonly<Record<string, OnnxAttribute>>;
}

/** A graph's input or output. A dimension known only when the graph runs is −1. */
export interface OnnxValue {
  name: string;
  dtype: OnnxDtype;
  dims: readonly number[];
}

export interface OnnxGraph {
  name: string;
  nodes: readonly OnnxNode[];
  initializers: readonly OnnxTensor[];
  inputs: readonly OnnxValue[];
  outputs: readonly OnnxValue[];
}

export interface OnnxModel {
  irVersion: number;
  opsets: readonly { domain: string; version: number }[];
  producer: string;
  metadata: Readonly<Record<string, string>>;
  graph: OnnxGraph;
}

/** TensorProto.DataType's number of each dtype, and the array that holds its elements. */
export const DTYPES = {
  float32: { code: 1, array: Float32Array },
  uint8: { code: 2, array: Uint8Array },
  int32: { code: 6, array: Int32Array },
  int64: { code: 7, array: BigInt64Array },
  bool: { code: 9, array: Uint8Array },
  float64: { code: 11, array: Float64Array },
} as const;

/** AttributeProto.AttributeType's number of each kind. */
export const ATTRIBUTE_KINDS = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7 } as const;
