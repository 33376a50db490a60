// The first minute with ganforge, from a number to a GAN, through the entry points anyone can import. Read it from top to bottom.

import { expect, test } from "vitest";
import {
  cpu,
  findDataset,
  findRecipe,
  graph,
  MemoryStore,
  nn,
  onnx,
  type RunConfig,
  readJsonLines,
  sha256,
  stream,
  train,
} from "../src/index.node.ts";

const { evaluate, grad, input, print } = graph;
const { linear, sequential, tanh, variablesOf } = nn;
const { lower, writeOnnx } = onnx;

test("an expression is a graph: building it computes nothing, and it prints", () => {
  const x = input("x", [3]);
  const y = x.square().sum();
  expect(y.shape).toEqual([]);
  expect(print({ y })).toBe(
    [
      '"x" = input() : [3]',
      '%1 = mul("x", "x") : [3]',
      "%2 = sum(%1) {axes: 0} : [1]",
      "%3 = reshape(%2) : []",
      "y: %3",
    ].join("\n"),
  );
});

test("the reference interpreter gives its value", () => {
  const y = input("x", [3]).square().sum();
  expect([...evaluate([y], { x: [1, 2, 3] })[0]]).toEqual([14]);
});

test("its gradient is a graph again, and so is the gradient's gradient", () => {
  const x = input("x", [3]);
  const slope = grad(x.square().mul(x).sum(), x); // d(x³) = 3x²
  expect([...evaluate([slope], { x: [1, 2, 3] })[0]]).toEqual([3, 12, 27]);
  const curvature = grad(slope.sum(), x); // 6x
  expect([...evaluate([curvature], { x: [1, 2, 3] })[0]]).toEqual([6, 12, 18]);
});

test("shapes that do not fit are told while the graph is built", () => {
  expect(() => input("a", [2, 3]).matmul(input("b", [4, 5]))).toThrow(/matmul.*2, 3.*4, 5/);
});

test("lowered to ONNX it runs on ONNX Runtime: here one step of gradient descent, with its state kept between runs", async () => {
  const w = input("w", [2]);
  const target = input("target", [2]);
  const loss = w.sub(target).square().sum();
  const next = w.sub(grad(loss, w).mul(0.25)); // halves the distance to the target
  const session = await cpu.load(
    {
      model: writeOnnx(lower({ "next/w": next, loss })),
      state: [{ input: "w", output: "next/w", shape: [2] }],
      feeds: [{ name: "target", shape: [2] }],
      fetches: [{ name: "loss", shape: [] }],
    },
    { threads: 1 },
  );
  const losses: number[] = [];
  for (let step = 0; step < 3; step++) losses.push((await session.run({ target: Float32Array.of(8, -4) })).loss[0]);
  expect(losses).toEqual([80, 20, 5]);
  expect([...(await session.readState()).w]).toEqual([7, -3.5]);
  await session.close();
});

test("layers are values that name their variables as PyTorch does", () => {
  const network = sequential(linear(2, 16), tanh(), linear(16, 1));
  expect([...variablesOf(network).keys()]).toEqual(["0.weight", "0.bias", "2.weight", "2.bias"]);
});

test("randomness has names instead of a history", () => {
  const draw = () => stream(1, "z", 42).fillNormal(new Float32Array(4));
  expect(draw()).toEqual(draw());
  expect(draw()).not.toEqual(stream(1, "z", 43).fillNormal(new Float32Array(4)));
});

test("a GAN trains: 50 steps on the ring of eight Gaussians, with metrics, pictures and a checkpoint in the run's store", async () => {
  const dataset = findDataset("ring")!.open({ seed: 1 });
  const recipe = findRecipe("vanilla");
  const config: RunConfig = {
    recipe: recipe.name,
    options: {
      ...Object.fromEntries(Object.entries(recipe.options).map(([key, { default: value }]) => [key, value])),
      hiddenG: [32],
      hiddenD: [32],
      lr: 0.002,
    },
    data: "ring",
    flip: false,
    crop: "center",
    batch: 64,
    seed: 1,
    steps: 50,
    device: "cpu",
    threads: 1,
    sampleEvery: 25,
    checkpointEvery: 50,
    keepCheckpoints: 2,
    ema: 0,
  };
  const store = new MemoryStore();
  const result = await train(config, { store, backend: cpu, dataset, sha256, clock: () => performance.now() / 1000 });
  expect(result).toMatchObject({ reason: "finished", step: 50, images: 50 * 64 });
  expect((await readJsonLines(store, "metrics.jsonl")).length).toBe(50);
  expect(await store.list("samples")).toEqual(["real.png", "step-00000025.png", "step-00000050.png"]);
  expect(await store.list("checkpoints")).toEqual(["step-00000050.safetensors"]);
  expect(result.metrics["score/real"]).toBeGreaterThan(result.metrics["score/fake"]); // D tells them apart by now
});
