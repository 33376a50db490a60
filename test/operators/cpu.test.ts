import { expect, test } from "vitest";
import { runOnCpu } from "./cpu.ts";
import { convolutions, remainder } from "./geometries.ts";
import { runOperatorSuite } from "./suite.ts";

runOperatorSuite({ name: "the CPU", run: runOnCpu, tolerance: { atol: 1e-5, rtol: 1e-5 } });

test("the convolutions leave out rows and columns that no filter reaches, in every group count", () => {
  for (const groups of [1, 2, 4]) {
    const some = convolutions.filter((each) => each.geometry.groups === groups);
    expect(some.some((each) => remainder(each, 0) > 0)).toBe(true);
    expect(some.some((each) => remainder(each, 1) > 0)).toBe(true);
  }
});
