// A model in two parts gives what it gives whole.

import { describe, expect, test } from "vitest";
import { input, sizeOf } from "../../src/graph/index.ts";
import { lower, type OnnxModel, splitModel, writeOnnx } from "../../src/onnx/index.ts";
import { stream } from "../../src/random/index.ts";
import { cpu } from "../../src/runtime/index.node.ts";
import { expectSameBits } from "../close.ts";
import type { Feeds } from "./case.ts";
import { runOnCpu } from "./cpu.ts";

const lowering = await cpu.lowering();
const block = lowering.blocked?.block ?? 8;

const shapes = { x: [2, block, 8, 8], flat: [block * block * 16 + block], scale: [1, block, 1, 1] };
const x = input("x", shapes.x);
const flat = input("flat", shapes.flat);
const w = flat.slice([0], [block * block * 16]).reshape([block, block, 4, 4]);
const bias = flat.slice([block * block * 16], [block]).reshape([1, block, 1, 1]);
const scale = input("scale", shapes.scale);
const out = x
  .conv(w, { strides: [2, 2], pads: [1, 1, 1, 1], dilations: [1, 1], groups: 1 })
  .mul(scale.square().add(1).sqrt())
  .add(bias)
  .tanh();

const feeds: Feeds = Object.fromEntries(
  Object.entries(shapes).map(([name, dims]) => [
    name,
    { dims, data: stream(1, "split", name).fillNormal(new Float32Array(sizeOf(dims))) },
  ]),
);
const run = (model: OnnxModel, more: Feeds = {}) => {
  const given = Object.entries({ ...feeds, ...more });
  const taken = given.filter(([name]) => model.graph.inputs.some((each) => each.name === name));
  return runOnCpu(writeOnnx(model), Object.fromEntries(taken));
};

describe("a model taken apart", () => {
  const model = lower({ out }, { lowering });

  test.each([
    ["its weights", ["flat", "scale"]],
    ["some of them", ["flat"]],
  ])("after %s gives the bits that it gives whole", async (_, given) => {
    const { before, after, between } = splitModel(model, new Set(given), model.shapes)!;
    expect(before.graph.inputs.map(({ name }) => name).sort()).toEqual(given);
    const first = await run(before);
    const handed = Object.fromEntries(between.map(({ name, dims }) => [name, { dims, data: first[name] }]));
    for (const { name, dims } of between) expect(first[name].length, name).toBe(sizeOf(dims));
    expectSameBits((await run(after, handed)).out, (await run(model)).out, "out");
  });

  test("computes nothing of the weights a second time", () => {
    const { before, after, direct } = splitModel(model, new Set(["flat", "scale"]), model.shapes)!;
    expect(direct).toEqual([]);
    const ops = (part: OnnxModel, op: string) => part.graph.nodes.filter((node) => node.op === op).length;
    expect(ops(before, "Conv") + ops(after, "Slice") + ops(after, "Sqrt") + ops(after, "Gather")).toBe(0);
    expect([ops(before, "Sqrt"), ops(after, "Tanh")]).toEqual([1, 1]);
  });

  test("makes what follows from values of unknown shape in the second part", async () => {
    const { after, direct, between } = splitModel(model, new Set(["flat", "scale"]), new Map([["none", [1]]])) ?? {};
    expect([after, direct, between]).toEqual([undefined, undefined, undefined]); // nothing is left for the first
    const [known] = [...model.shapes].filter(([name]) =>
      splitModel(model, new Set(["flat", "scale"]), new Map([[name, model.shapes.get(name)!]])),
    );
    const split = splitModel(model, new Set(["flat", "scale"]), new Map([known]))!;
    const first = await run(split.before);
    const handed = Object.fromEntries(split.between.map(({ name, dims }) => [name, { dims, data: first[name] }]));
    expectSameBits((await run(split.after, handed)).out, (await run(model)).out, "out");
  });

  test("of inputs that are only handed on is left whole", () => {
    expect(splitModel(lower({ y: x.add(1) }), new Set(["flat"]), new Map())).toBeUndefined();
    expect(splitModel(lower({ y: x.mul(scale) }), new Set(["scale"]), new Map())).toBeUndefined();
  });
});
