// Whether onnxruntime's blocked convolutions work on this processor: they are internals, so their block size is read off
// and each kind of convolution is compared with the plain operators before any run relies on them.

import { input, sizeOf, type Tensor } from "../graph/index.ts";
import { blockedRules, cpuRules, type Lowering, lower, NCHWC, writeOnnx } from "../onnx/index.ts";
import { stream } from "../random/index.ts";
import type { Arrays, Backend, Program } from "./backend.ts";

const TOLERANCE = 1e-4;

type Load = Backend["load"];

/** The best lowering for the CPU, whose programs `load` loads: blocked where that proves right, else plain operators. */
export async function cpuLowering(load: Load): Promise<Lowering> {
  const plain: Lowering = { rules: cpuRules };
  try {
    const block = await readBlockSize(load);
    const blocked: Lowering = { rules: cpuRules, blocked: { rules: blockedRules, block } };
    return (await worstError(load, blocked, block)) < TOLERANCE ? blocked : plain;
  } catch {
    return plain; // a build of onnxruntime without these operators
  }
}

/** Reorders a ramp over [1, 64, 1, 2]: the second pixel of channel 0, value 1, ends up behind one block of channels. */
async function readBlockSize(load: Load): Promise<number> {
  const channels = 64;
  const shape = [1, channels, 1, 2];
  const model = writeOnnx({
    irVersion: 9,
    producer: "ganforge",
    opsets: [
      { domain: "", version: 18 },
      { domain: NCHWC, version: 1 },
    ],
    metadata: {},
    graph: {
      name: "block size",
      nodes: [
        {
          op: "ReorderInput",
          domain: NCHWC,
          inputs: ["x"],
          outputs: ["blocked"],
          attributes: { channels_last: { kind: "int", value: 0 } },
        },
        { op: "Neg", inputs: ["blocked"], outputs: ["y"] },
      ],
      initializers: [],
      inputs: [{ name: "x", dtype: "float32", dims: shape }],
      outputs: [{ name: "y", dtype: "float32", dims: shape }],
    },
  });
  const x = Float32Array.from({ length: 2 * channels }, (_, i) => i);
  const { y } = await runOnce(load, { model, feeds: [{ name: "x", shape }], fetches: [{ name: "y", shape }] }, { x });
  return y.indexOf(-1);
}

/** The largest error over strided and plain convolutions, their gradients and the operators between them. */
async function worstError(load: Load, lowering: Lowering, block: number): Promise<number> {
  const channels = 2 * block;
  const shapes = {
    x: [2, channels, 8, 8],
    w: [channels, channels, 4, 4],
    v: [channels, channels, 3, 3],
    halves: [channels, block, 3, 3],
  };
  const [x, w, v, halves] = Object.entries(shapes).map(([name, shape]) => input(name, shape));
  const geometry = (stride: number, groups = 1) =>
    ({ strides: [stride, stride], pads: [1, 1, 1, 1], dilations: [1, 1], groups }) as const;
  const hidden = x.conv(v, geometry(1)).conv(halves, geometry(1, 2)).leakyRelu(0.2);
  const y = hidden.sub(hidden.mean([0, 2, 3], true)).conv(w, geometry(2));
  const outputs: Record<string, Tensor> = {
    y,
    dx: y.convInputGrad(w, geometry(2), [8, 8]),
    dw: hidden.convFilterGrad(y, geometry(2), [4, 4]),
    dxOfHalves: hidden.convInputGrad(halves, geometry(1, 2), [8, 8]),
    dwOfHalves: x.convFilterGrad(hidden, geometry(1, 2), [3, 3]),
  };
  const values = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [
      name,
      stream(1, "blocked", name).fillUniform(new Float32Array(sizeOf(shape)), -0.1, 0.1),
    ]),
  );
  const described = (entries: [string, readonly number[]][]) => entries.map(([name, shape]) => ({ name, shape }));
  const feeds = described(Object.entries(shapes));
  const fetches = described(Object.entries(outputs).map(([name, { shape }]) => [name, shape]));
  const results = (lowering: Lowering) =>
    runOnce(load, { model: writeOnnx(lower(outputs, { lowering })), feeds, fetches }, values);
  const [expected, actual] = [await results({ rules: lowering.rules }), await results(lowering)];
  return Math.max(
    ...Object.keys(outputs).map((name) => {
      const scale = expected[name].reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      return expected[name].reduce((worst, value, j) => Math.max(worst, Math.abs(value - actual[name][j]) / scale), 0);
    }),
  );
}

async function runOnce(load: Load, program: Omit<Program, "state">, feeds: Arrays): Promise<Arrays> {
  const session = await load({ ...program, state: [] }, { threads: 1 });
  try {
    return await session.run(feeds);
  } finally {
    await session.close();
  }
}
