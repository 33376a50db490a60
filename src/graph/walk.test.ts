import { expect, test } from "vitest";
import { input, simplify, type Tensor, topologicalOrder } from "./index.ts";

const x = input("x", [2]);

test("every node comes once, after its inputs", () => {
  const shared = x.exp();
  const outputs = [shared.mul(shared).add(x), shared.neg()];
  const order = topologicalOrder(outputs);
  expect(order.map((node) => node.op)).toEqual(["input", "exp", "mul", "add", "neg"]);
  for (const [i, node] of order.entries()) {
    for (const inner of node.inputs) expect(order.indexOf(inner)).toBeLessThan(i);
  }
});

test("nodes that no output needs are not visited", () => {
  x.exp();
  expect(topologicalOrder([x.neg()]).map((node) => node.op)).toEqual(["input", "neg"]);
  expect(topologicalOrder([])).toEqual([]);
});

test("the order depends on the graph alone, not on when its nodes were made", () => {
  const [exp, neg] = [x.exp(), x.neg()];
  const [laterNeg, laterExp] = [x.neg(), x.exp()];
  const ops = (output: Tensor) => topologicalOrder([output]).map((node) => node.op);
  expect(ops(exp.add(neg))).toEqual(["input", "exp", "neg", "add"]);
  expect(ops(laterExp.add(laterNeg))).toEqual(["input", "exp", "neg", "add"]);
});

test("a chain of 20 000 nodes does not overflow the stack", () => {
  let deep: Tensor = x;
  for (let i = 0; i < 20_000; i++) deep = deep.exp();
  expect(topologicalOrder([deep])).toHaveLength(20_001);
  expect(topologicalOrder(simplify([deep]))).toHaveLength(20_001);
});
