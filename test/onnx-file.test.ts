// ONNX files: what is written is read back the same, and ONNX Runtime runs it.

import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { InputError } from "../src/errors/index.ts";
import { ProtoWriter } from "../src/formats/index.ts";
import { type OnnxModel, type OnnxTensor, readOnnx, writeOnnx } from "../src/onnx/index.ts";

const float = (name: string, dims: number[], values: number[]): OnnxTensor => ({
  name,
  dtype: "float32",
  dims,
  data: Float32Array.from(values),
});

const mask: OnnxTensor = { name: "mask", dtype: "bool", dims: [3], data: Uint8Array.from([1, 0, 1]) };

/** Uses each kind of attribute, each dtype, an operator of another domain, a left-out input and a free dimension. */
const model: OnnxModel = {
  irVersion: 8,
  opsets: [
    { domain: "", version: 17 },
    { domain: "com.microsoft", version: 1 },
  ],
  producer: "ganforge",
  metadata: { recipe: "wgan-gp", note: "naïve → \u{1f600}", ["__proto__"]: "a key like any other" },
  graph: {
    name: "step",
    nodes: [
      {
        op: "Gemm",
        name: "G.dense",
        inputs: ["x", "weight", ""],
        outputs: ["dense"],
        attributes: { transB: { kind: "int", value: 1 }, alpha: { kind: "float", value: 0.5 } },
      },
      {
        op: "Constant",
        inputs: [],
        outputs: ["bias"],
        attributes: { value: { kind: "tensor", value: float("", [3], [1, 2, 3]) } },
      },
      {
        op: "Constant",
        inputs: [],
        outputs: ["low"],
        attributes: { value_floats: { kind: "floats", value: [-1, -2, -3.5] } },
      },
      { op: "Add", inputs: ["dense", "bias"], outputs: ["sum"] },
      { op: "Where", inputs: ["mask", "sum", "low"], outputs: ["chosen"] },
      {
        op: "Transpose",
        inputs: ["chosen"],
        outputs: ["turned"],
        attributes: { perm: { kind: "ints", value: [1, 0] } },
      },
      {
        op: "Pad",
        inputs: ["turned", "pads"],
        outputs: ["padded"],
        attributes: { mode: { kind: "string", value: "edge" } },
      },
      {
        op: "QuickGelu",
        domain: "com.microsoft",
        inputs: ["padded"],
        outputs: ["y"],
        attributes: { alpha: { kind: "float", value: 1 } },
      },
      { op: "Cast", inputs: ["doubles"], outputs: ["whole"], attributes: { to: { kind: "int", value: 6 } } },
      { op: "Add", inputs: ["whole", "ints"], outputs: ["total"] },
      { op: "Identity", inputs: ["bytes"], outputs: ["same"] },
    ],
    initializers: [
      float("weight", [3, 2], [1, 2, 3, 4, 5, 6]),
      mask,
      { name: "pads", dtype: "int64", dims: [4], data: BigInt64Array.from([1n, 0n, 0n, 0n]) },
      { name: "doubles", dtype: "float64", dims: [2], data: Float64Array.from([3, -4]) },
      { name: "ints", dtype: "int32", dims: [2], data: Int32Array.from([-5, 6]) },
      { name: "bytes", dtype: "uint8", dims: [1, 2], data: Uint8Array.from([0, 255]) },
    ],
    inputs: [{ name: "x", dtype: "float32", dims: [-1, 2] }],
    outputs: [
      { name: "y", dtype: "float32", dims: [4, -1] },
      { name: "total", dtype: "int32", dims: [2] },
      { name: "same", dtype: "uint8", dims: [1, 2] },
    ],
  },
};

/** A model whose graph is a constant of one tensor, for the reader's refusals. */
const withTensor = (tensor: OnnxTensor): OnnxModel => ({
  ...model,
  graph: { name: "g", nodes: [], initializers: [tensor], inputs: [], outputs: [] },
});

describe("ONNX files", () => {
  test("are read back equal to what was written, and written again byte for byte", () => {
    const bytes = writeOnnx(model);
    expect(readOnnx(bytes)).toEqual(model);
    expect(Object.keys(readOnnx(bytes).metadata)).toEqual(Object.keys(model.metadata));
    expect(writeOnnx(readOnnx(bytes))).toEqual(bytes);
  });

  test("keep the bits of every float", () => {
    const data = new Float32Array(Uint32Array.from([0x7fc00001, 0xff800000, 0x80000000, 1, 0x7f7fffff]).buffer);
    const read = readOnnx(writeOnnx(withTensor({ name: "t", dtype: "float32", dims: [5], data })));
    expect(new Uint32Array((read.graph.initializers[0].data as Float32Array).buffer)).toEqual(
      new Uint32Array(data.buffer),
    );
  });

  test("run in ONNX Runtime, for any size of a free dimension", async () => {
    const session = await InferenceSession.create(writeOnnx(model));
    const x = new Tensor("float32", Float32Array.from([1, 0, 0, 1]), [2, 2]);
    const { y, total, same } = await session.run({ x });
    // x Wᵀ / 2 + bias = [[1.5, 3.5, 5.5], [2, 4, 6]]; the middle column is masked by −2; transposed; the first row stands twice.
    const expected = [1.5, 2, 1.5, 2, -2, -2, 5.5, 6].map((v) => v / (1 + Math.exp(-v)));
    expect(y.dims).toEqual([4, 2]);
    for (const [i, value] of expected.entries()) expect(y.data[i]).toBeCloseTo(value, 5);
    expect(total.data).toEqual(Int32Array.from([-2, 2]));
    expect(same.data).toEqual(Uint8Array.from([0, 255]));

    const three = await session.run({ x: new Tensor("float32", new Float32Array(6), [3, 2]) });
    expect(three.y.dims).toEqual([4, 3]);
  });

  test("written by Python's onnx, with typed fields for raw data, named dimensions and documentation, are read", () => {
    const read = readOnnx(Buffer.from(PYTHON_MODEL, "base64"), "python.onnx");
    expect(read).toEqual({
      irVersion: 8,
      opsets: [{ domain: "", version: 17 }],
      producer: "python",
      metadata: { k: "v" },
      graph: {
        name: "g",
        nodes: [
          {
            op: "Elu",
            name: "act",
            inputs: ["x"],
            outputs: ["y"],
            attributes: { alpha: { kind: "float", value: 0.5 } },
          },
        ],
        initializers: [
          float("f", [2], [0.5, -1.5]),
          { name: "d", dtype: "float64", dims: [1], data: Float64Array.from([0.1]) },
          { name: "i64", dtype: "int64", dims: [2], data: BigInt64Array.from([-1n, 2n ** 62n]) },
          { name: "i32", dtype: "int32", dims: [2], data: Int32Array.from([-7, 8]) },
          { name: "b", dtype: "bool", dims: [2], data: Uint8Array.from([1, 0]) },
          { name: "u8", dtype: "uint8", dims: [1], data: Uint8Array.from([255]) },
        ],
        inputs: [{ name: "x", dtype: "float32", dims: [-1, 3] }],
        outputs: [{ name: "y", dtype: "float32", dims: [-1, 3] }],
      },
    });
  });

  test("cannot be written with a tensor that does not fit its dims or dtype", () => {
    expect(() => writeOnnx(withTensor(float("w", [2, 2], [1, 2, 3])))).toThrow('"w": dims [2,2] do not fit 3 elements');
    expect(() => writeOnnx(withTensor({ ...mask, dtype: "int64" }))).toThrow('"mask": int64 needs a BigInt64Array');
  });

  test("cut off at any length are refused, or read without what came last", () => {
    const bytes = writeOnnx(model);
    let refused = 0;
    for (let length = 0; length < bytes.length; length++) {
      try {
        const read = readOnnx(bytes.subarray(0, length), "cut.onnx");
        expect(read.graph).toEqual(model.graph); // protobuf has no end mark: a cut between the last fields loses those
      } catch (error) {
        if (!(error instanceof InputError)) throw new Error(`cut to ${length}`, { cause: error });
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(bytes.length / 2);
  });

  test("with any bit flipped give another reading or an InputError, and nothing else", () => {
    const bytes = writeOnnx(model);
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const damaged = bytes.slice();
      damaged[bit >> 3] ^= 1 << (bit & 7);
      try {
        readOnnx(damaged);
      } catch (error) {
        if (!(error instanceof InputError)) throw new Error(`bit ${bit}`, { cause: error });
      }
    }
  });

  const message = () => new ProtoWriter();
  const inGraph = (field: number, content: ProtoWriter) =>
    message().message(7, message().message(field, content)).finish();
  const attribute = message().string(1, "body").int(20, 5);

  test.each<[what: string, bytes: Uint8Array, problem: string]>([
    ["an empty file", new Uint8Array(), "not an ONNX model: it has no graph"],
    ["a web page", Buffer.from("<html>"), "damaged at byte"],
    ["a tensor of float16", inGraph(5, message().int(2, 10).string(8, "w")), 'the tensor "w" of DataType 10 is beyond'],
    [
      "a tensor whose bytes do not fit",
      inGraph(5, message().ints(1, [2]).int(2, 1).bytes(9, new Uint8Array(7))),
      'the tensor "" of float32 [2] has 7 bytes',
    ],
    [
      "a tensor of 2^62 elements",
      inGraph(
        5,
        message()
          .ints(1, [2 ** 31, 2 ** 31])
          .int(2, 1),
      ),
      "of float32 [2147483648,2147483648] has 0 bytes",
    ],
    ["a tensor of −1 elements", inGraph(5, message().ints(1, [-1]).int(2, 1)), "of float32 [-1] has 0 bytes"],
    [
      "a tensor in another file",
      inGraph(5, message().int(2, 1).string(8, "w").message(13, message())),
      'the tensor "w" with its data in another file',
    ],
    ["a sparse initializer", inGraph(15, message()), "a sparse initializer is beyond"],
    [
      "a subgraph",
      inGraph(1, message().string(4, "If").message(5, attribute)),
      'the attribute "body" of AttributeType 5 is beyond',
    ],
    [
      "a sequence for an input",
      inGraph(11, message().string(1, "x").message(2, message().message(4, message()))),
      'the value "x" of DataType 0',
    ],
    [
      "a value without a shape",
      inGraph(
        11,
        message()
          .string(1, "x")
          .message(2, message().message(1, message().int(1, 1))),
      ),
      'the value "x" without a shape',
    ],
  ])("refuse %s", (_, bytes, problem) => {
    expect(() => readOnnx(bytes, "evil.onnx")).toThrow(InputError);
    expect(() => readOnnx(bytes, "evil.onnx")).toThrow(`evil.onnx: `);
    expect(() => readOnnx(bytes, "evil.onnx")).toThrow(problem);
  });
});

// onnx.helper.make_model: an Elu node, initializers by make_tensor with a list of values, dims ["batch", 3] and [None, 3].
const PYTHON_MODEL =
  "CAgSBnB5dGhvbjrVAQoqCgF4EgF5GgNhY3QiA0VsdSoPCgVhbHBoYRUAAAA/oAEBMgdkcm9wcGVkEgFnKhEIAhABIggAAAA/AADAv0IBZioRCAEQC0IBZFIImpmZmZmZuT8qHggCEAc6E////////////wGAgICAgICAgEBCA2k2NCoWCAIQBioL+f//////////AQhCA2kzMioLCAIQCSoCAQBCAWIqDAgBEAIqAv8BQgJ1OFoYCgF4EhMKEQgBEg0KBxIFYmF0Y2gKAggDYhEKAXkSDAoKCAESBgoACgIIA0IECgAQEXIGCgFrEgF2";
