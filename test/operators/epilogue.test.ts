// What follows a convolution, in the convolution: the same numbers in fewer passes.

import { describe, expect, test } from "vitest";
import { type ConvGeometry, evaluate, input, type Shape, sizeOf, type Tensor } from "../../src/graph/index.ts";
import { lower, writeOnnx } from "../../src/onnx/index.ts";
import { stream } from "../../src/random/index.ts";
import { cpu } from "../../src/runtime/index.node.ts";
import { expectClose } from "../close.ts";
import { runOnCpu } from "./cpu.ts";

const lowering = await cpu.lowering();
const block = lowering.blocked?.block ?? 8;

const geometry = (stride: number, pad: number): ConvGeometry => ({
  ...{ strides: [stride, stride], pads: [pad, pad, pad, pad], dilations: [1, 1], groups: 1 },
});

/** A convolution and an input's gradient of each kind, with the channels of their results. */
const convolutions: Readonly<Record<string, { x: Shape; w: Shape; of: (x: Tensor, w: Tensor) => Tensor }>> = {
  conv: { x: [2, block, 6, 6], w: [2 * block, block, 3, 3], of: (x, w) => x.conv(w, geometry(1, 1)) },
  "strided conv": { x: [2, block, 8, 8], w: [block, block, 4, 4], of: (x, w) => x.conv(w, geometry(2, 1)) },
  "conv of few inputs": { x: [2, 3, 8, 8], w: [block, 3, 4, 4], of: (x, w) => x.conv(w, geometry(2, 1)) },
  "conv of few outputs": { x: [2, block, 6, 6], w: [3, block, 3, 3], of: (x, w) => x.conv(w, geometry(1, 1)) },
  "conv to one pixel": { x: [2, block, 4, 4], w: [block, block, 4, 4], of: (x, w) => x.conv(w, geometry(1, 0)) },
  "transposed conv": {
    ...{ x: [2, block, 4, 4], w: [block, 2 * block, 4, 4] },
    of: (x, w) => x.convInputGrad(w, geometry(2, 1), [8, 8]),
  },
  "transposed conv of one pixel": {
    ...{ x: [2, 2 * block, 1, 1], w: [2 * block, block, 4, 4] },
    of: (x, w) => x.convInputGrad(w, geometry(1, 0), [4, 4]),
  },
  "transposed conv to few channels": {
    ...{ x: [2, block, 4, 4], w: [block, 3, 4, 4] },
    of: (x, w) => x.convInputGrad(w, geometry(2, 1), [8, 8]),
  },
};

type Follow = (y: Tensor, scale: Tensor, shift: Tensor) => Tensor;
const following: Readonly<Record<string, Follow>> = {
  "batch norm and ReLU": (y, scale, shift) => y.mul(scale).add(shift).leakyRelu(0),
  "batch norm": (y, scale, shift) => y.mul(scale).add(shift),
  "a bias and a leaky ReLU": (y, _, shift) => shift.add(y).leakyRelu(0.2),
  "a factor": (y, scale) => scale.mul(y),
  "a ReLU": (y) => y.leakyRelu(0),
  "a bias, which something else sees too": (y, _, shift) => y.add(shift).leakyRelu(0.2).add(y.add(shift).tanh()),
  "a ReLU of a result that is wanted": (y, scale) => y.leakyRelu(0).add(y.mul(scale)),
};

function feedsOf(shapes: Readonly<Record<string, Shape>>) {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, dims]) => [
      name,
      { dims, data: stream(1, "epilogue", name).fillNormal(new Float32Array(sizeOf(dims))) },
    ]),
  );
}

describe.each(Object.entries(convolutions))("%s with", (_, { x, w, of }) => {
  test.each(Object.entries(following))("%s is what it is in several operators", async (_, follow) => {
    const y = of(input("x", x), input("w", w));
    const channels = [1, y.shape[1], 1, 1];
    const out = follow(y, input("scale", channels), input("shift", channels));
    const feeds = feedsOf({ x, w, scale: channels, shift: channels });
    const [expected] = evaluate(
      [out],
      Object.fromEntries(Object.entries(feeds).map(([name, { data }]) => [name, data])),
    );
    const model = lower({ out }, { lowering });
    const taken = new Set(model.graph.inputs.map(({ name }) => name));
    const given = Object.fromEntries(Object.entries(feeds).filter(([name]) => taken.has(name)));
    expectClose((await runOnCpu(writeOnnx(model), given)).out, expected, { atol: 1e-4, rtol: 1e-4 });
  });
});

test.runIf(lowering.blocked)("a transposed convolution takes batch norm and ReLU along", () => {
  const { x, w, of } = convolutions["transposed conv"];
  const y = of(input("x", x), input("w", w));
  const per = [1, y.shape[1], 1, 1];
  const out = y.mul(input("scale", per)).add(input("shift", per)).leakyRelu(0);
  const { nodes } = lower({ out }, { lowering }).graph;
  expect(nodes.filter(({ op }) => op === "Conv").map(({ attributes }) => attributes?.activation)).toEqual(
    Array.from({ length: 4 }, () => ({ kind: "string", value: "Relu" })),
  );
  expect(nodes.filter(({ op }) => op === "Relu")).toEqual([]);
  expect(nodes.filter(({ op }) => op === "Mul").length).toBe(1); // the filter's
});
