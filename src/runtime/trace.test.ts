import { expect, test } from "vitest";
import { createRunReader, flopsOfNode } from "./trace.ts";

const session = (name: string, ts: number, dur: number) =>
  `{"cat" : "Session","pid" :7,"tid" :7,"dur" :${dur},"ts" :${ts},"ph" : "X","name" :"${name}","args" : {}},`;
const node = (name: string, ts: number, dur: number, args: object) =>
  `{"cat" : "Node","pid" :7,"tid" :7,"dur" :${dur},"ts" :${ts},"ph" : "X","name" :"${name}","args" : ${JSON.stringify(args)}},`;

const gemm = {
  ...{ op_name: "Gemm", node_index: "5", provider: "CPUExecutionProvider" },
  input_type_shape: [{ float: [16, 100] }, { float: [100, 8] }],
  output_type_shape: [{ float: [16, 8] }],
};

test("each run has the operators that ended since the run before", () => {
  const reader = createRunReader();
  for (const line of [
    "[",
    session("session_initialization", 0, 90),
    node("D.0 matmul#v1_kernel_time", 101, 7, gemm),
    node("Neg_9_kernel_time", 109, 2, { op_name: "Neg", node_index: "9" }),
    session("SequentialExecutor::Execute", 100, 15),
    session("model_run", 99, 18),
    node("D.0 matmul#v1_kernel_time", 201, 6, gemm),
    session("model_run", 199, 10).slice(0, -1),
    "]",
    "",
  ]) {
    reader.add(line);
  }
  const shapes = { inputs: gemm.input_type_shape.map(({ float }) => float), outputs: [[16, 8]] };
  const first = { op: "Gemm", name: "D.0 matmul#v1", index: 5, start: 101, duration: 7, ...shapes };
  expect(reader.runs).toEqual([
    {
      start: 99,
      duration: 18,
      nodes: [first, { op: "Neg", name: "Neg_9", index: 9, start: 109, duration: 2, inputs: [], outputs: [] }],
    },
    { start: 199, duration: 10, nodes: [{ ...first, start: 201, duration: 6 }] },
  ]);
});

test("a run that has not ended is none", () => {
  const reader = createRunReader();
  reader.add(node("Neg_9_kernel_time", 109, 2, { op_name: "Neg", node_index: "9" }));
  expect(reader.runs).toEqual([]);
});

test("a line that is no event is refused", () => {
  expect(() => createRunReader().add('{"cat" : "Node",')).toThrow(SyntaxError);
});

test.each([
  [
    "Gemm",
    [
      [16, 100],
      [100, 8],
    ],
    [16, 8],
    2 * 16 * 100 * 8,
  ],
  ["Gemm", [[100, 16], [8, 100], [8]], [16, 8], 2 * 16 * 100 * 8],
  [
    "FusedGemm",
    [
      [16, 100],
      [100, 8],
    ],
    [16, 8],
    2 * 16 * 100 * 8,
  ],
  // 2 · 4·6·3·3 outputs, each from 8/2 channels of 5×5
  [
    "Conv",
    [
      [4, 8, 7, 7],
      [6, 4, 5, 5],
    ],
    [4, 6, 3, 3],
    2 * (4 * 6 * 3 * 3) * (4 * 5 * 5),
  ],
  ["FusedConv", [[4, 8, 7, 7], [6, 4, 5, 5], [6]], [4, 6, 3, 3], 2 * (4 * 6 * 3 * 3) * (4 * 5 * 5)],
  // each of 4·8·3·3 inputs goes to 6 channels of 5×5
  [
    "ConvTranspose",
    [
      [4, 8, 3, 3],
      [8, 6, 5, 5],
    ],
    [4, 6, 7, 7],
    2 * (4 * 8 * 3 * 3) * (6 * 5 * 5),
  ],
])("the work of %s %j → %j is %i", (op, inputs, output, flops) => {
  expect(flopsOfNode({ op, inputs, outputs: [output] })).toBe(flops);
});

test("an elementwise operator's work is not counted", () => {
  expect(flopsOfNode({ op: "Mul", inputs: [[4], [4]], outputs: [[4]] })).toBeUndefined();
});
