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

// What onnxruntime is known to compute differently, found by comparing every value of whole training steps.
describe("the CPU does not give the bits of 1 thread", () => {
  const fed = (name: string, ...dims: number[]) => input(name, dims);
  const known: readonly { readonly what: string; readonly out: Tensor; readonly threads: readonly number[] }[] = [
    // MLAS cuts a product with more columns than rows by its columns, and sums over K in blocks that are the longer, the fewer columns
    // a thread has: from 128 products for more than 64 columns on to 1024 for 16.
    {
      ...{ what: "a product with more columns than rows, 32 in all", threads: [2, 4] },
      out: fed("a", 27, 8192).matmul(fed("b", 8192, 32)),
    },
    {
      ...{ what: "a product with more columns than rows, 256 in all", threads: [4] },
      out: fed("a", 100, 256).matmul(fed("b", 256, 256)),
    },
    // A row that a thread has for itself goes through another kernel.
    { what: "a product of a row a thread", threads: [4], out: fed("a", 4, 16384).matmul(fed("b", 16384, 3)) },
    // The fast sums over the middle, or over both ends, are taken where what is kept is at least as long as there are threads.
    { what: "sums over the middle of [2, 1024, 16]", threads: [4], out: fed("a", 2, 1024, 16).sum([1], true) },
    { what: "sums over both ends of [8, 3, 1024]", threads: [4], out: fed("a", 8, 3, 1024).sum([0, 2], true) },
  ];
  test.each(known)("in $what, with $threads threads", async ({ out, threads }) => {
    const model = writeOnnx(lower({ out }));
    const feeds = Object.fromEntries(
      out.inputs.map((each, i) => {
        const name = "ab"[i];
        const data = new Float32Array(each.shape.reduce((product, size) => product * size, 1));
        return [name, { dims: each.shape, data: stream(1, "threads", name).fillNormal(data) }];
      }),
    );
    const one = await runOnCpu(model, feeds, 1);
    for (const count of [2, 4]) {
      const many = await runOnCpu(model, feeds, count);
      const compare = () => expectSameBits(many.out, one.out, `${count} threads`);
      if (threads.includes(count)) expect(compare).toThrow(/: got .*, expected /);
      else compare();
    }
  });
});
