// What an ONNX file takes and gives, its weights left unread: they may be in types and operators that `readOnnx` refuses.

import { InputError } from "../errors/index.ts";
import { ProtoReader } from "../formats/index.ts";

/** An input or output. A dimension left open is −1. */
export interface OnnxPort {
  readonly name: string;
  /** "float32", or another type's name or number. */
  readonly type: string;
  /** Undefined where the file does not tell. */
  readonly dims: readonly number[] | undefined;
}

export interface OnnxSignature {
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
}

/** TensorProto.DataType, as far as networks use it. */
const TYPES: Readonly<Record<number, string>> = {
  ...{ 1: "float32", 2: "uint8", 3: "int8", 6: "int32", 7: "int64", 9: "bool", 10: "float16", 11: "float64" },
  16: "bfloat16",
};

/** Inputs and outputs of an ONNX file. InputError, naming `where`, when it is none. */
export function onnxSignature(bytes: Uint8Array, where: string): OnnxSignature {
  const weights = new Set<string>();
  const inputs: OnnxPort[] = [];
  const outputs: OnnxPort[] = [];
  let hasGraph = false;
  for (const model = new ProtoReader(bytes, where); model.next(); ) {
    if (model.field !== 7) continue;
    hasGraph = true;
    for (const graph = model.message(); graph.next(); ) {
      if (graph.field === 5) weights.add(nameOf(graph.message()));
      else if (graph.field === 11) inputs.push(port(graph.message()));
      else if (graph.field === 12) outputs.push(port(graph.message()));
    }
  }
  if (!hasGraph) throw new InputError(`${where}: not an ONNX model: it has no graph. Name an .onnx file.`);
  // Older files list their weights among the inputs.
  return { inputs: inputs.filter(({ name }) => !weights.has(name)), outputs };
}

/** A TensorProto's name. */
function nameOf(tensor: ProtoReader): string {
  let name = "";
  while (tensor.next()) if (tensor.field === 8) name = tensor.string();
  return name;
}

/** A ValueInfoProto: name, and its type's element type and shape. */
function port(value: ProtoReader): OnnxPort {
  let [name, code] = ["", 0];
  let dims: number[] | undefined;
  while (value.next()) {
    if (value.field === 1) name = value.string();
    if (value.field !== 2) continue;
    for (const type = value.message(); type.next(); ) {
      if (type.field !== 1) continue; // a tensor's
      for (const tensor = type.message(); tensor.next(); ) {
        if (tensor.field === 1) code = tensor.int();
        else if (tensor.field === 2) dims = dimsOf(tensor.message());
      }
    }
  }
  return { name, type: TYPES[code] ?? `type ${code}`, dims };
}

/** A TensorShapeProto: each dimension has a number, a name, or neither. */
function dimsOf(shape: ProtoReader): number[] {
  const dims: number[] = [];
  while (shape.next()) {
    if (shape.field !== 1) continue;
    let size = -1;
    for (const dim = shape.message(); dim.next(); ) if (dim.field === 1) size = dim.int();
    dims.push(size);
  }
  return dims;
}

/** "image: float32 [n, 3, ?, ?]" */
export function describePort({ name, type, dims }: OnnxPort): string {
  return `${name}: ${type} ${dims === undefined ? "of unknown shape" : `[${dims.map((size) => (size < 0 ? "?" : size)).join(", ")}]`}`;
}
