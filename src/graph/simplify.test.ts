import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { stream } from "../random/index.ts";
import {
  concat,
  constant,
  evaluate,
  fill,
  grad,
  input,
  make,
  print,
  simplify,
  type Tensor,
  topologicalOrder,
} from "./index.ts";

const x = input("x", [2, 3]);
const y = input("y", [2, 3]);
const row = input("row", [1, 3]);
const s = input("s", []);

const text = (tensor: Tensor) => print({ out: tensor });
const count = (...outputs: Tensor[]) => topologicalOrder(outputs).length;

/** Each rule: a graph, and the smaller one it becomes. */
const rules: readonly [name: string, graph: Tensor, simpler: Tensor][] = [
  ["x + 0", x.add(0), x],
  ["[[x; y]; x]", concat([concat([x, y], 0), x], 0), concat([x, y, x], 0)],
  [
    "[[x; y], …] along another axis stays",
    concat([concat([x, y], 0), input("z", [4, 1])], 1),
    concat([concat([x, y], 0), input("z", [4, 1])], 1),
  ],
  ["0 + x", fill(0).add(x), x],
  ["x − 0", x.sub(0), x],
  ["0 − x", fill(0).sub(x), x.neg()],
  ["x · 1", x.mul(1), x],
  ["1 · x", fill(1).mul(x), x],
  ["x · ones", x.mul(fill(1, [2, 3])), x],
  ["x · −1", x.mul(-1), x.neg()],
  ["−1 · x", fill(-1).mul(x), x.neg()],
  ["x / 1", x.div(1), x],
  ["row + zeros that stretch it stays", row.add(fill(0, [2, 3])), row.add(fill(0, [2, 3]))],
  ["(x · 2) · 3", x.mul(2).mul(3), x.mul(6)],
  ["(2 · x) · ½", fill(2).mul(x).mul(0.5), x],
  ["2 · x", fill(2).mul(x), x.mul(2)],
  ["2 + x", fill(2).add(x), x.add(2)],
  ["−(−x)", x.neg().neg(), x],
  ["x + (−y)", x.add(y.neg()), x.sub(y)],
  ["x − (−y)", x.sub(y.neg()), x.add(y)],
  ["reshape of reshape", x.reshape([6]).reshape([3, 2]), x.reshape([3, 2])],
  ["reshape there and back", x.reshape([6]).reshape([2, 3]), x],
  ["reshape to itself", make("reshape", [x], { shape: [2, 3] }), x],
  ["broadcast of broadcast", s.broadcast([1, 3]).broadcast([2, 3]), s.broadcast([2, 3])],
  ["transpose there and back", x.transpose([1, 0]).transpose([1, 0]), x],
  ["transpose that moves nothing", x.transpose([0, 1]), x],
  [
    "transpose of transpose",
    x.reshape([1, 2, 3]).transpose([1, 0, 2]).transpose([0, 2, 1]),
    x.reshape([1, 2, 3]).transpose([1, 2, 0]),
  ],
  ["stopGradient", x.stopGradient().exp(), x.exp()],
  ["an operand stretched for an elementwise operator", row.broadcast([2, 3]).mul(x), row.mul(x)],
  ["a filled operand", x.div(fill(2, [2, 3])), x.div(2)],
  [
    "fills of a shape",
    fill(3, [2, 3])
      .add(fill(1, [1, 3]))
      .sqrt()
      .mul(x),
    x.mul(2),
  ],
  ["constants", constant([1, 2, 3], [1, 3]).square().mul(x), constant([1, 4, 9], [1, 3]).mul(x)],
];

describe("each rule gives the smaller graph", () => {
  test.each(rules)("%s", (_, graph, simpler) => {
    expect(text(simplify([graph])[0])).toBe(text(simpler));
  });

  test("numbers fold in float64, so chained factors lose nothing", () => {
    const [folded] = simplify([fill(0.1).mul(3).mul(x)]);
    expect(topologicalOrder([folded]).find((node) => node.is("fill"))?.attributes).toEqual({
      value: 0.1 * 3,
      shape: [],
    });
  });

  test("large constants are left to be computed: their result would cost more to store", () => {
    const [kept] = simplify([constant([1, 2]).reshape([2, 1]).broadcast([2, 4096])]);
    expect(kept.op).toBe("broadcast");
  });
});

describe("what must not change stays", () => {
  test("two operands that both stretch to the result keep its shape", () => {
    const one = input("one", [1]);
    for (const sum of [fill(2, [3]).add(one.broadcast([3])), one.broadcast([3]).add(fill(2, [3]))]) {
      const [lean] = simplify([sum]);
      expect(lean.shape).toEqual([3]);
      expect([...evaluate([lean], { one: [5] })[0]]).toEqual([7, 7, 7]);
    }
    const [product] = simplify([row.broadcast([2, 3]).mul(input("column", [2, 1]).broadcast([2, 3]))]);
    expect(product.shape).toEqual([2, 3]);
  });

  test("numbers that JSON cannot tell apart are told apart", () => {
    const [low, high, none] = simplify([
      fill(-Infinity).maximum(s),
      fill(Infinity).maximum(s),
      fill(Number.NaN).maximum(s),
    ]);
    expect([low, high, none].map((tensor) => evaluate([tensor], { s: [1] })[0][0])).toEqual([1, Infinity, Number.NaN]);
    const infinities = simplify([constant([1, -Infinity]).mul(s), constant([1, Infinity]).mul(s)]);
    expect(infinities.map((tensor) => evaluate([tensor], { s: [1] })[0][1])).toEqual([-Infinity, Infinity]);
  });

  test("the order and number of outputs, equal ones included", () => {
    const [a, b, c] = simplify([x.exp(), y.exp(), x.exp()]);
    expect(a).toBe(c);
    expect(a).not.toBe(b);
    expect(simplify([])).toEqual([]);
  });

  test("inputs: two nodes of one name are one", () => {
    const [sum] = simplify([input("x", [2, 3]).add(input("x", [2, 3]))]);
    expect(sum.inputs[0]).toBe(sum.inputs[1]);
  });
});

describe("common subexpressions and dead code", () => {
  test("equal expressions are computed once", () => {
    const twice = () => x.mul(y).exp();
    expect(count(twice().add(twice()))).toBe(7);
    expect(count(...simplify([twice().add(twice())]))).toBe(5); // x, y, mul, exp, add
  });

  test("expressions that differ in an attribute alone are not", () => {
    expect(count(...simplify([x.leakyRelu(0.1), x.leakyRelu(0.2)]))).toBe(3);
    expect(count(...simplify([x.sum([0]), x.sum([1])]))).toBe(5); // each also drops its axis
    expect(count(...simplify([constant([1, 2]).mul(s), constant([1, 3]).mul(s)]))).toBe(5);
  });

  test("expressions that differ in the order of their operands are not", () => {
    expect(count(...simplify([x.sub(y), y.sub(x)]))).toBe(4);
  });

  test("what a gradient computes in passing and no output needs is left behind", () => {
    const dx = grad(x.square().add(y).sum(), x);
    expect(text(simplify([dx])[0])).toBe(text(x.mul(2)));
  });

  test("the gradients of one filter from two batches are one, where the filter is larger than what it sees", () => {
    const geometry = { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], groups: 1 } as const;
    const w = input("w", [8, 4, 3, 3]);
    const batches = [1, 2, 3].map((n) => input(`images${n}`, [n, 4, 2, 2]));
    const lossOf = (...of: Tensor[]) =>
      of.map((each) => each.conv(w, geometry).square().sum()).reduce((sum, each) => sum.add(each));
    const gradients = (tensor: Tensor) =>
      topologicalOrder(simplify([tensor])).filter((node) => node.op === "convFilterGrad");
    const [merged] = gradients(grad(lossOf(...batches), w));
    expect(gradients(grad(lossOf(...batches), w))).toHaveLength(1);
    expect(merged.inputs.map(({ shape, inputs }) => [shape[0], inputs.length])).toEqual([
      [6, 3],
      [6, 3],
    ]);
    const larger = [1, 2].map((n) => input(`larger${n}`, [n, 4, 6, 6]));
    expect(gradients(grad(lossOf(...larger), w))).toHaveLength(2);
    const [dw] = [grad(lossOf(...batches), w)];
    const values = Object.fromEntries(
      [w, ...batches].map((each, i) => [
        ["w", "images1", "images2", "images3"][i],
        stream(1, "filter", i).fillUniform(new Float32Array(each.size), -1, 1),
      ]),
    );
    expectClose(evaluate(simplify([dw]), values)[0], evaluate([dw], values)[0], { atol: 1e-12 });
  });

  test("a gradient shares the forward pass", () => {
    const loss = x.tanh().square().sum();
    const [value, gradient] = simplify([loss, grad(loss, x)]);
    expect(topologicalOrder([value, gradient]).filter((node) => node.op === "tanh")).toHaveLength(1);
  });
});

describe("random graphs", () => {
  const graphs = Array.from({ length: 300 }, (_, seed) => randomGraph(seed));
  const inputs = Object.fromEntries(
    [x, y, row, s].map((tensor) => {
      const { name } = (tensor as Tensor as Tensor<"input">).attributes;
      return [name, stream(7, name).fillUniform(new Float32Array(tensor.size), -1, 1)];
    }),
  );

  test("keep their values and shapes, with no more nodes", () => {
    for (const graph of graphs) {
      const simplified = simplify(graph);
      expect(simplified.map((tensor) => tensor.shape)).toEqual(graph.map((tensor) => tensor.shape));
      expect(count(...simplified)).toBeLessThanOrEqual(count(...graph));
      const [before, after] = [evaluate(graph, inputs), evaluate(simplified, inputs)];
      before.forEach((values, i) => {
        expectClose(after[i], values, { rtol: 1e-6, atol: 1e-6 }); // folded constants are stored as float32
      });
    }
  });

  test("are left alone the second time", () => {
    for (const graph of graphs) {
      const once = simplify(graph);
      expect(printed(simplify(once))).toBe(printed(once));
    }
  });
});

const printed = (outputs: readonly Tensor[]) =>
  print(Object.fromEntries(outputs.map((tensor, i) => [String(i), tensor])));

/** Thirty random nodes, all of them outputs, with many zeros, ones, stretches and repeats. */
function randomGraph(seed: number): Tensor[] {
  const random = stream(seed, "simplify");
  const pick = <T>(choices: readonly T[]): T => choices[random.integer(choices.length)];
  const nodes: Tensor[] = [x, y, row, s, constant([1, 2, 3], [1, 3])];
  const grow: (() => Tensor)[] = [
    () => pick(nodes).neg(),
    () => pick(nodes).tanh(),
    () => pick(nodes).stopGradient(),
    () => pick(nodes).broadcast([2, 3]),
    () => pick(nodes).broadcast([2, 3]),
    () => fill(pick([0, 1, -1, 2]), pick([[], [1, 3], [2, 3]])),
    () => fill(pick([0, 1, -1, 2]), [2, 3]),
    () => pick(nodes).add(pick(nodes)),
    () => pick(nodes).sub(pick(nodes)),
    () => pick(nodes).mul(pick(nodes)),
    () => pick(nodes).mul(pick([1, -1, 0.5])),
    () => pick(nodes).maximum(pick(nodes)),
    () =>
      pick(nodes)
        .add(pick([x, row]))
        .sum([0], true),
    () => pick(nodes).add(x).transpose([1, 0]).transpose([1, 0]),
    () => pick(nodes).add(x).reshape([6]).reshape([2, 3]),
    () => concat([pick(nodes).add(x), pick(nodes).add(row)], 0).slice([1, 0], [2, 3]),
  ];
  while (nodes.length < 35) nodes.push(pick(grow)());
  return nodes.slice(5);
}
