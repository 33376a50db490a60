import { test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { evaluate, input } from "../graph/index.ts";
import { movingAverage } from "./ema.ts";

test("an average over steps with p = 1 is 1 − decayᵗ, and decay 0 follows at once", () => {
  const next = (decay: number) => movingAverage(input("ema", [2]), input("p", [2]), decay);
  let ema: ArrayLike<number> = [0, 1];
  for (let t = 1; t <= 5; t++) {
    [ema] = evaluate([next(0.75)], { ema, p: [1, 1] });
    expectClose(ema, [1 - 0.75 ** t, 1], { atol: 1e-12 }, `step ${t}`);
  }
  expectClose(evaluate([next(0)], { ema: [5, 5], p: [2, 3] })[0], [2, 3], { atol: 1e-12 });
});
