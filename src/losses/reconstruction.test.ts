import { expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { evaluate, grad, input } from "../graph/index.ts";
import { l1Loss, l2Loss } from "./reconstruction.ts";

const [x, y] = [input("x", [2, 2]), input("y", [2, 2])];
const values = { x: [1, 2, -3, 0], y: [1, 0, 1, 0.5] }; // apart by 0, 2, −4, −½

test("L1 and L2 are means over all elements", () => {
  expectClose(evaluate([l1Loss(x, y)], values)[0], (0 + 2 + 4 + 0.5) / 4, { rtol: 1e-12 });
  expectClose(evaluate([l2Loss(x, y)], values)[0], (0 + 4 + 16 + 0.25) / 4, { rtol: 1e-12 });
});

test("L1 pulls every element equally hard and not where it is right; L2 in proportion", () => {
  expect([...evaluate([grad(l1Loss(x, y), x)], values)[0]]).toEqual([0, 1 / 4, -1 / 4, -1 / 4]);
  expect([...evaluate([grad(l2Loss(x, y), x)], values)[0]]).toEqual([0, 1, -2, -1 / 4]);
});
