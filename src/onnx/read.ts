// The bytes of an ONNX file → the model, as far as `model.ts` knows ONNX; what it does not know and cannot drop is refused by name.

import { InputError } from "../errors/index.ts";
import { bytesOf, type Elements, elementCount, elementsFrom, ProtoReader } from "../formats/index.ts";
import {
  ATTRIBUTE_KINDS,
  DTYPES,
  type OnnxAttribute,
  type OnnxDtype,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
} from "./model.ts";

/**
 * The model in an .onnx file. Documentation strings and inferred shapes are dropped. Throws InputError, naming `where`, for a damaged file,
 * and for subgraphs, sparse or external tensors, and types beyond `OnnxDtype`.
 */
export function readOnnx(bytes: Uint8Array, where = "model.onnx"): OnnxModel {
  let irVersion = 0;
  let producer = "";
  let found: OnnxGraph | undefined;
  const opsets: { domain: string; version: number }[] = [];
  const metadata: [string, string][] = [];
  for (const m = new ProtoReader(bytes, where); m.next(); ) {
    if (m.field === 1) irVersion = m.int();
    else if (m.field === 2) producer = m.string();
    else if (m.field === 7) found = graph(m.message(), where);
    else if (m.field === 8) opsets.push(opset(m.message()));
    else if (m.field === 14) metadata.push(entry(m.message()));
  }
  if (found === undefined) throw new InputError(`${where}: not an ONNX model: it has no graph. Name an .onnx file.`);
  return { irVersion, opsets, producer, metadata: Object.fromEntries(metadata), graph: found };
}

function opset(m: ProtoReader): { domain: string; version: number } {
  const result = { domain: "", version: 0 };
  while (m.next()) {
    if (m.field === 1) result.domain = m.string();
    else if (m.field === 2) result.version = m.int();
  }
  return result;
}

function entry(m: ProtoReader): [key: string, value: string] {
  const result: [string, string] = ["", ""];
  while (m.next()) if (m.field === 1 || m.field === 2) result[m.field - 1] = m.string();
  return result;
}

function graph(m: ProtoReader, where: string): OnnxGraph {
  let name = "";
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = [];
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  while (m.next()) {
    if (m.field === 1) nodes.push(node(m.message(), where));
    else if (m.field === 2) name = m.string();
    else if (m.field === 5) initializers.push(tensor(m.message(), where));
    else if (m.field === 11) inputs.push(value(m.message(), where));
    else if (m.field === 12) outputs.push(value(m.message(), where));
    else if (m.field === 15) throw unsupported(where, "a sparse initializer");
  }
  return { name, nodes, initializers, inputs, outputs };
}

function node(m: ProtoReader, where: string): OnnxNode {
  let [op, domain, name] = ["", "", ""];
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes: [string, OnnxAttribute][] = [];
  while (m.next()) {
    if (m.field === 1) inputs.push(m.string());
    else if (m.field === 2) outputs.push(m.string());
    else if (m.field === 3) name = m.string();
    else if (m.field === 4) op = m.string();
    else if (m.field === 5) attributes.push(attribute(m.message(), where));
    else if (m.field === 7) domain = m.string();
  }
  return {
    op,
    ...(domain !== "" && { domain }),
    ...(name !== "" && { name }),
    inputs,
    outputs,
    ...(attributes.length > 0 && { attributes: Object.fromEntries(attributes) }),
  };
}

function attribute(m: ProtoReader, where: string): [name: string, attribute: OnnxAttribute] {
  let [name, type, int, float, string] = ["", 0, 0, 0, ""];
  let constant: OnnxTensor | undefined;
  const ints: number[] = [];
  const floats: number[] = [];
  while (m.next()) {
    if (m.field === 1) name = m.string();
    else if (m.field === 2) float = m.float();
    else if (m.field === 3) int = m.int();
    else if (m.field === 4) string = m.string();
    else if (m.field === 5) constant = tensor(m.message(), where);
    else if (m.field === 7) m.floats(floats);
    else if (m.field === 8) m.ints(ints);
    else if (m.field === 20) type = m.int();
  }
  if (type === ATTRIBUTE_KINDS.int) return [name, { kind: "int", value: int }];
  if (type === ATTRIBUTE_KINDS.float) return [name, { kind: "float", value: float }];
  if (type === ATTRIBUTE_KINDS.string) return [name, { kind: "string", value: string }];
  if (type === ATTRIBUTE_KINDS.ints) return [name, { kind: "ints", value: ints }];
  if (type === ATTRIBUTE_KINDS.floats) return [name, { kind: "floats", value: floats }];
  if (type === ATTRIBUTE_KINDS.tensor && constant !== undefined) return [name, { kind: "tensor", value: constant }];
  throw unsupported(where, `the attribute "${name}" of AttributeType ${type}`);
}

function tensor(m: ProtoReader, where: string): OnnxTensor {
  let [name, code] = ["", 0];
  let raw: Uint8Array | undefined;
  const dims: number[] = [];
  const [floats, doubles, bigints]: [number[], number[], bigint[]] = [[], [], []];
  while (m.next()) {
    if (m.field === 1) m.ints(dims);
    else if (m.field === 2) code = m.int();
    else if (m.field === 4) m.floats(floats);
    else if (m.field === 5 || m.field === 7) m.bigints(bigints);
    else if (m.field === 8) name = m.string();
    else if (m.field === 9) raw = m.bytes();
    else if (m.field === 10) m.doubles(doubles);
    else if (m.field === 13) throw unsupported(where, `the tensor "${name}" with its data in another file`);
  }
  const dtype = dtypeOf(code, `the tensor "${name}"`, where);
  const { array } = DTYPES[dtype];
  raw ??= bytesOf(typedField(dtype, floats, doubles, bigints));
  const count = elementCount(dims);
  if (count === undefined || count * array.BYTES_PER_ELEMENT !== raw.length) {
    throw new InputError(
      `${where}: the tensor "${name}" of ${dtype} [${dims}] has ${raw.length} bytes. Make or download the file again.`,
    );
  }
  return { name, dtype, dims, data: elementsFrom<Elements>(array, raw) };
}

/** What other writers may use instead of raw_data: float_data, double_data, int64_data, and int32_data for the rest. */
function typedField(dtype: OnnxDtype, floats: number[], doubles: number[], bigints: bigint[]): Elements {
  if (dtype === "float32") return Float32Array.from(floats);
  if (dtype === "float64") return Float64Array.from(doubles);
  if (dtype === "int64") return BigInt64Array.from(bigints);
  const numbers = bigints.map(Number);
  return dtype === "int32" ? Int32Array.from(numbers) : Uint8Array.from(numbers);
}

function value(m: ProtoReader, where: string): OnnxValue {
  let name = "";
  let code = 0;
  let dims: number[] | undefined;
  while (m.next()) {
    if (m.field === 1) name = m.string();
    else if (m.field === 2) {
      for (const type = m.message(); type.next(); ) {
        if (type.field !== 1) continue; // a tensor's type; of others the code stays 0
        for (const tensorType = type.message(); tensorType.next(); ) {
          if (tensorType.field === 1) code = tensorType.int();
          else if (tensorType.field === 2) dims = readDims(tensorType.message());
        }
      }
    }
  }
  const dtype = dtypeOf(code, `the value "${name}"`, where);
  if (dims === undefined) throw unsupported(where, `the value "${name}" without a shape`);
  return { name, dtype, dims };
}

/** TensorShapeProto: a dimension has a number, a name, or neither. */
function readDims(m: ProtoReader): number[] {
  const dims: number[] = [];
  while (m.next()) {
    if (m.field !== 1) continue;
    let size = -1;
    for (const dim = m.message(); dim.next(); ) if (dim.field === 1) size = dim.int();
    dims.push(size);
  }
  return dims;
}

function dtypeOf(code: number, what: string, where: string): OnnxDtype {
  for (const [dtype, entry] of Object.entries(DTYPES)) if (entry.code === code) return dtype as OnnxDtype;
  throw unsupported(where, `${what} of DataType ${code}`);
}

function unsupported(where: string, what: string): InputError {
  return new InputError(`${where}: ${what} is beyond the part of ONNX that is read here. Export the model without it.`);
}
