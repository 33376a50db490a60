// ONNX Runtime does not promise that results are the same for every number of threads; resuming a run bit for bit needs it.

import { describe, expect, test } from "vitest";
import {
  type ConvGeometry,
  concat,
  constant,
  fill,
  input,
  make,
  type OpName,
  type Tensor,
} from "../../src/graph/index.ts";
import { lower, writeOnnx } from "../../src/onnx/index.ts";
import { stream } from "../../src/random/index.ts";
import { cpu } from "../../src/runtime/index.node.ts";
import { expectSameBits } from "../close.ts";
import { runOnCpu } from "./cpu.ts";

const geometry: ConvGeometry = { strides: [2, 2], pads: [1, 1, 1, 1], dilations: [1, 1], groups: 1 };

const shapes = {
  x: [8, 16, 32, 32],
  w: [32, 16, 4, 4],
  y: [8, 32, 16, 16],
  a: [256, 512],
  b: [512, 192],
} as const;

const inputs = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, input(name, shape)]));
const { x, w, y, a, b } = inputs as { [K in keyof typeof shapes]: Tensor };
const row = y.slice([0, 0, 0, 0], [8, 16, 1, 1]);
const positive = x.square().add(0.5);

/** Each large enough that the runtime splits it among threads. */
const outputs: { readonly [K in OpName]: Tensor } = {
  input: x,
  fill: concat([x, fill(2, [8, 16, 32, 32])], 1),
  constant: x.mul(constant([0.5, -1, 2, 3], [1, 1, 4, 1]).broadcast([1, 1, 4, 8]).reshape([1, 1, 1, 32])),
  neg: x.neg(),
  exp: x.exp(),
  log: positive.log(),
  sqrt: positive.sqrt(),
  tanh: x.tanh(),
  sigmoid: x.sigmoid(),
  softplus: x.softplus(),
  abs: x.abs(),
  sign: x.sign(),
  step: x.step(),
  leakyRelu: x.leakyRelu(0.2),
  leakyReluGrad: make("leakyReluGrad", [x, positive], { slope: 0.2 }),
  add: x.add(row),
  sub: x.sub(row),
  mul: x.mul(row),
  div: x.div(positive),
  maximum: x.maximum(row),
  minimum: x.minimum(0.25),
  sum: concat([x.sum([0, 2, 3]), x.sum().reshape([1]), x.sum([1, 2, 3]), x.sum([0]).flatten().sum([0])], 0),
  max: concat([x.max([0, 2, 3]), x.max().reshape([1]), x.max([1, 2, 3])], 0),
  reshape: x.reshape([16, 8, 1024]),
  transpose: x.transpose([1, 3, 0, 2]),
  broadcast: row.broadcast([8, 16, 32, 32]),
  slice: x.slice([1, 2, 3, 4], [6, 12, 25, 20]),
  pad: x.pad([0, 1, 2, 3], [1, 0, 1, 2]),
  concat: concat([x, positive], 2),
  mirror: x.mirror(3),
  fold: x.fold(3),
  matmul: a.matmul(b),
  conv: x.conv(w, geometry),
  convInputGrad: y.convInputGrad(w, geometry, [32, 32]),
  convFilterGrad: x.convFilterGrad(y, geometry, [4, 4]),
  stopGradient: x.add(1).stopGradient().exp(),
};

describe("the CPU gives the same bits with 1, 2 and 4 threads", async () => {
  const named = Object.fromEntries(Object.entries(outputs).map(([op, tensor]) => [`value of ${op}`, tensor]));
  const model = writeOnnx(lower(named));
  const feeds = Object.fromEntries(
    Object.entries(shapes).map(([name, dims]) => {
      const data = new Float32Array(dims.reduce((product, size) => product * size, 1));
      return [name, { dims, data: stream(1, "threads", name).fillNormal(data) }];
    }),
  );
  const [one, two, four] = await Promise.all([1, 2, 4].map((threads) => runOnCpu(model, feeds, threads)));
  for (const op of Object.keys(outputs)) {
    test(op, () => {
      expectSameBits(two[`value of ${op}`], one[`value of ${op}`], `${op} with 2 threads`);
      expectSameBits(four[`value of ${op}`], one[`value of ${op}`], `${op} with 4 threads`);
    });
  }
});

const fed = (name: string, ...dims: number[]) => input(name, dims);
const through = (strides: number, pad: number): ConvGeometry => ({
  ...{ strides: [strides, strides], pads: [pad, pad, pad, pad], dilations: [1, 1], groups: 1 },
});

/** Results of `out` on 1, 2 and 4 threads, with the lowering that the CPU trains with. */
async function onThreads(out: Tensor): Promise<readonly Float32Array[]> {
  const model = writeOnnx(lower({ out }, { lowering: await cpu.lowering() }));
  const feeds = Object.fromEntries(
    out.inputs.map(({ shape }, i) => {
      const name = "ab"[i];
      const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
      return [name, { dims: shape, data: stream(1, "threads", name).fillNormal(data) }];
    }),
  );
  const results = await Promise.all([1, 2, 4].map((threads) => runOnCpu(model, feeds, threads)));
  return results.map((result) => result.out);
}

// Each in a form of its own, since onnxruntime's first one sees the number of threads: src/onnx/steady.ts, few-channels.ts.
describe("the CPU's lowering gives the same bits with 1, 2 and 4 threads", () => {
  // biome-ignore format: a table
  const products = [
    [27, 8192, 32], [100, 256, 256], [4, 16384, 3], [3, 16384, 4], [1, 3000, 600], [945, 824, 1],
    [33, 700, 290], [290, 700, 33], [64, 129, 305], [7, 9000, 300], [300, 9000, 7], [16, 4096, 17],
  ] as const;
  test.each(products)("[%i, %i] · [%i columns], either side transposed", async (m, k, n) => {
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        const a = transposeA ? fed("a", k, m) : fed("a", m, k);
        const b = transposeB ? fed("b", n, k) : fed("b", k, n);
        const [one, ...more] = await onThreads(a.matmul(b, { transposeA, transposeB }));
        for (const many of more) expectSameBits(many, one, `transposed: ${transposeA}, ${transposeB}`);
      }
    }
  });

  // biome-ignore format: a table
  const sums: readonly (readonly [shape: readonly number[], axes: readonly number[]])[] = [
    [[2, 1024, 16], [1]], [[3, 37, 15], [1]], [[8, 3, 1024], [0, 2]], [[125, 2, 3], [0, 2]], [[1, 1, 3, 701], [0, 1, 3]],
    [[3, 8, 2, 1], [1, 2]], [[1, 2, 8, 8, 16], [2, 3]], [[15, 924, 3, 25], [0, 1, 3]], [[20, 300, 40], [1]],
    [[20, 300, 40], [0, 2]], [[6, 1, 5], [1]],
  ];
  test.each(sums)("the sum of %j over %j", async (shape, axes) => {
    const [one, ...more] = await onThreads(fed("a", ...shape).sum([...axes], true));
    for (const many of more) expectSameBits(many, one, "sum");
  });

  const gradients = [
    ["of one channel, 5 x 5, stride 2", [8, 1, 28, 28], [8, 24, 14, 14], through(2, 2), [5, 5]],
    ["of one channel, 7 x 7", [8, 1, 14, 14], [8, 24, 14, 14], through(1, 3), [7, 7]],
    ["of a few channels", [4, 3, 16, 16], [4, 24, 16, 16], through(1, 1), [3, 3]],
    ["to one channel", [32, 48, 8, 8], [32, 1, 7, 7], through(1, 1), [4, 4]],
    ["of single pixels", [32, 20, 7, 7], [32, 3, 7, 7], through(1, 0), [1, 1]],
  ] as const;
  test.each(gradients)("the gradient of a filter %s", async (_, x, y, geometry, kernel) => {
    const [one, ...more] = await onThreads(fed("a", ...x).convFilterGrad(fed("b", ...y), geometry, [...kernel]));
    for (const many of more) expectSameBits(many, one, "gradient");
  });
});

// What is left: onnxruntime divides a convolution by its pixels where it is of one image.
describe("the CPU does not give the bits of 1 thread", () => {
  const known: readonly { readonly what: string; readonly out: Tensor; readonly threads: readonly number[] }[] = [
    {
      what: "a convolution of one image that no block of channels fits",
      out: fed("a", 1, 20, 16, 16).conv(fed("b", 8, 20, 7, 7), through(2, 3)),
      threads: [2, 4],
    },
    {
      what: "the gradient of a filter of single pixels with stride 2",
      out: fed("a", 32, 4, 32, 32).convFilterGrad(fed("b", 32, 100, 16, 16), through(2, 0), [1, 1]),
      threads: [2, 4],
    },
  ];
  test.each(known)("in $what, with $threads threads", async ({ out, threads }) => {
    const [one, ...more] = await onThreads(out);
    for (const [i, count] of [2, 4].entries()) {
      const compare = () => expectSameBits(more[i], one, `${count} threads`);
      if (threads.includes(count)) expect(compare).toThrow(/: got .*, expected /);
      else compare();
    }
  });
});
