// StackGAN's players at the authors' sizes and at ours. Numbers of parameters are those of the reference's networks in PyTorch:
// test/parity/record/stackgan.py --count.

import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { applyTo } from "../../test/scope.ts";
import { InputError } from "../errors/index.ts";
import { constant, input, sizeOf, type Tensor } from "../graph/index.ts";
import { type AnyModule, type Module, type Scope, variablesOf } from "../nn/index.ts";
import type { NetworkSpec } from "./network.ts";
import {
  type Drawing,
  stackganDiscriminator,
  stackganRefiner,
  stackganSizes,
  stackganSketcher,
  type Verdict,
} from "./stackgan.ts";

type Generator = NetworkSpec<readonly [Tensor, Tensor, Tensor], Drawing>;
type Discriminator = NetworkSpec<readonly [Tensor, ...Tensor[]], Verdict>;

const pathsOf = ({ module }: { readonly module: unknown }) => [...variablesOf(module as AnyModule).keys()];

function parameterCount({ module }: { readonly module: unknown }): number {
  const parameters = [...variablesOf(module as AnyModule).values()].filter(({ role }) => role === "parameter");
  return parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** The generator told of φ with the noise ε, giving one part of its drawing. */
const drawing = ({ module }: Generator, phi: Tensor, epsilon: Tensor, part: keyof Drawing = "image"): Module => ({
  ...(module as unknown as Module),
  apply: (scope, x: Tensor) => module.apply(scope, x, phi, epsilon)[part],
});

/** The discriminator told of conditions, giving one of its logits. */
const judging = (
  { module }: Discriminator,
  conditions: readonly Tensor[],
  choose: (verdict: Verdict) => Tensor,
): Module => ({
  ...(module as unknown as Module),
  apply: (scope, x: Tensor) => choose(module.apply(scope, x, ...conditions)),
});

const coco = { textSize: 1024, conditionSize: 128, width: 192 };
const tiny = { textSize: 5, conditionSize: 3, width: 4 };

describe("the authors' networks for COCO", () => {
  test("have the parameters that they have in PyTorch", () => {
    const [sketch, image] = [
      [3, 64, 64],
      [3, 256, 256],
    ];
    expect(parameterCount(stackganSketcher({ ...coco, image: sketch, zDim: 100 }))).toBe(20_020_832);
    expect(parameterCount(stackganRefiner({ ...coco, image, sketch, residualBlocks: 2 }))).toBe(37_130_480);
    const D = { conditionSize: 128, width: 96 };
    expect(parameterCount(stackganDiscriminator({ ...D, image: sketch, unconditional: false }))).toBe(12_407_425);
    expect(parameterCount(stackganDiscriminator({ ...D, image, unconditional: true }))).toBe(159_889_538);
  });

  test("have four doublings in either stage, which halve the channels: 1536 to 96, and 768 to 48", () => {
    const channels = (spec: Generator) =>
      [1, 2, 3, 4, 5].map((i) => {
        const { shape } = variablesOf(spec.module as unknown as AnyModule).get(`upsample${i}.0.weight`) ?? {};
        return shape?.slice(0, 2);
      });
    expect(channels(stackganSketcher({ ...coco, image: [3, 64, 64], zDim: 100 }))).toEqual([
      [768, 1536],
      [384, 768],
      [192, 384],
      [96, 192],
      undefined,
    ]);
    const refiner = stackganRefiner({ ...coco, image: [3, 256, 256], sketch: [3, 64, 64], residualBlocks: 2 });
    expect(channels(refiner)).toEqual([[384, 768], [192, 384], [96, 192], [48, 96], undefined]);
  });
});

describe("every size", () => {
  const phi = input("phi", [2, 5]);
  const epsilon = input("epsilon", [2, 3]);
  const cases = stackganSizes.flatMap((size) => [2, 4].map((scale) => ({ size, scale })));

  test.each(cases)("$size pixels refined from $scale times fewer", ({ size, scale }) => {
    for (const channels of [1, 3]) {
      const [image, sketch] = [
        [channels, size, size],
        [channels, size / scale, size / scale],
      ];
      const G1 = stackganSketcher({ ...tiny, image: sketch, zDim: 7 });
      expect([G1.inputShape, G1.prior]).toEqual([[7], "normal"]);
      expect(applyTo(drawing(G1, phi, epsilon), [2, 7], []).y.shape).toEqual([2, ...sketch]);
      const G2 = stackganRefiner({ ...tiny, image, sketch, residualBlocks: 1 });
      expect(G2.inputShape).toEqual(sketch);
      expect(applyTo(drawing(G2, phi, epsilon), [2, ...sketch], []).y.shape).toEqual([2, ...image]);
      for (const part of ["mu", "logVariance"] as const) {
        expect(applyTo(drawing(G2, phi, epsilon, part), [2, ...sketch], []).y.shape).toEqual([2, 3]);
      }
      for (const unconditional of [false, true]) {
        const D = stackganDiscriminator({ conditionSize: 3, width: 2, image, unconditional });
        const mu = [input("mu 0", [2, 3]), input("mu 1", [2, 3])];
        const logit = (choose: (verdict: Verdict) => Tensor) =>
          applyTo(judging(D, mu, choose), [2, ...image], []).y.shape;
        expect([logit(({ fits }) => fits[0]), logit(({ fits }) => fits[1])]).toEqual([[2], [2]]);
        if (unconditional) expect(logit(({ real }) => real!)).toEqual([2]);
        else expect(pathsOf(D).filter((path) => path.startsWith("get_uncond"))).toEqual([]);
      }
    }
  });

  test("any width, odd ones too, down to one channel", () => {
    const [image, sketch] = [
      [3, 64, 64],
      [3, 16, 16],
    ];
    for (const width of [1, 3]) {
      const G2 = stackganRefiner({ ...tiny, width, image, sketch, residualBlocks: 1 });
      expect(applyTo(drawing(G2, phi, epsilon), [2, ...sketch], []).y.shape).toEqual([2, ...image]);
    }
  });

  test("refuses sizes that 4 pixels do not double to, naming the flag and both", () => {
    for (const image of [
      [3, 48, 48],
      [3, 4, 4],
      [1, 32, 64],
    ]) {
      for (const build of [
        () => stackganSketcher({ ...tiny, image, zDim: 7 }),
        () => stackganRefiner({ ...tiny, image, sketch: [3, 16, 16], residualBlocks: 1 }),
        () => stackganRefiner({ ...tiny, image: [3, 64, 64], sketch: image, residualBlocks: 1 }),
        () => stackganDiscriminator({ conditionSize: 3, width: 2, image, unconditional: true }),
      ]) {
        expect(build).toThrow(InputError);
        expect(build).toThrow(`--size: stackgan makes images of 32, 64, 128, 256 pixels`);
        expect(build).toThrow(`got ${image[1]}×${image[2]}`);
      }
    }
  });
});

describe("conditioning augmentation", () => {
  const spec = stackganSketcher({ textSize: 2, conditionSize: 1, width: 1, image: [1, 8, 8], zDim: 1 });
  // μ = ReLU(φ₁), log σ² = ReLU(φ₂): the layer's weights are the identity.
  const values = { "ca_net.fc.weight": [1, 0, 0, 1], "ca_net.fc.bias": [0, 0] };
  const part = (phi: readonly number[], which: keyof Drawing) => {
    const { y, numbersOf } = applyTo(drawing(spec, constant(phi, [1, 2]), constant([9], [1, 1]), which), [1, 1], [0], {
      values,
    });
    return numbersOf(y);
  };

  test("gives μ and log σ², neither below 0", () => {
    expect([part([0.3, 0.7], "mu"), part([0.3, 0.7], "logVariance")]).toEqual([
      [expect.closeTo(0.3)],
      [expect.closeTo(0.7)],
    ]);
    expectClose([...part([-2, -1], "mu"), ...part([-2, -1], "logVariance")], [0, 0], { atol: 0 });
  });

  test("draws the condition as μ + σ ε, before z in what the first layer sees", () => {
    const phi = constant([0.5, 2 * Math.log(3), 0.5, 2 * Math.log(3)], [2, 2]); // μ = ½, σ = 3
    const epsilon = constant([1, -1], [2, 1]);
    const first: Module = {
      ...(spec.module as unknown as Module),
      apply(scope, z: Tensor) {
        let seen = z;
        const watched = (name: string): Scope => ({
          ...scope.child(name),
          applied: (_, [x]) => {
            if (name === "fc") seen = x;
          },
        });
        spec.module.apply({ ...scope, child: watched }, z, phi, epsilon);
        return seen;
      },
    };
    const { y, numbersOf } = applyTo(first, [2, 1], [7, 8], { values });
    expectClose(numbersOf(y), [3.5, 7, -2.5, 8], { atol: 1e-6 });
  });
});

describe("a discriminator", () => {
  test("judges a picture with each condition by the same weights", () => {
    const D = stackganDiscriminator({ conditionSize: 3, width: 2, image: [1, 8, 8], unconditional: false });
    const mu = input("mu", [2, 3]);
    const both = applyTo(
      judging(D, [mu, mu], ({ fits: [a, b] }) => a.sub(b)),
      [2, 1, 8, 8],
      [],
    );
    const numbers = (path: string) =>
      Array.from({ length: both.variables[path].size }, (_, i) => Math.sin(i + path.length));
    const values = Object.fromEntries(Object.keys(both.variables).map((path) => [path, numbers(path)]));
    const x = Array.from({ length: 128 }, (_, i) => Math.cos(i));
    const { y, numbersOf } = applyTo(
      judging(D, [mu, mu], ({ fits: [a, b] }) => a.sub(b)),
      [2, 1, 8, 8],
      x,
      {
        values: { ...values, mu: [1, 2, 3, 4, 5, 6] },
      },
    );
    expect(numbersOf(y)).toEqual([0, 0]);
  });

  test("beyond 8 times its width, brings the features down again to 8 times", () => {
    const D = stackganDiscriminator({ conditionSize: 3, width: 2, image: [3, 256, 256], unconditional: true });
    const widths = [...variablesOf(D.module as unknown as AnyModule)].flatMap(([path, { shape }]) =>
      path.startsWith("encode_img") && shape.length === 4 ? [shape[0] / 2] : [],
    );
    expect(widths).toEqual([1, 2, 4, 8, 16, 32, 16, 8]);
  });
});
