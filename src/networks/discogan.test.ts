import { describe, expect, test } from "vitest";
import { applyTo } from "../../test/scope.ts";
import { InputError } from "../errors/index.ts";
import { type Shape, sizeOf, type Tensor, topologicalOrder } from "../graph/index.ts";
import { type AnyModule, type Module, type Variable, variablesOf } from "../nn/index.ts";
import { stream } from "../random/index.ts";
import { discoganDiscriminator, discoganGenerator, discoganSizes, type Judgement } from "./discogan.ts";
import type { AnyNetworkSpec } from "./network.ts";

const variables = (module: unknown): Map<string, Variable> => variablesOf(module as AnyModule);
const parameterCount = ({ module }: AnyNetworkSpec) =>
  [...variables(module).values()].reduce((sum, { role, shape }) => sum + (role === "parameter" ? sizeOf(shape) : 0), 0);

const square = (size: number, channels = 3): Shape => [channels, size, size];
const generator = (size: number, { width = 64, bottleneck = 0 } = {}) =>
  discoganGenerator({ width, bottleneck, from: square(size), to: square(size) });
const discriminator = (size: number, width = 64) => discoganDiscriminator({ width, sample: square(size) });

/** The judgement of two pictures of noise, as `read` makes one tensor of it. */
function judged(size: number, read: (judgement: Judgement) => Tensor) {
  const { module } = discriminator(size, 2);
  const one: Module = { ...module, apply: (scope, x) => read(module.apply(scope, x)) };
  const values = Object.fromEntries(
    [...variables(module)].map(([path, { shape }]) => [
      path,
      stream(1, path).fillUniform(new Float32Array(sizeOf(shape)), -0.5, 0.5),
    ]),
  );
  const x = stream(2, "pictures").fillNormal(new Float32Array(2 * sizeOf(square(size))));
  return applyTo(one, [2, ...square(size)], x, { values });
}

describe("DiscoGAN's generator", () => {
  test("at 64 × 64 × 3 has the parameters of the authors' code, with their bottleneck of 100 too", () => {
    expect(parameterCount(generator(64))).toBe(5_513_856);
    // + 100 filters of 512 × 4 × 4 in each direction, and batch norms of 100 and 512
    expect(parameterCount(generator(64, { bottleneck: 100 }))).toBe(5_513_856 + 2 * 100 * 512 * 16 + 2 * 100 + 2 * 512);
  });

  test.each(discoganSizes)("translates %i pixels between any two numbers of channels, by 4 × 4 or by one", (size) => {
    for (const bottleneck of [0, 5]) {
      const G = discoganGenerator({ width: 2, bottleneck, from: square(size, 1), to: square(size, 4) });
      expect(G.inputShape).toEqual([1, size, size]);
      const { y } = applyTo(G.module, [2, 1, size, size], []);
      expect(y.shape).toEqual([2, 4, size, size]);
      const sizes = topologicalOrder([y]).flatMap((node) =>
        node.is("conv") || node.is("convInputGrad") ? [node.shape[2]] : [],
      );
      expect(Math.min(...sizes)).toBe(bottleneck > 0 ? 1 : 4);
    }
  });

  test("has the authors' layers: batch norm but at its two ends, LeakyReLU on the way down, ReLU on the way up", () => {
    const { order } = applyTo(generator(16, { width: 2 }).module, [1, 3, 16, 16], []);
    const kinds = order.map((line) => line.split(": ")[1]).filter((kind) => !["Sequential", "Network"].includes(kind));
    expect(kinds).toEqual([
      ...["Conv2d", "LeakyReLU", "Conv2d", "BatchNorm", "LeakyReLU"],
      ...["ConvTranspose2d", "BatchNorm", "ReLU", "ConvTranspose2d", "Sigmoid"],
    ]);
    expect([...variables(generator(64).module).keys()].filter((path) => path.endsWith("weight"))).toEqual(
      [0, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18, 20].map((index) => `main.${index}.weight`),
    );
  });

  test("has no skips: with its bottom silenced, every picture becomes the same", () => {
    const { module } = generator(16, { width: 2 });
    const values = Object.fromEntries(
      [...variables(module)].map(([path, { shape }]) => {
        const numbers = stream(1, path).fillUniform(new Float32Array(sizeOf(shape)), 0.01, 0.2);
        return [path, path === "main.2.weight" ? numbers.fill(0) : numbers];
      }),
    );
    const made = (name: string, silenced: boolean) => {
      const x = stream(2, name).fillUniform(new Float32Array(sizeOf(square(16))));
      const open = { ...values, "main.2.weight": values["main.2.weight"].map((_, i) => i / 640) };
      const { y, numbersOf } = applyTo(module, [1, 3, 16, 16], x, {
        values: silenced ? values : open,
        training: false,
      });
      return numbersOf(y);
    };
    expect(made("one", true)).toEqual(made("another", true));
    expect(made("one", false)).not.toEqual(made("another", false));
    expect(made("one", false).every((value) => value > 0 && value < 1)).toBe(true);
  });
});

describe("DiscoGAN's discriminator", () => {
  test("at 64 × 64 × 3 has the parameters and paths of the authors' code", () => {
    const D = discriminator(64);
    expect(parameterCount(D)).toBe(2_765_568);
    const norm = (i: number) => ["weight", "bias", "running_mean", "running_var"].map((name) => `bn${i}.${name}`);
    expect([...variables(D.module).keys()]).toEqual([
      ...["conv1.weight", "conv2.weight", ...norm(2), "conv3.weight", ...norm(3), "conv4.weight", ...norm(4)],
      "conv5.weight",
    ]);
  });

  test.each(discoganSizes)(
    "judges %i pixels with a score each, and tells the features of its layers from the second on",
    (size) => {
      const { module } = discriminator(size, 2);
      const features: Shape[] = [];
      const { y } = judged(size, (judgement) => {
        features.push(...judgement.features.map(({ shape }) => shape));
        return judgement.score;
      });
      expect(y.shape).toEqual([2]);
      const layers = Math.log2(size / 4);
      expect(features).toEqual(
        Array.from({ length: layers - 1 }, (_, i) => [2, 2 ** (i + 2), size / 2 ** (i + 2), size / 2 ** (i + 2)]),
      );
      expect(Object.keys(module.children ?? {})).toContain(`conv${layers + 1}`);
    },
  );

  test("its features are what LeakyReLU leaves of each batch norm, and the last of them is all its score sees", () => {
    const { y, variables: values, numbersOf } = judged(16, ({ features }) => features[0]);
    const seen = numbersOf(y);
    expect(seen.some((value) => value < 0)).toBe(true);
    const score = judged(16, (judgement) => judgement.score);
    const weight = numbersOf(values["conv3.weight"]);
    const byHand = [0, 1].map((i) => weight.reduce((sum, w, k) => sum + w * seen[i * weight.length + k], 0));
    const found = score.numbersOf(score.y);
    expect(found.map((value) => value.toFixed(9))).toEqual(byHand.map((value) => value.toFixed(9)));
  });
});

test("sizes DiscoGAN is not built for are refused, naming the flag and both sizes", () => {
  for (const from of [square(8), square(48), [3, 32, 64]]) {
    for (const build of [
      () => discoganGenerator({ width: 2, bottleneck: 0, from, to: from }),
      () => discoganDiscriminator({ width: 2, sample: from }),
    ]) {
      expect(build).toThrow(InputError);
      expect(build).toThrow(
        `--size: discogan makes images of 16, 32, 64, 128 pixels, got ${from[1]}×${from[2]}. Pass --size 64.`,
      );
    }
  }
  const unequal = () => discoganGenerator({ width: 2, bottleneck: 0, from: square(16), to: square(32) });
  expect(unequal).toThrow(InputError);
  expect(unequal).toThrow("--size: a translation keeps the size, got pictures of 16×16 and 32×32. Pass --size 16.");
});
