import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { type Filling, fill, stream } from "./index.ts";

const numbers = (filling: Filling, count = 1000) => fill(new Float32Array(count).fill(7), filling, stream(1, "fill"));

describe("a filling, as data, is what its stream would fill", () => {
  test("constants, uniform and normal numbers", () => {
    const empty = () => new Float32Array(1000);
    expect(numbers({ kind: "constant", value: -2 })).toEqual(empty().fill(-2));
    const { low, high } = { low: -3, high: 0.5 };
    expect(numbers({ kind: "uniform", low, high })).toEqual(stream(1, "fill").fillUniform(empty(), low, high));
    const { mean, std } = { mean: 1, std: 0.02 };
    expect(numbers({ kind: "normal", mean, std })).toEqual(stream(1, "fill").fillNormal(empty(), mean, std));
  });

  test("a direction has length 1, and leans to no side", () => {
    expectClose(Math.hypot(...numbers({ kind: "direction" })), 1, { atol: 1e-6 });
    const mean = new Float32Array(3);
    for (let i = 0; i < 3000; i++) {
      const direction = fill(new Float32Array(3), { kind: "direction" }, stream(1, i));
      for (let axis = 0; axis < 3; axis++) mean[axis] += direction[axis] / 3000;
    }
    expectClose([...mean], [0, 0, 0], { atol: 0.04 }); // standard deviation 1/√(3 · 3000) = 0.011
  });
});
