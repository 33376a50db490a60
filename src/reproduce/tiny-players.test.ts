// The small players: their sizes by hand, and which stacks a packed D judges together.

import { expect, test } from "vitest";
import { applyTo } from "../../test/scope.ts";
import { type Shape, sizeOf } from "../graph/index.ts";
import type { NetworkSpec } from "../networks/index.ts";
import { type AnyModule, variablesOf } from "../nn/index.ts";
import { tinyDiscriminator, tinyGenerator } from "./tiny-players.ts";

const parameters = ({ module }: NetworkSpec): number =>
  [...variablesOf(module as unknown as AnyModule).values()]
    .filter(({ role }) => role === "parameter")
    .reduce((sum, { shape }) => sum + sizeOf(shape), 0);
const shapeOf = ({ module }: NetworkSpec, shape: Shape) => applyTo(module, shape, []).y.shape;

test("G makes stacks of 28 pixels from z, with the published numbers of channels", () => {
  const G = tinyGenerator(256);
  expect(shapeOf(G, [6, 256])).toEqual([6, 3, 28, 28]);
  const convolutions = 9 * (64 * 32 + 32 * 16 + 16 * 8) + (9 * 8 * 3 + 3);
  expect(parameters(G)).toBe((256 + 1) * 64 * 16 + 2 * (64 + 32 + 16 + 8) + convolutions);
});

test("D is a quarter or half as wide as G on its way back, and gives one logit a pack", () => {
  for (const width of [2, 4]) {
    for (const pack of [1, 2, 3]) {
      const D = tinyDiscriminator({ width, pack, norm: "batch" });
      expect(D.inputShape).toEqual([3, 28, 28]);
      expect(shapeOf(D, [6, 3, 28, 28])).toEqual([6 / pack]);
      const convolutions = 9 * (3 * pack * width + width * 2 * width + 2 * width * 4 * width);
      expect(parameters(D)).toBe(convolutions + 2 * 7 * width + 4 * width * 16 + 1);
    }
  }
});

test("without batch norm D has biases in its place, and keeps no statistics", () => {
  const D = tinyDiscriminator({ width: 2, pack: 1, norm: "none" });
  expect(parameters(D)).toBe(9 * (6 + 8 + 32) + 7 * 2 + 8 * 16 + 1);
  expect([...variablesOf(D.module as unknown as AnyModule).keys()].some((path) => path.includes("running"))).toBe(
    false,
  );
});
