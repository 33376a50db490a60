import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { applyTo } from "../../test/scope.ts";
import type { TextForm } from "../data/index.ts";
import { variablesOf } from "../nn/index.ts";
import type { NetworkSpec } from "./network.ts";
import { textEncoder } from "./text-encoder.ts";

const form: TextForm = { kind: "words", words: 4, vocabulary: ["blue", "circle", "left", "of", "red"] };

/** Numbers for every variable, unlike each other. */
function weightsOf({ module }: NetworkSpec) {
  const numbers = [...variablesOf(module)].map(([path, { shape, role }], k): [string, number[]] => [
    path,
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) =>
      role === "parameter" ? Math.sin(1 + i * 1.7 + k) : path.endsWith("var") ? 1 : 0,
    ),
  ]);
  return Object.fromEntries(numbers);
}

/** φ of captions, of inference. */
function encode(captions: readonly (readonly number[])[], words = 4): number[][] {
  const spec = textEncoder({ ...form, words } as TextForm, 3).network!;
  const { y, numbersOf } = applyTo(spec.module, [captions.length, words], captions.flat(), {
    training: false,
    values: weightsOf(spec),
  });
  const phi = numbersOf(y);
  expect(y.shape).toEqual([captions.length, 3]);
  return captions.map((_, i) => phi.slice(3 * i, 3 * i + 3));
}

describe("the encoder of words", () => {
  test("says its sizes", () => {
    const { size, network } = textEncoder(form, 7);
    expect([network!.inputShape, size]).toEqual([[4], 7]);
    expect(variablesOf(network!.module).get("embedding.weight")?.shape).toEqual([5, 7]);
  });

  test("tells the same words in another order apart", () => {
    const [one, other] = encode([
      [5, 2, 3, 1],
      [1, 2, 3, 5],
    ]);
    expect(Math.max(...one.map((value, i) => Math.abs(value - other[i])))).toBeGreaterThan(0.05);
  });

  test("does not see how much room there is after the caption", () => {
    expectClose(encode([[5, 2, 0, 0]])[0], encode([[5, 2, 0, 0, 0, 0]], 6)[0], { atol: 1e-6 });
  });

  test("passes over words it does not know, and gives something finite where it knows none", () => {
    const [with0, without, nothing] = encode([
      [5, 0, 0, 0],
      [5, 0, 0, 0],
      [0, 0, 0, 0],
    ]);
    expect(with0).toEqual(without);
    expectClose(nothing, [0, 0, 0], { atol: 1e-6 });
  });

  test("in training sees only what tells the captions of a batch apart", () => {
    const spec = textEncoder(form, 3).network!;
    const captions = [1, 2, 3, 0, 5, 2, 3, 0, 1, 4, 0, 0, 5, 1, 2, 3];
    const { y, numbersOf } = applyTo(spec.module, [4, 4], captions, { values: weightsOf(spec) });
    expectClose(numbersOf(y.mean([0])), [0, 0, 0], { atol: 1e-5 });
    expectClose(numbersOf(y.square().mean([0])), [1, 1, 1], { rtol: 1e-2 });
  });

  test("learns the vectors of the words that are there, and of no others", () => {
    const spec = textEncoder(form, 3).network!;
    const applied = applyTo(spec.module, [2, 4], [5, 2, 0, 0, 1, 2, 0, 0], {
      training: false,
      values: weightsOf(spec),
    });
    const gradient = applied.gradientOf(applied.variables["embedding.weight"]);
    const rows = form.kind === "words" ? form.vocabulary.map((_, i) => gradient.slice(3 * i, 3 * i + 3)) : [];
    expect(rows.map((row) => row.some((value) => value !== 0))).toEqual([true, true, false, false, true]);
  });
});

describe("the encoder of vectors", () => {
  test("is none: they are φ, of their own length", () => {
    expect(textEncoder({ kind: "vectors", size: 2 }, 99)).toEqual({ size: 2 });
  });
});
