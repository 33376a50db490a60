import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { applyTo } from "../../test/scope.ts";
import { InputError } from "../errors/index.ts";
import { type Shape, sizeOf } from "../graph/index.ts";
import { type AnyModule, type Variable, variablesOf } from "../nn/index.ts";
import { fill, stream } from "../random/index.ts";
import type { NetworkSpec } from "./network.ts";
import { noisePlayers } from "./noise.ts";
import { r3ganDiscriminator, r3ganGenerator } from "./r3gan.ts";
import { imageSizes } from "./stages.ts";

const variables = ({ module }: NetworkSpec): Map<string, Variable> => variablesOf(module as unknown as AnyModule);
const parameterCount = (spec: NetworkSpec) =>
  [...variables(spec).values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
const outputShape = (spec: NetworkSpec): Shape => applyTo(spec.module, [3, ...spec.inputShape], []).y.shape;

const small = { zDim: 7, prior: "normal", width: 8, cardinality: 4 } as const;
const published = { zDim: 64, prior: "normal", width: 768 } as const;

describe("R3GAN", () => {
  test("for CIFAR-10 has 20.73 and 20.68 million parameters", () => {
    // 8 blocks of 1×1 convolutions 768 → 1536 → 768, a 3×3 of 96 groups between them, and 2·1536 biases
    const blocks = 8 * (2 * 768 * 1536 + 1536 * 16 * 9 + 2 * 1536);
    const image = [3, 32, 32];
    expect(parameterCount(r3ganGenerator({ ...published, image }))).toBe(blocks + 768 * (16 + 64) + 768 * 3);
    expect(parameterCount(r3ganDiscriminator({ ...published, image }))).toBe(blocks + 3 * 768 + 768 * 16 + 768);
    expect(blocks).toBe(20_668_416);
  });

  test.each(imageSizes)("makes and judges images of %i pixels with 1 to 4 channels", (size) => {
    for (const channels of [1, 3, 4]) {
      const image = [channels, size, size];
      const G = r3ganGenerator({ ...small, image });
      expect(G.inputShape).toEqual([7]);
      expect(outputShape(G)).toEqual([3, ...image]);
      expect(outputShape(r3ganDiscriminator({ ...small, image }))).toEqual([3]);
    }
  });

  test("maps beyond 32 pixels have half the channels and half the groups at each doubling", () => {
    const G = variables(r3ganGenerator({ ...published, image: [3, 128, 128] }));
    const shapeAt = (stage: number) => G.get(`MainLayers.${stage}.Layers.1.LinearLayer2.Layer.weight`)!.shape;
    expect([0, 1, 2, 3, 4, 5].map(shapeAt)).toEqual([
      ...new Array(4).fill([1536, 16, 3, 3]), // 4, 8, 16 and 32 pixels
      [768, 16, 3, 3],
      [384, 16, 3, 3],
    ]);
  });

  test("has the paths of the authors' code", () => {
    const block = (path: string) => [
      `${path}.LinearLayer1.Layer.weight`,
      `${path}.NonLinearity1.Bias`,
      `${path}.LinearLayer2.Layer.weight`,
      `${path}.NonLinearity2.Bias`,
      `${path}.LinearLayer3.Layer.weight`,
    ];
    const image = [3, 64, 64];
    const G = [...variables(r3ganGenerator({ ...small, image })).keys()];
    const D = [...variables(r3ganDiscriminator({ ...small, image })).keys()];
    expect(G).toEqual([
      "MainLayers.0.Layers.0.Basis",
      "MainLayers.0.Layers.0.LinearLayer.weight",
      ...[0, 1, 2, 3].flatMap((stage) => [1, 2].flatMap((i) => block(`MainLayers.${stage}.Layers.${i}`))),
      "MainLayers.4.Layers.0.LinearLayer.Layer.weight", // 32 → 64 pixels, where the width changes
      ...[1, 2].flatMap((i) => block(`MainLayers.4.Layers.${i}`)),
      "AggregationLayer.Layer.weight",
    ]);
    expect(D).toEqual([
      "ExtractionLayer.Layer.weight",
      ...[0, 1].flatMap((i) => block(`MainLayers.0.Layers.${i}`)),
      "MainLayers.0.Layers.2.LinearLayer.Layer.weight",
      ...[1, 2, 3, 4].flatMap((stage) => [0, 1].flatMap((i) => block(`MainLayers.${stage}.Layers.${i}`))),
      "MainLayers.4.Layers.2.Basis.weight",
      "MainLayers.4.Layers.2.LinearLayer.weight",
    ]);
  });

  test("begins with N(0, gain²/fan-in), the gain √(2/1.04)·L^(−1/4) inside blocks, and with 0 at their ends", () => {
    const all = new Map([
      ...variables(r3ganGenerator({ ...small, width: 64, cardinality: 8, image: [3, 32, 32] })),
      ...variables(r3ganDiscriminator({ ...small, width: 64, cardinality: 8, image: [3, 32, 32] })),
    ]);
    const deviation = (path: string) => {
      const { init, shape } = all.get(path)!;
      const out = new Float32Array(sizeOf(shape));
      fill(out, init(shape), stream(1, path));
      return Math.sqrt(out.reduce((sum, value) => sum + value * value, 0) / out.length);
    };
    const inside = Math.sqrt(2 / 1.04) * 8 ** (-1 / 4); // 8 blocks at 32 pixels
    const path = (layer: string) => `MainLayers.1.Layers.1.${layer}`;
    const loose = { rtol: 0.06 };
    expectClose(deviation(path("LinearLayer1.Layer.weight")), inside / 8, loose, "1×1 from 64 channels");
    expectClose(deviation(path("LinearLayer2.Layer.weight")), inside / 12, loose, "3×3 from 16 channels a group");
    expect(deviation(path("LinearLayer3.Layer.weight"))).toBe(0);
    expect(deviation(path("NonLinearity1.Bias"))).toBe(0);
    expectClose(deviation("MainLayers.0.Layers.0.Basis"), 1, loose, "basis");
    expectClose(deviation("MainLayers.0.Layers.0.LinearLayer.weight"), 1 / Math.sqrt(7), loose, "z");
    expectClose(deviation("MainLayers.3.Layers.2.Basis.weight"), 1 / 4, loose, "depthwise 4×4");
    expectClose(deviation("AggregationLayer.Layer.weight"), 1 / 8, { rtol: 0.2 }, "to the image");
  });

  test("consists of convolutions, biased leaky activations and resampling alone: no norm, no tanh", () => {
    const image = [3, 64, 64];
    const kinds = [r3ganGenerator({ ...small, image }), r3ganDiscriminator({ ...small, image })].flatMap((spec) =>
      applyTo(spec.module, [2, ...spec.inputShape], []).order.map((line) => line.split(": ")[1]),
    );
    const wrappers = ["Sequential", "Network", "ResidualBlock"];
    const basis = ["GenerativeBasis", "DiscriminativeBasis", "Linear"];
    expect(new Set(kinds)).toEqual(
      new Set([...wrappers, ...basis, "Conv2d", "BiasedLeakyReLU", "Upsample", "Downsample"]),
    );
  });

  test("refuses sizes, and widths that do not fall into their groups, naming the flag and the values", () => {
    for (const build of [
      (image: Shape, options: object = {}) => r3ganGenerator({ ...small, ...options, image }),
      (image: Shape, options: object = {}) => r3ganDiscriminator({ ...small, ...options, image }),
    ]) {
      expect(() => build([1, 48, 48])).toThrow(InputError);
      expect(() => build([1, 48, 48])).toThrow("--size: r3gan makes images of 16, 28, 32, 64, 128 pixels, got 48×48");
      expect(() => build([1, 32, 64])).toThrow("got 32×64");
      expect(() => build([1, 32, 32], { cardinality: 3 })).toThrow(
        "--width: r3gan's blocks at 32 pixels have 16 channels, which do not fall into 3 equal groups. Pass --width 64",
      );
      expect(() => build([1, 64, 64], { width: 9, cardinality: 3 })).toThrow("9 channels, which do not fall into 1.5");
    }
  });

  test("are players for every recipe from noise, in packs too; spectral norm, which would divide by 0, is refused", () => {
    const options = { networks: "r3gan", own: "dcgan", hidden: [], norm: "batch", ...small } as const;
    const data = { kind: "images", sample: [3, 16, 16], classes: [] } as const;
    const { G, D } = noisePlayers({ ...options, pack: 2 }, data);
    expect(outputShape(G)).toEqual([3, 3, 16, 16]);
    expect(applyTo(D.module, [6, 3, 16, 16], []).y.shape).toEqual([3]);
    expect(variables(D).get("ExtractionLayer.Layer.weight")?.shape).toEqual([8, 6, 1, 1]);
    expect(() => noisePlayers({ ...options, pack: 1, norm: "spectral" }, data)).toThrow(InputError);
  });
});
