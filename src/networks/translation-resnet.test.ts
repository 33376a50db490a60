import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { applyTo } from "../../test/scope.ts";
import { InputError } from "../errors/index.ts";
import { type Shape, sizeOf, topologicalOrder } from "../graph/index.ts";
import { type AnyModule, type Variable, variablesOf } from "../nn/index.ts";
import { fill, stream } from "../random/index.ts";
import type { NetworkSpec } from "./network.ts";
import { translationResnet } from "./translation-resnet.ts";

const variables = ({ module }: NetworkSpec): Map<string, Variable> => variablesOf(module as unknown as AnyModule);
const parameterCount = (spec: NetworkSpec) =>
  [...variables(spec).values()].reduce((n, { shape }) => n + sizeOf(shape), 0);

const square = (size: number, channels = 3): Shape => [channels, size, size];
const build = (size: number, { width = 64, blocks = 9 } = {}) =>
  translationResnet({ width, blocks, from: square(size), to: square(size) });

describe("translation ResNet", () => {
  test("with 9 and 6 blocks has the published 11.38 and 7.84 million parameters", () => {
    expect(parameterCount(build(256))).toBe(11_378_179);
    expect(parameterCount(build(128, { blocks: 6 }))).toBe(7_837_699);
  });

  test.each([8, 16, 20, 32, 64, 72, 128])("translates %i pixels between any two numbers of channels", (size) => {
    for (const [given, made] of [
      [1, 3],
      [4, 1],
    ]) {
      const G = translationResnet({ width: 2, blocks: 1, from: square(size, given), to: square(size, made) });
      expect(G.inputShape).toEqual([given, size, size]);
      expect(applyTo(G.module, [2, ...G.inputShape], []).y.shape).toEqual([2, made, size, size]);
    }
  });

  test("is two halvings, residual blocks at a quarter of the size, and two doublings", () => {
    const { y } = applyTo(build(64, { width: 8, blocks: 2 }).module, [1, 3, 64, 64], []);
    const convolutions = topologicalOrder([y]).flatMap((node) =>
      node.is("conv") || node.is("convInputGrad")
        ? [`${node.inputs[1].shape[2]}×${node.inputs[1].shape[3]} ${node.shape[1]}@${node.shape[2]}`]
        : [],
    );
    expect(convolutions).toEqual([
      ...["7×7 8@64", "3×3 16@32", "3×3 32@16"],
      ...Array<string>(4).fill("3×3 32@16"),
      ...["3×3 16@32", "3×3 8@64", "7×7 3@64"],
    ]);
  });

  test("has the paths of the authors' code: biases, and instance norm without gain", () => {
    const paths = [...variables(build(16, { width: 2, blocks: 2 })).keys()];
    const convolutions = [
      ...["1", "4", "7"],
      ...["10.conv_block.1", "10.conv_block.5", "11.conv_block.1", "11.conv_block.5"],
      ...["12", "15", "19"],
    ];
    expect(paths).toEqual(convolutions.flatMap((path) => [`model.${path}.weight`, `model.${path}.bias`]));
  });

  test("begins with weights of N(0, 0.02) and biases of 0", () => {
    for (const [path, { shape, init }] of variables(build(16, { width: 32, blocks: 1 }))) {
      const out = new Float32Array(sizeOf(shape)).fill(7);
      fill(out, init(shape), stream(1, path));
      const deviation = Math.sqrt(out.reduce((sum, value) => sum + value * value, 0) / out.length);
      expectClose(deviation, path.endsWith("bias") ? 0 : 0.02, { atol: 1e-3 }, path);
    }
  });

  test("pads by reflection where the size stays, and with zeros only where it halves or doubles", () => {
    const { y, order } = applyTo(build(16, { width: 2, blocks: 1 }).module, [1, 3, 16, 16], []);
    const pads = topologicalOrder([y]).flatMap((node) => (node.is("conv") ? [node.attributes.pads[0]] : []));
    expect(pads).toEqual([0, 1, 1, 0, 0, 0]);
    expect(order.filter((line) => line.endsWith("ReflectionPad2d"))).toHaveLength(4);
  });

  test("a residual block adds to what it is given: with its convolutions silenced, it is the identity", () => {
    const noBlocks = build(8, { width: 2, blocks: 0 });
    const oneBlock = build(8, { width: 2, blocks: 1 });
    const x = stream(1, "x").fillNormal(new Float32Array(192));
    const made = (spec: NetworkSpec, blocks: number) => {
      const values = Object.fromEntries(
        [...variables(spec)].map(([path, { shape }]) => {
          const [, index] = path.split(".");
          // the doublings' paths count the blocks before them
          const own = path.replace(`model.${index}`, `model.${Number(index) - (Number(index) > 10 ? blocks : 0)}`);
          const values = stream(1, own).fillNormal(new Float32Array(sizeOf(shape)));
          return [path, path.includes("conv_block") ? values.fill(0) : values];
        }),
      );
      const { y, numbersOf } = applyTo(spec.module, [1, 3, 8, 8], x, { values });
      return numbersOf(y);
    };
    expectClose(made(oneBlock, 1), made(noBlocks, 0), { atol: 1e-12 });
  });

  test.each([
    { from: square(30), size: 32 },
    { from: square(4), size: 8 },
    { from: square(73), size: 72 },
  ])("refuses $from, which does not halve twice, and names a size that does", ({ from, size }) => {
    const refused = () => translationResnet({ width: 2, blocks: 1, from, to: from });
    expect(refused).toThrow(InputError);
    expect(refused).toThrow(
      `--size: this network halves pictures twice, so it takes multiples of 4 from 8 on, got ${from[1]}×${from[2]}. Pass --size ${size}.`,
    );
  });

  test("refuses two pictures of different sizes, naming both", () => {
    const refused = () => translationResnet({ width: 2, blocks: 1, from: square(16), to: square(32) });
    expect(refused).toThrow(InputError);
    expect(refused).toThrow("--size: a translation keeps the size, got pictures of 16×16 and 32×32. Pass --size 16.");
  });
});
