import { describe, expect, test } from "vitest";
import { applyTo } from "../../test/scope.ts";
import { InputError } from "../errors/index.ts";
import { type Shape, sizeOf, topologicalOrder } from "../graph/index.ts";
import { type AnyModule, type Variable, variablesOf } from "../nn/index.ts";
import { stream } from "../random/index.ts";
import type { NetworkSpec } from "./network.ts";
import { unet } from "./unet.ts";

const variables = ({ module }: NetworkSpec): Map<string, Variable> => variablesOf(module as unknown as AnyModule);
const parameterCount = (spec: NetworkSpec) =>
  [...variables(spec).values()].reduce((sum, { role, shape }) => sum + (role === "parameter" ? sizeOf(shape) : 0), 0);

const square = (size: number, channels = 3): Shape => [channels, size, size];
const published = (size: number) => unet({ width: 64, from: square(size), to: square(size), dropout: 0.5 });
const tiny = (size: number, channels = 1) =>
  unet({ width: 1, from: square(size, channels), to: square(size, channels), dropout: 0.5 });

describe("U-Net", () => {
  test("at 256 and 128 pixels has the published 54.41 and 41.83 million parameters", () => {
    expect(parameterCount(published(256))).toBe(54_413_955);
    expect(parameterCount(published(128))).toBe(41_828_995);
  });

  test.each([16, 32, 64, 128, 256])("translates %i pixels between any two numbers of channels", (size) => {
    for (const [given, made] of [
      [1, 3],
      [4, 1],
    ]) {
      const G = unet({ width: 2, from: square(size, given), to: square(size, made), dropout: 0.5 });
      expect(G.inputShape).toEqual([given, size, size]);
      expect(applyTo(G.module, [2, ...G.inputShape], []).y.shape).toEqual([2, made, size, size]);
    }
  });

  test("halves down to one pixel, with at most eight times the width, and back up", () => {
    const { y } = applyTo(published(256).module, [1, 3, 256, 256], []);
    const maps = topologicalOrder([y]).flatMap((node) =>
      node.is("conv") || node.is("convInputGrad") ? [`${node.shape[1]}@${node.shape[2]}`] : [],
    );
    expect(maps).toEqual([
      ...["64@128", "128@64", "256@32", "512@16", "512@8", "512@4", "512@2", "512@1"],
      ...["512@2", "512@4", "512@8", "512@16", "256@32", "128@64", "64@128", "3@256"],
    ]);
  });

  test("has the paths and shapes of the authors' code", () => {
    const shapes = Object.fromEntries([...variables(published(16))].map(([path, { shape }]) => [path, shape]));
    const norm = (path: string, channels: number) =>
      Object.fromEntries(
        ["weight", "bias", "running_mean", "running_var"].map((name) => [`${path}.${name}`, [channels]]),
      );
    const outer = "model.model";
    const second = `${outer}.1.model`;
    const third = `${second}.3.model`;
    const inner = `${third}.3.model`;
    expect(shapes).toEqual({
      [`${outer}.0.weight`]: [64, 3, 4, 4],
      [`${second}.1.weight`]: [128, 64, 4, 4],
      ...norm(`${second}.2`, 128),
      [`${third}.1.weight`]: [256, 128, 4, 4],
      ...norm(`${third}.2`, 256),
      [`${inner}.1.weight`]: [512, 256, 4, 4], // one pixel remains: no norm
      [`${inner}.3.weight`]: [512, 256, 4, 4],
      ...norm(`${inner}.4`, 256),
      [`${third}.5.weight`]: [512, 128, 4, 4],
      ...norm(`${third}.6`, 128),
      [`${second}.5.weight`]: [256, 64, 4, 4],
      ...norm(`${second}.6`, 64),
      [`${outer}.3.weight`]: [128, 3, 4, 4],
      [`${outer}.3.bias`]: [3],
    });
  });

  test("draws dropout for the first three doublings alone, and none in inference", () => {
    const draws = (size: number, training: boolean) => {
      const { module } = published(size);
      const { y } = applyTo(module, [1, 3, size, size], [], { training });
      return topologicalOrder([y]).flatMap((node) =>
        node.is("input") && node.attributes.name.startsWith("uniform") ? [node.shape] : [],
      );
    };
    expect(draws(256, true)).toEqual([
      [1, 512, 2, 2],
      [1, 512, 4, 4],
      [1, 512, 8, 8],
    ]);
    expect(draws(16, true)).toEqual([
      [1, 256, 2, 2],
      [1, 128, 4, 4],
      [1, 64, 8, 8],
    ]);
    expect(draws(64, false)).toEqual([]);
  });

  test.each([
    ["model.model.1.model.6", "8 pixels"],
    ["model.model.1.model.3.model.6", "4 pixels"],
    ["model.model.1.model.3.model.3.model.4", "2 pixels"],
  ])(
    "hands what it saw across: with all that comes up through %s silenced, what it saw at %s still comes through",
    (norm) => {
      const values = Object.fromEntries(
        [...variables(tiny(16))].map(([path, { shape }]) => {
          const gain = path === `${norm}.weight` ? 0 : 0.5;
          return [path, stream(1, path).fillUniform(new Float32Array(sizeOf(shape)), gain / 5, gain)];
        }),
      );
      const made = (name: string) => {
        const x = stream(2, name).fillNormal(new Float32Array(256));
        const { y, numbersOf } = applyTo(tiny(16).module, [1, 1, 16, 16], x, { values, training: false });
        return numbersOf(y);
      };
      const [one, another] = [made("one"), made("another")];
      const apart = one.map((value, i) => Math.abs(value - another[i]));
      expect(Math.max(...apart)).toBeGreaterThan(1e-3);
    },
  );

  test("keeps what it makes within [−1, 1]", () => {
    const { module } = tiny(16);
    const values = Object.fromEntries(
      [...variables(tiny(16))].map(([path, { shape }]) => [path, new Float32Array(sizeOf(shape)).fill(9)]),
    );
    const { y, numbersOf } = applyTo(module, [1, 1, 16, 16], new Float32Array(256).fill(5), {
      values,
      training: false,
    });
    expect(Math.max(...numbersOf(y))).toBeGreaterThan(0.9);
    expect(Math.max(...numbersOf(y).map(Math.abs))).toBeLessThanOrEqual(1);
  });

  test.each([
    { from: square(48), size: 32 },
    { from: square(8), size: 16 },
    { from: [3, 64, 32], size: 32 },
    { from: square(72), size: 64 },
  ])("refuses $from, which does not halve down to one pixel, and names a size that does", ({ from, size }) => {
    const build = () => unet({ width: 4, from, to: from, dropout: 0.5 });
    expect(build).toThrow(InputError);
    expect(build).toThrow(
      `--size: a U-Net halves a square down to one pixel, from 16, 32, 64, 128 … pixels, got ${from[1]}×${from[2]}. Pass --size ${size}.`,
    );
  });

  test("refuses two pictures of different sizes, naming both", () => {
    const build = () => unet({ width: 4, from: square(32), to: square(64), dropout: 0.5 });
    expect(build).toThrow(InputError);
    expect(build).toThrow("--size: a translation keeps the size, got pictures of 32×32 and 64×64. Pass --size 32.");
  });
});
