// The residual players: parameters of the published networks, their paths, shapes at every size, and what is refused.

import { describe, expect, test } from "vitest";
import { applyTo } from "../../test/scope.ts";
import { InputError } from "../errors/index.ts";
import { sizeOf } from "../graph/index.ts";
import { type AnyModule, variablesOf } from "../nn/index.ts";
import type { NetworkSpec } from "./network.ts";
import { resnetDiscriminator, resnetGenerator } from "./resnet.ts";
import { imageSizes } from "./stages.ts";

const generator = { zDim: 128, width: 256, prior: "normal", output: "tanh" } as const;

const variables = ({ module }: NetworkSpec) => variablesOf(module as unknown as AnyModule);

function parameterCount(spec: NetworkSpec): number {
  const parameters = [...variables(spec).values()].filter(({ role }) => role === "parameter");
  return parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

describe("at 32 × 32 × 3", () => {
  test("SNGAN's generator has its 4 276 739 parameters, less the 9 · 256 biases that batch norm takes out again", () => {
    expect(parameterCount(resnetGenerator({ ...generator, image: [3, 32, 32] }))).toBe(4_276_739 - 9 * 256);
  });

  test("SNGAN's discriminator has its 1 053 825 parameters, with and without spectral norm", () => {
    for (const norm of ["none", "spectral"] as const) {
      expect(parameterCount(resnetDiscriminator({ width: 128, image: [3, 32, 32], norm })), norm).toBe(1_053_825);
    }
  });

  test("the paths are Mimicry's", () => {
    const norm = (path: string) => ["weight", "bias", "running_mean", "running_var"].map((name) => `${path}.${name}`);
    const up = (block: string) => [
      ...norm(`${block}.b1`),
      `${block}.c1.weight`,
      ...norm(`${block}.b2`),
      `${block}.c2.weight`,
      `${block}.c_sc.weight`,
    ];
    expect([...variables(resnetGenerator({ ...generator, image: [3, 32, 32] })).keys()]).toEqual([
      ...["l1.weight", "l1.bias", ...up("block2"), ...up("block3"), ...up("block4"), ...norm("b5")],
      ...["c6.weight", "c6.bias"],
    ]);
    const layers = (...names: string[]) => names.flatMap((name) => [`${name}.weight`, `${name}.bias`]);
    expect([...variables(resnetDiscriminator({ width: 128, image: [3, 32, 32] })).keys()]).toEqual([
      ...layers("block1.c1", "block1.c2", "block1.c_sc", "block2.c1", "block2.c2", "block2.c_sc"),
      ...layers("block3.c1", "block3.c2", "block4.c1", "block4.c2", "l5"),
    ]);
  });
});

describe("at every size", () => {
  test.each(imageSizes.map((size) => ({ size })))("of $size pixels, images are made and judged", ({ size }) => {
    for (const channels of [1, 3, 4]) {
      const image = [channels, size, size];
      const G = resnetGenerator({ ...generator, zDim: 5, width: 4, image });
      expect(applyTo(G.module, [3, 5], []).y.shape).toEqual([3, ...image]);
      for (const norm of ["none", "batch", "layer", "spectral"] as const) {
        const D = resnetDiscriminator({ width: 4, image, norm });
        expect(applyTo(D.module, [3, ...image], []).y.shape, norm).toEqual([3]);
      }
    }
  });

  test("D's last maps are 8 × 8 pixels, or 7 × 7 of 28", () => {
    for (const size of imageSizes) {
      const norms = [...variables(resnetDiscriminator({ width: 4, image: [1, size, size], norm: "layer" }))];
      const [, last] = norms.findLast(([path]) => path.endsWith("n2.weight"))!;
      expect(last.shape).toEqual(size === 28 ? [4, 7, 7] : [4, 8, 8]);
    }
  });

  test("others are refused, naming the flag and both sizes", () => {
    for (const build of [
      () => resnetGenerator({ ...generator, image: [3, 48, 48] }),
      () => resnetDiscriminator({ width: 4, image: [3, 48, 48] }),
    ]) {
      expect(build).toThrow(InputError);
      expect(build).toThrow("--size: resnet makes images of 16, 28, 32, 64, 128 pixels, got 48×48. Pass --size 32.");
    }
  });
});

describe("what keeps D in bounds", () => {
  const kinds = (norm: "none" | "batch" | "layer" | "spectral") =>
    applyTo(resnetDiscriminator({ width: 4, image: [1, 16, 16], norm }).module, [3, 1, 16, 16], [])
      .order.map((line) => line.split(": ")[1])
      .filter((kind) => !["Sequential", "ReLU", "ResidualBlock", "Squeeze"].includes(kind));

  test("none: no normalisation anywhere, which WGAN-GP's penalty asks for, and the mean of the last maps", () => {
    expect(kinds("none")).toEqual([
      ...["Conv2d", "ConvPool2d", "ConvPool2d", "Conv2d", "Conv2d", "Conv2d", "Conv2d", "GlobalAvgPool", "Linear"],
    ]);
  });

  test("batch and layer: before every ReLU but the first block's", () => {
    for (const [norm, kind] of [
      ["batch", "BatchNorm"],
      ["layer", "LayerNorm"],
    ] as const) {
      const block = [kind, "Conv2d", kind, "Conv2d"];
      expect(kinds(norm)).toEqual([
        ...["Conv2d", "ConvPool2d", "ConvPool2d", ...block, ...block, "GlobalAvgPool", "Linear"],
      ]);
    }
  });

  test("spectral: every layer with weights, and the sum of the last maps", () => {
    expect(kinds("spectral")).toEqual([
      ...["SNConv2d", "SNConvPool2d", "SNConvPool2d", "SNConv2d", "SNConv2d", "SNConv2d", "SNConv2d"],
      ...["GlobalSumPool", "SNLinear"],
    ]);
  });
});
