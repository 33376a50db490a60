import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { type Application, type Applied, applyTo } from "../../test/scope.ts";
import { constant } from "../graph/index.ts";
import { fill, stream } from "../random/index.ts";
import { conv2d, convTranspose2d, linear, type Module, spectralNorm } from "./index.ts";

const exact = { atol: 1e-12, rtol: 1e-12 };
const root2 = Math.SQRT2;
/** W = [[3, 4], [0, 5]]: WᵀW has the eigenvalues 45 and 5, so the largest singular value is √45. */
const W = [3, 4, 0, 5];
const layer = spectralNorm(linear(2, 2, { bias: false }));
const uniform = (name: string, size: number) => stream(1, "spectral", name).fillUniform(new Float32Array(size), -1, 1);

const apply = (values: Application["values"], options: Application = {}): Applied =>
  applyTo(layer, [1, 2], [1, 0], { ...options, values: { weight: W, ...values } });

describe("spectralNorm", () => {
  test("divides the weight by uᵀWv after one step of power iteration, which it keeps", () => {
    // v = (1, 1)/√2: Wv = (7, 5)/√2, so u = (7, 5)/√74; Wᵀu = (21, 53)/√74, so v ← (21, 53)/√3250; σ = ‖Wᵀu‖ = √(3250/74).
    const { y, updates, numbersOf } = apply({ weight_u: [1, 0], weight_v: [1 / root2, 1 / root2] });
    const sigma = Math.sqrt(3250 / 74);
    expectClose(numbersOf(updates.weight_u), [7 / Math.sqrt(74), 5 / Math.sqrt(74)], exact, "u");
    expectClose(numbersOf(updates.weight_v), [21 / Math.sqrt(3250), 53 / Math.sqrt(3250)], exact, "v");
    expectClose(numbersOf(y), [3 / sigma, 0], exact, "W(1, 0)ᵀ / σ");
  });

  test("after a few steps the weight's largest singular value is 1: σ(W) = √45", () => {
    let vectors: Record<string, number[]> = { weight_u: [1, 0], weight_v: [0.6, -0.8] };
    for (let step = 0; step < 20; step++) {
      const { updates, numbersOf } = apply(vectors);
      vectors = { weight_u: numbersOf(updates.weight_u), weight_v: numbersOf(updates.weight_v) };
    }
    const { y, numbersOf } = apply(vectors);
    expectClose(numbersOf(y), [3 / Math.sqrt(45), 0], { atol: 1e-9 });
  });

  test("in inference u and v are taken as they are, and stay", () => {
    const vectors = { weight_u: [0.6, 0.8], weight_v: [0, 1] };
    const { y, updates, numbersOf } = apply(vectors, { training: false });
    expect(updates).toEqual({});
    expectClose(numbersOf(y), [3 / (0.6 * 4 + 0.8 * 5), 0], exact);
  });

  test("no gradient passes into u and v: d⟨c, Wx/σ⟩ = c xᵀ/σ − ⟨c, Wx⟩/σ² · u vᵀ", () => {
    const { y, x, updates, variables, numbersOf, gradientOf } = apply({ weight_u: [1, 0], weight_v: [1, 0] });
    // v = (1, 0): Wv = (3, 0), u = (1, 0), Wᵀu = (3, 4), v ← (0.6, 0.8), σ = 5. With c = (2, 7): ⟨c, Wx⟩ = 6.
    expectClose(numbersOf(updates.weight_v), [0.6, 0.8], exact);
    const c = constant([2, 7], [1, 2]);
    expectClose(gradientOf(variables.weight, c), [2 / 5 - (6 / 25) * 0.6, -(6 / 25) * 0.8, 7 / 5, 0], exact, "dW");
    expectClose(gradientOf(x, c), [(3 * 2 + 0 * 7) / 5, (4 * 2 + 5 * 7) / 5], exact, "dx");
    expect(numbersOf(y)).toEqual([3 / 5, 0]);
  });

  test.each<[string, Module, readonly number[], number]>([
    ["a linear layer", linear(6, 3), [2, 6], 3],
    ["a convolution", conv2d(2, 3, { kernel: 3 }), [2, 2, 4, 4], 3],
    ["a transposed convolution", convTranspose2d(2, 3, { kernel: 3 }), [2, 2, 4, 4], 3],
  ])("of %s, each output's weights are one row of the matrix; the bias is left alone", (_, plain, shape, outputs) => {
    const module = spectralNorm(plain);
    const { weight, weight_u, weight_v } = module.variables!;
    const size = weight.shape.reduce((a, b) => a * b);
    expect(weight_u).toMatchObject({ shape: [outputs], role: "buffer" });
    expect(weight_v).toMatchObject({ shape: [size / outputs], role: "buffer" });
    expect(Object.keys(module.variables!)).toEqual(["weight", "bias", "weight_u", "weight_v"]);

    const values = { weight: uniform("w", size), bias: uniform("b", outputs), weight_v: uniform("v", size / outputs) };
    const rows = Array.from({ length: outputs }, (_, o) => {
      if (plain.kind !== "ConvTranspose2d")
        return values.weight.slice((o * size) / outputs, ((o + 1) * size) / outputs);
      return values.weight.filter((_, i) => Math.floor(i / 9) % outputs === o);
    });
    const times = (v: ArrayLike<number>) => rows.map((row) => row.reduce((sum, w, i) => sum + w * v[i], 0));
    const lengthOf = (v: readonly number[]) => Math.hypot(...v);
    const wv = times(values.weight_v);
    const u = wv.map((value) => value / lengthOf(wv));
    const wu = Array.from(rows[0], (_, i) => rows.reduce((sum, row, o) => sum + row[i] * u[o], 0));
    const v = wu.map((value) => value / lengthOf(wu));

    const input = uniform(
      "x",
      shape.reduce((a, b) => a * b),
    );
    const { y, updates, numbersOf } = applyTo(module, shape, input, { values });
    expectClose(numbersOf(updates.weight_u), u, exact, "u");
    expectClose(numbersOf(updates.weight_v), v, exact, "v");
    const sigma = u.reduce((sum, value, o) => sum + value * times(v)[o], 0);
    const divided = { weight: Array.from(values.weight, (value) => value / sigma), bias: values.bias };
    const reference = applyTo(plain, shape, input, { values: divided });
    expectClose(numbersOf(y), reference.numbersOf(reference.y), { atol: 1e-10 });
  });

  test("u and v begin as directions of length 1, each its own", () => {
    const vectors = ["weight_u", "weight_v"].map((name) => {
      const { init, shape } = spectralNorm(conv2d(3, 8, { kernel: 4 })).variables![name];
      const out = new Float32Array(shape[0]);
      fill(out, init(shape), stream(1, "init", name));
      return out;
    });
    for (const vector of vectors) expectClose(Math.hypot(...vector), 1, { atol: 1e-6 });
    expect(vectors[0][0]).not.toBe(vectors[1][0]);
  });

  test("a shape that does not fit is told of as the layer's own", () => {
    expect(() => applyTo(spectralNorm(conv2d(3, 8, { kernel: 4 })), [2, 1, 8, 8], [], { path: "D.0" })).toThrow(
      'SNConv2d "D.0": weight [8, 3, 4, 4] needs 3 input channels, got 1 (input [2, 1, 8, 8])',
    );
  });
});
