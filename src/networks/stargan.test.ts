import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { applyTo } from "../../test/scope.ts";
import { InputError } from "../errors/index.ts";
import { concat, constant, type Shape, sizeOf, type Tensor, topologicalOrder } from "../graph/index.ts";
import {
  type AnyModule,
  conv2d,
  instanceNorm,
  type Module,
  reflectionPad,
  relu,
  sequential,
  variablesOf,
} from "../nn/index.ts";
import { fill, stream } from "../random/index.ts";
import { starganDiscriminator, starganGenerator } from "./stargan.ts";

const celeba = { labels: 5, width: 64, image: [3, 128, 128] };
const small = { labels: 2, width: 4, image: [3, 16, 16] };
const parameterCount = (module: unknown) =>
  [...variablesOf(module as AnyModule).values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
const first = (paths: Iterable<string>, count: number) => [...paths].slice(0, count);

/** G with its labels held at c. */
const told = (options: Parameters<typeof starganGenerator>[0], c: Tensor): Module => {
  const { module } = starganGenerator(options);
  return { ...module, apply: (scope, x: Tensor) => module.apply(scope, x, c) };
};
/** One of D's two answers. */
const head = (options: Parameters<typeof starganDiscriminator>[0], name: "score" | "classes"): Module => {
  const { module } = starganDiscriminator(options);
  return { ...module, apply: (scope, x: Tensor) => module.apply(scope, x)[name] };
};
/** First values of every variable. */
const begun = (module: unknown) =>
  Object.fromEntries(
    [...variablesOf(module as AnyModule)].map(([path, { shape, init }]) => {
      const values = new Float32Array(sizeOf(shape));
      fill(values, init(shape), stream(1, path));
      return [path, values];
    }),
  );

describe("StarGAN", () => {
  test("has the published 8.43 and 44.76 million parameters for five attributes at 128 pixels", () => {
    expect(parameterCount(starganGenerator({ ...celeba, blocks: 6 }).module)).toBe(8_430_528);
    expect(parameterCount(starganDiscriminator(celeba).module)).toBe(44_762_048);
  });

  test.each([8, 12, 16, 28, 32, 64, 100, 128, 256])("G and D fit together at %i pixels", (size) => {
    for (const channels of [1, 4]) {
      const options = { labels: 3, width: 1, image: [channels, size, size] };
      const c = constant([1, 0, 0, 0, 1, 1], [2, 3]);
      const shape: Shape = [2, channels, size, size];
      expect(applyTo(told({ ...options, blocks: 1 }, c), shape, []).y.shape).toEqual(shape);
      expect(applyTo(head(options, "score"), shape, []).y.shape).toEqual([2]);
      expect(applyTo(head(options, "classes"), shape, []).y.shape).toEqual([2, 3]);
    }
  });

  test("D halves the picture to 2 or 3 pixels, six times at most", () => {
    const mapOf = (size: number) => {
      const { y } = applyTo(head({ ...small, image: [3, size, size] }, "score"), [1, 3, size, size], []);
      return topologicalOrder([y]).findLast((node) => node.is("conv"))!.shape[2];
    };
    expect([8, 12, 16, 28, 32, 64, 128, 256].map(mapOf)).toEqual([2, 3, 2, 3, 2, 2, 2, 4]);
  });

  test("has the paths of the authors' code: no bias but in D's halvings, no norm in D", () => {
    const G = [...variablesOf(starganGenerator({ ...small, blocks: 1 }).module as unknown as AnyModule).keys()];
    expect(first(G, 3)).toEqual(["main.0.weight", "main.1.weight", "main.1.bias"]);
    expect(G.filter((path) => path.startsWith("main.9."))).toEqual(
      ["0.weight", "1.weight", "1.bias", "3.weight", "4.weight", "4.bias"].map((path) => `main.9.main.${path}`),
    );
    expect(G.at(-1)).toBe("main.16.weight");
    const D = [...variablesOf(starganDiscriminator(small).module as unknown as AnyModule).keys()];
    const halvings = ["0", "2", "4"].flatMap((layer) => [`main.${layer}.weight`, `main.${layer}.bias`]);
    expect(D).toEqual([...halvings, "conv1.weight", "conv2.weight"]);
  });

  test("D's score is the mean of its map, and each sample is judged by itself", () => {
    const x = stream(1, "x").fillNormal(new Float32Array(2 * sizeOf(small.image)));
    const score = head(small, "score");
    const both = applyTo(score, [2, ...small.image], x, { values: begun(score) });
    const alone = applyTo(score, [1, ...small.image], x.subarray(x.length / 2), { values: begun(score) });
    expectClose(both.numbersOf(both.y)[1], alone.numbersOf(alone.y), { atol: 1e-9 });
    const map = topologicalOrder([both.y]).findLast((node) => node.is("conv"))!;
    const mean = both
      .numbersOf(map as Tensor)
      .slice(0, 4)
      .reduce((sum, value) => sum + value / 4, 0);
    expectClose(both.numbersOf(both.y)[0], mean, { atol: 1e-9 });
  });

  test("G's labels survive its first norm, which wipes out maps that reflection leaves constant", () => {
    const x = stream(1, "x").fillNormal(new Float32Array(sizeOf(small.image)));
    /** How far the first normalised features of two labels are apart, at most. */
    const apart = (network: (c: Tensor) => Module) => {
      const [one, other] = [
        [1, 0],
        [0, 1],
      ].map((c) => {
        const module = network(constant(c, [1, 2]));
        const { y, numbersOf } = applyTo(module, [1, ...small.image], x, { values: begun(module) });
        return numbersOf(topologicalOrder([y]).find((node) => node.is("leakyRelu")) as Tensor);
      });
      return Math.max(...one.map((value, i) => Math.abs(value - other[i])));
    };
    const outer = sequential(
      reflectionPad(3),
      conv2d(3 + 2, 4, { kernel: 7, bias: false }),
      instanceNorm(4, { affine: true }),
      relu(),
    );
    const reflected = (c: Tensor): Module => ({
      ...outer,
      apply: (scope, given: Tensor) =>
        outer.apply(scope, concat([given, c.reshape([1, 2, 1, 1]).broadcast([1, 2, 16, 16])], 1)),
    });
    expect(apart((c) => told({ ...small, blocks: 0 }, c))).toBeGreaterThan(0.05);
    expect(apart(reflected)).toBeLessThan(1e-6);
  });

  test.each([
    { image: [3, 30, 30], size: 32 },
    { image: [3, 4, 4], size: 8 },
    { image: [3, 32, 64], size: 32 },
  ])("refuses $image, and names a size that fits", ({ image, size }) => {
    for (const build of [
      () => starganGenerator({ ...small, image, blocks: 1 }),
      () => starganDiscriminator({ ...small, image }),
    ]) {
      expect(build).toThrow(InputError);
      expect(build).toThrow(
        `--size: stargan halves squares twice, so it takes multiples of 4 from 8 on, got ${image[1]}×${image[2]}. Pass --size ${size}.`,
      );
    }
  });
});
