// ONNX Runtime does not promise that results are the same for every number of threads; resuming a run bit for bit needs it.

import { describe, test } from "vitest";
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
