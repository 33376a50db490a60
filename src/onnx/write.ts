// An ONNX model → the bytes of its file. Field numbers are onnx.proto's; constants go as raw_data, which is little-endian.

import { bytesOf, elementCount, ProtoWriter } from "../formats/index.ts";
import {
  ATTRIBUTE_KINDS,
  DTYPES,
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
} from "./model.ts";

/** The bytes of `model`'s .onnx file. Throws when a tensor's array does not fit its dtype and dims. */
export function writeOnnx(model: OnnxModel): Uint8Array {
  const message = new ProtoWriter().int(1, model.irVersion).string(2, model.producer).message(7, graph(model.graph));
  for (const { domain, version } of model.opsets) {
    message.message(8, new ProtoWriter().string(1, domain).int(2, version));
  }
  for (const [key, value] of Object.entries(model.metadata)) {
    message.message(14, new ProtoWriter().string(1, key).string(2, value));
  }
  return message.finish();
}

function graph({ name, nodes, initializers, inputs, outputs }: OnnxGraph): ProtoWriter {
  const message = new ProtoWriter();
  for (const each of nodes) message.message(1, node(each));
  message.string(2, name);
  for (const each of initializers) message.message(5, tensor(each));
  for (const each of inputs) message.message(11, value(each));
  for (const each of outputs) message.message(12, value(each));
  return message;
}

function node({ op, domain, name, inputs, outputs, attributes = {} }: OnnxNode): ProtoWriter {
  const message = new ProtoWriter();
  for (const input of inputs) message.string(1, input);
  for (const output of outputs) message.string(2, output);
  if (name !== undefined) message.string(3, name);
  message.string(4, op);
  for (const [key, each] of Object.entries(attributes)) message.message(5, attribute(key, each));
  if (domain !== undefined) message.string(7, domain);
  return message;
}

function attribute(name: string, { kind, value }: OnnxAttribute): ProtoWriter {
  const message = new ProtoWriter().string(1, name).int(20, ATTRIBUTE_KINDS[kind]);
  switch (kind) {
    case "float":
      return message.float(2, value);
    case "int":
      return message.int(3, value);
    case "string":
      return message.string(4, value);
    case "tensor":
      return message.message(5, tensor(value));
    case "floats":
      return message.floats(7, value);
    case "ints":
      return message.ints(8, value);
  }
}

function tensor({ name, dtype, dims, data }: OnnxTensor): ProtoWriter {
  const { code, array } = DTYPES[dtype];
  if (!(data instanceof array)) throw new Error(`onnx tensor "${name}": ${dtype} needs a ${array.name}`);
  if (elementCount(dims) !== data.length) {
    throw new Error(`onnx tensor "${name}": dims [${dims}] do not fit ${data.length} elements`);
  }
  return new ProtoWriter().ints(1, dims).int(2, code).string(8, name).bytes(9, bytesOf(data));
}

function value({ name, dtype, dims }: OnnxValue): ProtoWriter {
  const shape = new ProtoWriter();
  for (const dim of dims) shape.message(1, dim === -1 ? new ProtoWriter() : new ProtoWriter().int(1, dim));
  const type = new ProtoWriter().int(1, DTYPES[dtype].code).message(2, shape);
  return new ProtoWriter().string(1, name).message(2, new ProtoWriter().message(1, type));
}
