// The CPU's own lowering: the whole operator suite under its rules, and networks wide enough for the blocked layout.

import { describe, expect, test } from "vitest";
import {
  type ConvGeometry,
  concat,
  evaluate,
  grad,
  input,
  type Shape,
  sizeOf,
  type Tensor,
} from "../../src/graph/index.ts";
import { blockedRules, type Lowering, lower, plainLowering, writeOnnx } from "../../src/onnx/index.ts";
import { stream } from "../../src/random/index.ts";
import { cpu } from "../../src/runtime/index.node.ts";
import { expectClose, expectSameBits } from "../close.ts";
import type { Feeds } from "./case.ts";
import { runOnCpu } from "./cpu.ts";
import { runOperatorSuite } from "./suite.ts";

const lowering = await cpu.lowering();
const block = lowering.blocked?.block ?? 8;

runOperatorSuite({ name: "the CPU's own lowering", lowering, run: runOnCpu, tolerance: { atol: 1e-5, rtol: 1e-5 } });

const geometry = (stride: number, pad: number, more: Partial<ConvGeometry> = {}): ConvGeometry => ({
  strides: [stride, stride],
  pads: [pad, pad, pad, pad],
  dilations: [1, 1],
  groups: 1,
  ...more,
});

interface Case {
  readonly x: Shape;
  readonly w: Shape;
  readonly geometry: ConvGeometry;
}

const cases: Readonly<Record<string, Case>> = {
  "DCGAN's halving": { x: [3, block, 8, 8], w: [2 * block, block, 4, 4], geometry: geometry(2, 1) },
  "pixels that fill no whole block": { x: [3, block, 6, 6], w: [block, block, 4, 4], geometry: geometry(2, 1) },
  "an odd size": { x: [2, block, 7, 9], w: [block, block, 4, 4], geometry: geometry(2, 1) },
  "stride 1": { x: [2, 2 * block, 5, 6], w: [block, 2 * block, 3, 3], geometry: geometry(1, 1) },
  "stride 3": { x: [2, block, 9, 9], w: [block, block, 5, 5], geometry: geometry(3, 1) },
  "more padding than kernel": { x: [2, block, 6, 6], w: [block, block, 2, 2], geometry: geometry(2, 2) },
  "uneven padding": { x: [2, block, 8, 8], w: [block, block, 4, 4], geometry: geometry(2, 0, { pads: [0, 1, 2, 1] }) },
  dilation: { x: [2, block, 9, 9], w: [block, block, 3, 3], geometry: geometry(1, 2, { dilations: [2, 2] }) },
  groups: { x: [2, 2 * block, 6, 6], w: [2 * block, block, 3, 3], geometry: geometry(1, 1, { groups: 2 }) },
  "groups of several blocks": {
    x: [2, 4 * block, 8, 8],
    w: [6 * block, 2 * block, 3, 3],
    geometry: geometry(2, 1, { groups: 2 }),
  },
  "groups smaller than a block": {
    x: [2, block, 8, 8],
    w: [block, block / 2, 3, 3],
    geometry: geometry(1, 1, { groups: 2 }),
  },
  "few channels in": { x: [2, 3, 8, 8], w: [block, 3, 4, 4], geometry: geometry(2, 1) },
  "half a block in": { x: [2, block / 2, 8, 8], w: [block, block / 2, 4, 4], geometry: geometry(2, 1) },
  "one and a half blocks": { x: [2, 1.5 * block, 8, 8], w: [1.5 * block, 1.5 * block, 4, 4], geometry: geometry(2, 1) },
  "few channels out": { x: [2, block, 8, 8], w: [3, block, 4, 4], geometry: geometry(2, 1) },
  "few channels out of a large kernel": { x: [2, block, 9, 10], w: [3, block, 7, 5], geometry: geometry(1, 0) },
  "one channel out, unevenly padded": {
    x: [3, 2 * block, 6, 7],
    w: [1, 2 * block, 3, 4],
    geometry: geometry(1, 0, { pads: [2, 0, 1, 3] }),
  },
  "few channels out, padded past the kernel": { x: [2, block, 5, 5], w: [3, block, 2, 2], geometry: geometry(1, 2) },
  "few channels in and out": { x: [2, 3, 6, 6], w: [2, 3, 3, 3], geometry: geometry(1, 1) },
  "one pixel out": { x: [4, block, 4, 4], w: [block, block, 4, 4], geometry: geometry(1, 0) },
};

/** A convolution between a normalisation and activations, and its gradient's gradient: every layout change there is. */
function programOf({ x: xShape, w: wShape, geometry }: Case): { outputs: Record<string, Tensor>; feeds: Feeds } {
  const x = input("x", xShape);
  const w = input("w", wShape);
  const y = x.leakyRelu(0.2).conv(w, geometry);
  const centred = y.sub(y.mean([0, 2, 3], true));
  const scaled = centred.div(centred.square().mean([0, 2, 3], true).add(1e-5).sqrt()).leakyRelu(0);
  const back = scaled.convInputGrad(w, geometry, [xShape[2], xShape[3]]).tanh();
  const loss = back.mul(x).sum();
  const [dx, dw] = grad(loss, [x, w]);
  const penalty = dx.square().sum([1, 2, 3]).sqrt().sub(1).square().mean();
  const outputs = { y, back, dx, dw, ddw: grad(penalty, w), perImage: back.sum([2, 3]), all: y.sum() };
  const feeds = Object.fromEntries(
    Object.entries({ x: xShape, w: wShape }).map(([name, dims]) => [
      name,
      { dims, data: stream(1, "blocked", name).fillUniform(new Float32Array(sizeOf(dims)), -0.5, 0.5) },
    ]),
  );
  return { outputs, feeds };
}

async function run(outputs: Record<string, Tensor>, feeds: Feeds, how: Lowering, threads = 1) {
  return runOnCpu(writeOnnx(lower(outputs, { lowering: how })), feeds, threads);
}

describe.each(Object.entries(cases))("%s", (_, each) => {
  const { outputs, feeds } = programOf(each);

  test("the blocked lowering agrees with the interpreter, through two derivatives", async () => {
    const actual = await run(outputs, feeds, lowering);
    const values = Object.fromEntries(Object.entries(feeds).map(([name, { data }]) => [name, data]));
    const expected = evaluate(Object.values(outputs), values);
    Object.keys(outputs).forEach((name, i) => {
      expectClose(actual[name], expected[i], { norm: 1e-4 }, name);
    });
  });

  test("1, 2 and 4 threads give the same bits, and 2 again and again", async () => {
    const [first, ...others] = await Promise.all([1, 2, 2, 4].map((threads) => run(outputs, feeds, lowering, threads)));
    for (const other of others) for (const name of Object.keys(outputs)) expectSameBits(other[name], first[name], name);
  });
});

test("a filter's gradient from windows that no cache holds is that of plain operators", async () => {
  const n = 1024 / block; // more than 2²³ floats: n images of 2·block channels, 5 × 4 taps, 16 × 16 pixels
  const [xShape, yShape] = [
    [n, 2 * block, 33, 32],
    [n, block, 16, 16],
  ];
  const strided = geometry(2, 1, { pads: [2, 1, 1, 1] });
  const dw = input("x", xShape).convFilterGrad(input("y", yShape), strided, [5, 4]);
  const feeds = Object.fromEntries(
    Object.entries({ x: xShape, y: yShape }).map(([name, dims]) => [
      name,
      { dims, data: stream(1, "windows", name).fillUniform(new Float32Array(sizeOf(dims)), -0.5, 0.5) },
    ]),
  );
  const [one, two] = await Promise.all([1, 2].map((threads) => run({ dw }, feeds, lowering, threads)));
  const expected = await run({ dw }, feeds, plainLowering);
  expectClose(one.dw, expected.dw, { norm: 1e-5 });
  expectSameBits(two.dw, one.dw);
});

describe("cutting, padding and joining between two convolutions", () => {
  const [x, w] = [input("x", [2, 2 * block, 6, 7]), input("w", [2 * block, 2 * block, 3, 3])];
  const h = x.conv(w, geometry(1, 1));
  const [first, second] = [h.slice([0, 0, 0, 0], [2, block, 6, 7]), h.slice([0, block, 0, 0], [2, block, 6, 7])];
  const joins: Readonly<Record<string, Tensor>> = {
    "rows and columns": concat([h.slice([0, 0, 1, 0], [2, 2 * block, 2, 7]), h], 2).slice(
      [0, 0, 0, 2],
      [2, 2 * block, 8, 4],
    ),
    "mirrored borders": h.mirror(2).square(),
    "borders folded": h.fold(1).square(),
    "groups of channels": concat([second, first.pad([0, 0, 0, 0], [0, 0, 0, 0])], 1),
    images: concat([h.slice([1, 0, 0, 0], [1, 2 * block, 6, 7]), h], 0),
    "a border of zeros": h.pad([0, 0, 1, 0], [0, 0, 0, 2]),
    "whole groups of zeros": first.pad([0, block, 0, 0], [0, 0, 0, 0]),
    "a cut inside a group": h.slice([0, 1, 0, 0], [2, 2 * block - 1, 6, 7]).pad([0, 1, 0, 0], [0, 0, 0, 0]),
  };
  const feeds: Feeds = Object.fromEntries(
    Object.entries({ x, w }).map(([name, { shape, size }]) => {
      const data = stream(1, "joins", name).fillUniform(new Float32Array(size), -0.5, 0.5);
      return [name, { dims: shape, data }];
    }),
  );

  test.each(Object.entries(joins))("%s agree with the interpreter, and their gradients", async (_, joined) => {
    const y = joined.conv(w, geometry(1, 1));
    const [dx, dw] = grad(y.square().sum(), [x, w]);
    const outputs = { y, dx, dw };
    const actual = await run(outputs, feeds, lowering);
    const values = Object.fromEntries(Object.entries(feeds).map(([name, { data }]) => [name, data]));
    const expected = evaluate(Object.values(outputs), values);
    Object.keys(outputs).forEach((name, i) => {
      expectClose(actual[name], expected[i], { norm: 1e-4 }, name);
    });
  });

  test.skipIf(lowering.blocked === undefined)(
    "none of them leaves the blocked layout, but for cuts inside a group",
    () => {
      const reorderings = (joined: Tensor) =>
        lower({ y: joined.conv(w, geometry(1, 1)) }, { lowering }).graph.nodes.filter(
          ({ op }) => op === "ReorderOutput",
        ).length;
      const { "a cut inside a group": inside, ...between } = joins;
      expect(Object.values(between).map(reorderings)).toEqual(Object.values(between).map(() => 1)); // the result's own
      expect(reorderings(inside)).toBe(2);
    },
  );
});

test.each(["DCGAN's halving", "groups of several blocks"])(
  "where the processor has blocked convolutions, %s uses them, and no plain one is left",
  (name) => {
    if (lowering.blocked === undefined) {
      console.log("skipped: onnxruntime has no blocked convolutions on this processor");
      return;
    }
    const { outputs } = programOf(cases[name]);
    const count = (how: Lowering) => {
      const { nodes } = lower(outputs, { lowering: how }).graph;
      const inDomain = (domain: string) =>
        nodes.filter((node) => node.op === "Conv" && (node.domain ?? "") === domain).length;
      return { plain: inDomain(""), blocked: inDomain("com.microsoft.nchwc") };
    };
    expect(count(lowering).plain).toBe(0);
    expect(count(lowering).blocked).toBeGreaterThan(0);
    expect(count(plainLowering).blocked).toBe(0);
    expect(Object.keys(blockedRules)).toContain("convFilterGrad");
  },
);
