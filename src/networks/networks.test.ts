// The networks as published: parameter counts, shapes at every size and channel count, and PyTorch's paths.

import { describe, expect, test } from "vitest";
import { applyTo } from "../../test/scope.ts";
import { InputError } from "../errors/index.ts";
import { evaluate, type Shape, sizeOf } from "../graph/index.ts";
import { type AnyModule, type Variable, variablesOf } from "../nn/index.ts";
import { dcganDiscriminator, dcganGenerator } from "./dcgan.ts";
import { mlpDiscriminator, mlpGenerator } from "./mlp.ts";
import type { NetworkSpec } from "./network.ts";
import { imageSizes } from "./stages.ts";

const variables = ({ module }: NetworkSpec): Map<string, Variable> => variablesOf(module as unknown as AnyModule);

function parameterCount(spec: NetworkSpec): number {
  const parameters = [...variables(spec).values()].filter(({ role }) => role === "parameter");
  return parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** The output's shape for a batch of 3, found without computing a number. */
function outputShape(spec: NetworkSpec): Shape {
  return applyTo(spec.module, [3, ...spec.inputShape], []).y.shape;
}

const generator = { zDim: 100, width: 64, prior: "normal", output: "tanh", upsample: "deconv", eps: 1e-5 } as const;
const discriminator = { width: 64, head: "conv", eps: 1e-5 } as const;
const mlp = { prior: "normal", output: "tanh", eps: 1e-5, activation: "relu", batchNorm: false } as const;

describe("DCGAN", () => {
  const G = dcganGenerator({ ...generator, image: [3, 64, 64] });
  const D = dcganDiscriminator({ ...discriminator, image: [3, 64, 64] });

  test("at 64 × 64 × 3 has the parameters of PyTorch's example", () => {
    expect(parameterCount(G)).toBe(3_576_704);
    expect(parameterCount(D)).toBe(2_765_568);
  });

  test("at 64 × 64 × 3 has the paths and shapes of PyTorch's example", () => {
    const shapes = (spec: NetworkSpec) => Object.fromEntries([...variables(spec)].map(([path, v]) => [path, v.shape]));
    const norm = (index: number, channels: number) =>
      Object.fromEntries(
        ["weight", "bias", "running_mean", "running_var"].map((name) => [`main.${index}.${name}`, [channels]]),
      );
    expect(shapes(G)).toEqual({
      "main.0.weight": [100, 512, 4, 4],
      ...norm(1, 512),
      "main.3.weight": [512, 256, 4, 4],
      ...norm(4, 256),
      "main.6.weight": [256, 128, 4, 4],
      ...norm(7, 128),
      "main.9.weight": [128, 64, 4, 4],
      ...norm(10, 64),
      "main.12.weight": [64, 3, 4, 4],
    });
    expect(shapes(D)).toEqual({
      "main.0.weight": [64, 3, 4, 4],
      "main.2.weight": [128, 64, 4, 4],
      ...norm(3, 128),
      "main.5.weight": [256, 128, 4, 4],
      ...norm(6, 256),
      "main.8.weight": [512, 256, 4, 4],
      ...norm(9, 512),
      "main.11.weight": [1, 512, 4, 4],
    });
  });

  for (const size of [16, 28, 32, 64, 128]) {
    test(`makes and judges images of ${size} pixels with 1 to 4 channels, by every head and way up`, () => {
      expect(imageSizes).toContain(size);
      for (const channels of [1, 2, 3, 4]) {
        const image = [channels, size, size];
        for (const upsample of ["deconv", "resize"] as const) {
          const G = dcganGenerator({ ...generator, width: 4, zDim: 7, image, upsample });
          expect(G.inputShape).toEqual([7]);
          expect(outputShape(G)).toEqual([3, ...image]);
        }
        for (const head of ["conv", "linear", "gap"] as const) {
          const D = dcganDiscriminator({ ...discriminator, width: 4, image, head });
          expect(D.inputShape).toEqual(image);
          expect(outputShape(D), `${head} head`).toEqual([3]);
        }
      }
    });
  }

  test("keeps to the guidelines: no batch norm at G's output and D's input, ReLU and tanh in G, LeakyReLU in D", () => {
    const kinds = ({ module, inputShape }: NetworkSpec) =>
      applyTo(module, [3, ...inputShape], [])
        .order.map((line) => line.split(": ")[1])
        .filter((kind) => !["Sequential", "Network", "Identity"].includes(kind));
    const norm = ["BatchNorm", "ReLU"];
    expect(kinds(dcganGenerator({ ...generator, image: [3, 16, 16] }))).toEqual([
      ...["ConvTranspose2d", ...norm, "ConvTranspose2d", ...norm, "ConvTranspose2d", "Tanh"],
    ]);
    expect(kinds(dcganDiscriminator({ ...discriminator, image: [3, 16, 16] }))).toEqual([
      ...["Conv2d", "LeakyReLU", "Conv2d", "BatchNorm", "LeakyReLU", "Conv2d"],
    ]);
  });

  test("refuses sizes it is not built for, naming the flag and both sizes", () => {
    for (const image of [
      [3, 48, 48],
      [3, 8, 8],
      [1, 32, 64],
      [1, 28, 32],
    ]) {
      for (const build of [
        () => dcganGenerator({ ...generator, image }),
        () => dcganDiscriminator({ ...discriminator, image }),
      ]) {
        expect(build).toThrow(InputError);
        expect(build).toThrow(`--size: dcgan makes images of 16, 28, 32, 64, 128 pixels, got ${image[1]}×${image[2]}`);
      }
    }
  });
});

describe("MLP", () => {
  const image = [1, 28, 28];

  test.each([
    { name: "64-256-256-784", zDim: 64, hidden: [256, 256], batchNorm: false, count: 283_920 },
    { name: "100-128-256-512-1024-784", zDim: 100, hidden: [128, 256, 512, 1024], batchNorm: true, count: 1_510_032 },
  ])("the generator $name has $count parameters", ({ zDim, hidden, batchNorm, count }) => {
    const G = mlpGenerator({ ...mlp, zDim, hidden, batchNorm, sample: image });
    expect(parameterCount(G)).toBe(count);
    expect(G.inputShape).toEqual([zDim]);
    expect(outputShape(G)).toEqual([3, ...image]);
  });

  test.each([
    { name: "784-256-256-1", hidden: [256, 256], count: 267_009 },
    { name: "784-512-256-1", hidden: [512, 256], count: 533_505 },
  ])("the discriminator $name has $count parameters", ({ hidden, count }) => {
    const D = mlpDiscriminator({ hidden, sample: image });
    expect(parameterCount(D)).toBe(count);
    expect(outputShape(D)).toEqual([3]);
  });

  test("names its variables as PyTorch would, batch norm after every hidden layer but the first", () => {
    const G = mlpGenerator({ ...mlp, zDim: 3, hidden: [4, 5], batchNorm: true, activation: "leaky", sample: [2] });
    const linear = (index: number) => [`model.${index}.weight`, `model.${index}.bias`];
    const norm = ["weight", "bias", "running_mean", "running_var"].map((name) => `model.3.${name}`);
    expect([...variables(G).keys()]).toEqual([...linear(0), ...linear(2), ...norm, ...linear(5)]);
    expect([...variables(mlpDiscriminator({ hidden: [4, 5], sample: [2] })).keys()]).toEqual(
      [0, 2, 4].flatMap((index) => linear(index)),
    );
  });

  test("makes and judges points, and images of every channel count", () => {
    for (const sample of [[2], [1, 28, 28], [2, 16, 16], [3, 32, 32], [4, 8, 8]]) {
      expect(outputShape(mlpGenerator({ ...mlp, zDim: 3, hidden: [4], sample }))).toEqual([3, ...sample]);
      expect(outputShape(mlpDiscriminator({ hidden: [4], sample }))).toEqual([3]);
    }
  });

  test("tanh keeps samples within [−1, 1]; a linear output does not", () => {
    const sample = (output: "tanh" | "linear") => {
      const G = mlpGenerator({ ...mlp, output, zDim: 1, hidden: [], sample: [2] });
      const values = { "model.0.weight": [3, -3], "model.0.bias": [0, 0] };
      return [...evaluate([applyTo(G.module, [1, 1], [1]).y], { ...values, x: [1] })[0]];
    };
    expect(sample("linear")).toEqual([3, -3]);
    expect(sample("tanh")).toEqual([Math.tanh(3), Math.tanh(-3)]);
  });
});
