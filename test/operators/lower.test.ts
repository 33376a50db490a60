// What `lower` promises about names, inputs and outputs, whatever the operators.

import { describe, expect, test } from "vitest";
import { constant, input, type Tensor } from "../../src/graph/index.ts";
import { lower, plainRules, readOnnx, writeOnnx } from "../../src/onnx/index.ts";
import { runOnCpu } from "./cpu.ts";

const x = input("x", [2]);
const feeds = { x: { dims: [2], data: Float32Array.of(3, -4) } };

const run = async (outputs: Record<string, Tensor>) =>
  Object.fromEntries(
    Object.entries(await runOnCpu(writeOnnx(lower(outputs)), feeds)).map(([name, data]) => [name, [...data]]),
  );

describe("lower", () => {
  test("names inputs and outputs as asked, and leaves out inputs that no output needs", () => {
    const { graph } = lower({ square: x.square(), sum: x.add(input("y", [2])).sum() });
    expect(graph.inputs).toEqual([
      { name: "x", dtype: "float32", dims: [2] },
      { name: "y", dtype: "float32", dims: [2] },
    ]);
    expect(graph.outputs).toEqual([
      { name: "square", dtype: "float32", dims: [2] },
      { name: "sum", dtype: "float32", dims: [] },
    ]);
    expect(lower({ square: x.square() }).graph.inputs.map(({ name }) => name)).toEqual(["x"]);
  });

  test("gives equal outputs each their own name", async () => {
    expect(await run({ a: x.square(), b: x.mul(x) })).toEqual({ a: [9, 16], b: [9, 16] });
  });

  test("an output may be an input, a constant, or an intermediate value of another", async () => {
    const square = x.square();
    expect(await run({ same: x, two: constant([2]), square, root: square.sqrt() })).toEqual({
      same: [3, -4],
      two: [2],
      square: [9, 16],
      root: [3, 4],
    });
  });

  test("names of its own never meet the caller's", async () => {
    const names = ["v0", "v1", "c0", "c1", "c2"];
    const own = names.map((name) => input(name, [2]));
    const sum = own.reduce((total, each) => total.add(each.mul(2)), x.exp().mul(0));
    const model = writeOnnx(lower({ v2: sum, c3: sum.mul(3) }));
    const given = Object.fromEntries(names.map((name) => [name, { dims: [2], data: Float32Array.of(1, 2) }]));
    const { v2, c3 } = await runOnCpu(model, { ...given, ...feeds });
    expect([[...v2], [...c3]]).toEqual([
      [10, 20],
      [30, 60],
    ]);
  });

  test("refuses an output with the name of an input, which ONNX does not allow", () => {
    expect(() => lower({ x: x.square() })).toThrow('lower: "x" is the name of an input and of an output');
  });

  test("is a function of the graph: the same graph built twice gives the same bytes", () => {
    const build = () => writeOnnx(lower({ y: input("x", [2]).tanh().mul(2).sum() }, { metadata: { made: "twice" } }));
    expect(build()).toEqual(build());
  });

  test("carries its metadata, and imports only the domains it uses", () => {
    const model = readOnnx(writeOnnx(lower({ y: x.tanh() }, { metadata: { recipe: "vanilla" } })));
    expect(model.metadata).toEqual({ recipe: "vanilla" });
    expect(model.opsets).toEqual([{ domain: "", version: 18 }]);
  });

  describe("a product and what is added to it", () => {
    const [a, b, row] = [input("a", [2, 3]), input("b", [3, 4]), input("row", [1, 4])];
    const opsOf = (outputs: Record<string, Tensor>) => lower(outputs).graph.nodes.map(({ op }) => op);

    test("are one Gemm, whichever comes first and whatever is added", async () => {
      expect(opsOf({ y: a.matmul(b).add(row) })).toEqual(["Gemm"]);
      expect(opsOf({ y: row.add(a.matmul(b)) })).toEqual(["Gemm"]);
      expect(opsOf({ y: a.matmul(b).add(a.matmul(b.neg())) })).toEqual(["Neg", "Gemm", "Gemm"]);
      const ones = (dims: number[]) => ({ dims, data: new Float32Array(dims[0] * dims[1]).fill(1) });
      const given = { a: ones([2, 3]), b: ones([3, 4]), row: { dims: [1, 4], data: Float32Array.of(0, 1, 2, 3) } };
      const { y } = await runOnCpu(writeOnnx(lower({ y: a.matmul(b).add(row) })), given);
      expect([...y]).toEqual([3, 4, 5, 6, 3, 4, 5, 6]);
    });

    test("stay two nodes where the product is wanted as it is, by a node or as an output", () => {
      const product = a.matmul(b);
      expect(opsOf({ y: product.add(row).mul(product) })).toEqual(["Gemm", "Add", "Mul"]);
      expect(opsOf({ y: product.add(row), product })).toEqual(["Gemm", "Add"]);
    });

    test("stay two nodes where the sum is larger than the product", () => {
      expect(
        opsOf({
          y: input("c", [1, 3])
            .matmul(b)
            .add(input("d", [5, 4])),
        }),
      ).toEqual(["Gemm", "Add"]);
    });
  });

  test("takes single rules from elsewhere", () => {
    const rules = {
      ...plainRules,
      tanh: (_: unknown, [value]: readonly string[], emit: Parameters<typeof plainRules.tanh>[2]) =>
        emit.node("Tanh", [value], {}, "com.example"),
    };
    const { graph, opsets } = lower({ y: x.tanh() }, { lowering: { rules } });
    expect(graph.nodes[0]).toMatchObject({ op: "Tanh", domain: "com.example" });
    expect(opsets).toContainEqual({ domain: "com.example", version: 1 });
  });
});
