import { describe, expect, test } from "vitest";
import { applyTo } from "../../test/scope.ts";
import { InputError } from "../errors/index.ts";
import { constant, type Shape, sizeOf, type Tensor, topologicalOrder } from "../graph/index.ts";
import { type AnyModule, type Module, variablesOf } from "../nn/index.ts";
import { fill, stream } from "../random/index.ts";
import { fusionganDiscriminator, fusionganGenerator, fusionganMap } from "./fusiongan.ts";
import type { NetworkSpec } from "./network.ts";

const square = (size: number, channels = 3): Shape => [channels, size, size];
type Pair = NetworkSpec<readonly [Tensor, Tensor]>;
const pathsOf = ({ module }: Pair) => variablesOf(module as unknown as AnyModule);
/** The network with its second picture held. */
const beside = ({ module }: Pair, other: Tensor): Module => ({
  ...module,
  apply: (scope, x: Tensor) => module.apply(scope, x, other),
});
const noise = (name: string, shape: Shape) => stream(1, name).fillNormal(new Float32Array(sizeOf(shape)), 0, 0.5);
const begun = (spec: Pair) =>
  Object.fromEntries(
    [...pathsOf(spec)].map(([path, { shape, init }]) => {
      const values = new Float32Array(sizeOf(shape));
      fill(values, init(shape), stream(1, path));
      return [path, values];
    }),
  );
const convolutions = (y: Tensor) =>
  topologicalOrder([y]).flatMap((node) => {
    if (node.is("conv")) return [`${node.inputs[0].shape[1]}→${node.shape[1]}@${node.shape[2]}`];
    return node.is("convInputGrad") ? [`${node.inputs[0].shape[1]}⇒${node.shape[1]}@${node.shape[2]}`] : [];
  });

describe("FusionGAN", () => {
  test.each([8, 12, 16, 28, 32, 64, 128, 256])("G and D fit together at %i pixels", (size) => {
    for (const channels of [1, 4]) {
      const options = { width: 1, image: square(size, channels) };
      const shape = [2, ...options.image];
      const other = constant(noise("other", shape), shape);
      expect(applyTo(beside(fusionganGenerator(options), other), shape, []).y.shape).toEqual(shape);
      const map = applyTo(beside(fusionganDiscriminator(options), other), shape, []).y.shape;
      expect(map).toEqual([2, 1, ...fusionganMap(options.image)]);
    }
  });

  test("D halves three times, and less where that would leave less than 5 × 5 scores", () => {
    const maps = [8, 12, 16, 28, 32, 64, 128, 256].map((size) => fusionganMap(square(size))[0]);
    expect(maps).toEqual([1, 3, 5, 11, 5, 5, 13, 29]);
  });

  test("G is two encoders, two residual blocks where they meet, and two doublings that see both encoders' features", () => {
    const image = square(64);
    const shape = [1, ...image];
    const { y } = applyTo(
      beside(fusionganGenerator({ width: 2, image }), constant(noise("y", shape), shape)),
      shape,
      [],
    );
    const encoder = ["3→2@64", "2→4@32", "4→8@16", ...Array<string>(4).fill("8→8@16")];
    const fused = ["16→8@16", "8→8@16", "16→8@16", "8→8@16", "8→8@16"]; // the third is the first block's shortcut
    const found = convolutions(y);
    expect(found.toSorted()).toEqual([...encoder, ...encoder, ...fused, "24⇒4@32", "12⇒2@64", "2→3@64"].toSorted());
    expect(found.slice(-3)).toEqual(["24⇒4@32", "12⇒2@64", "2→3@64"]);
  });

  test("what G makes depends on both pictures, and on which is which", () => {
    const image = square(8);
    const shape = [1, ...image];
    const G = fusionganGenerator({ width: 4, image });
    const [x, other] = [noise("x", shape), noise("y", shape)];
    const made = (a: Float32Array, b: Float32Array) => {
      const { y, numbersOf } = applyTo(beside(G, constant(b, shape)), shape, a, { values: begun(G) });
      return numbersOf(y);
    };
    const apart = (a: number[], b: number[]) => Math.max(...a.map((value, i) => Math.abs(value - b[i])));
    expect(apart(made(x, other), made(other, x))).toBeGreaterThan(0.01);
    expect(apart(made(x, other), made(x, x))).toBeGreaterThan(0.01);
    expect(apart(made(x, other), made(other, other))).toBeGreaterThan(0.01);
  });

  test("one of D's scores of a large picture sees a part of it: 94 pixels across", () => {
    const image = square(160, 1);
    const shape = [1, ...image];
    const D = fusionganDiscriminator({ width: 1, image });
    // batch norm by fixed statistics: those of the batch let every pixel reach every score
    const { y, x, gradientOf } = applyTo(beside(D, constant(noise("y", shape), shape)), shape, noise("x", shape), {
      values: begun(D),
      training: false,
    });
    const [height, width] = y.shape.slice(2);
    const one = constant(
      Array.from({ length: height * width }, (_, i) => (i === (height * width - 1) / 2 ? 1 : 0)),
      y.shape,
    );
    const reached = gradientOf(x, one).flatMap((value, i) => (value === 0 ? [] : [i % 160]));
    expect([height, width]).toEqual([17, 17]);
    expect(Math.max(...reached) - Math.min(...reached) + 1).toBe(94);
  });

  test("convolutions have a bias where no batch norm follows, and there alone", () => {
    const image = square(64);
    const G = [...pathsOf(fusionganGenerator({ width: 2, image })).keys()];
    const D = [...pathsOf(fusionganDiscriminator({ width: 2, image })).keys()];
    const norms = (paths: string[]) => paths.filter((path) => path.endsWith("running_mean")).length;
    const biases = (paths: string[]) => paths.filter((path) => path.endsWith("bias")).length;
    expect([norms(G), biases(G)]).toEqual([2 * 7 + 5 + 2, 21 + 1]);
    expect([norms(D), biases(D)]).toEqual([4, 4 + 2]);
    expect(G.at(-1)).toBe("out.1.bias");
    expect(D.slice(0, 2)).toEqual(["main.0.weight", "main.0.bias"]);
  });

  test.each([
    { image: square(30), size: 32 },
    { image: square(4), size: 8 },
  ])("refuses $image, and names a size that fits", ({ image, size }) => {
    for (const build of [fusionganGenerator, fusionganDiscriminator]) {
      const refused = () => build({ width: 1, image });
      expect(refused).toThrow(InputError);
      expect(refused).toThrow(
        `--size: fusiongan halves pictures twice, so it takes multiples of 4 from 8 on, got ${image[1]}×${image[2]}. Pass --size ${size}.`,
      );
    }
  });
});
