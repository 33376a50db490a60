import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { evaluate, grad, input, type Tensor } from "../graph/index.ts";
import { accuracy, binaryCrossEntropy, crossEntropy, logSumExp } from "./index.ts";

const exact = { atol: 1e-12, rtol: 1e-12 };
const l = input("l", [2, 3]);
const y = input("y", [2, 3]);
const numbers = (tensor: Tensor, values: Record<string, readonly number[]>) => [...evaluate([tensor], values)[0]];

const { log } = Math;
/** Probabilities ½, ¼, ¼ and ⅙, ⅙, ⅔, from logits that are shifted against each other. */
const logits = [log(2), 0, 0, 5, 5, 5 + log(4)];
const classes = [1, 0, 0, 0, 1, 0];

describe("crossEntropy", () => {
  const loss = crossEntropy(l, y);

  test("is the mean of −ln p of each row's class", () => {
    expectClose(numbers(loss, { l: logits, y: classes }), [(log(2) + log(6)) / 2], exact);
  });

  test("has the gradient (softmax − y) / n", () => {
    const expected = [1 / 2 - 1, 1 / 4, 1 / 4, 1 / 6, 1 / 6 - 1, 2 / 3].map((g) => g / 2);
    expectClose(numbers(grad(loss, l), { l: logits, y: classes }), expected, exact);
  });

  test("has the second derivative of a softmax: (diag p − p pᵀ) v for each row", () => {
    const v = input("v", [2, 3]);
    const hessian = grad(grad(loss, l).mul(v).sum(), l);
    const p = [1 / 2, 1 / 4, 1 / 4];
    const direction = [1, -2, 3];
    const along = p.reduce((sum, pk, k) => sum + pk * direction[k], 0);
    const expected = p.map((pk, k) => (pk * (direction[k] - along)) / 2);
    expectClose(numbers(hessian, { l: logits, y: classes, v: [...direction, 0, 0, 0] }), [...expected, 0, 0, 0], exact);
  });

  test("counts nothing for rows without a label, in value, gradient and number of rows", () => {
    const partly = { l: logits, y: [0, 0, 0, 0, 0, 1] };
    expectClose(numbers(loss, partly), [log(3 / 2)], exact);
    expectClose(numbers(grad(loss, l), partly), [0, 0, 0, 1 / 6, 1 / 6, -1 / 3], exact);
  });

  test("is 0 with gradient 0 where no row has a label", () => {
    const none = { l: logits, y: [0, 0, 0, 0, 0, 0] };
    expect(numbers(loss, none)).toEqual([0]);
    expectClose(numbers(grad(loss, l), none), [0, 0, 0, 0, 0, 0], exact);
  });

  test("is exact at logits of ±1e4, where a softmax is 0 or 1", () => {
    const huge = [1e4, -1e4, 0, 1e4, 1e4, -1e4];
    expectClose(numbers(loss, { l: huge, y: [0, 1, 0, 1, 0, 0] }), [(2e4 + log(2)) / 2], exact);
    expectClose(numbers(grad(loss, l), { l: huge, y: [0, 1, 0, 1, 0, 0] }), [0.5, -0.5, 0, -0.25, 0.25, 0], exact);
  });
});

describe("logSumExp", () => {
  test("is ln 4 and 5 + ln 6, and its gradient the softmax", () => {
    expectClose(numbers(logSumExp(l), { l: logits }), [log(4), 5 + log(6)], exact);
    const softmax = [1 / 2, 1 / 4, 1 / 4, 1 / 6, 1 / 6, 2 / 3];
    expectClose(numbers(grad(logSumExp(l).sum(), l), { l: logits }), softmax, exact);
  });

  test("is finite and exact at logits of ±1e4", () => {
    const values = { l: [1e4, 1e4, -1e4, -1e4, -1e4, -1e4] };
    expectClose(numbers(logSumExp(l), values), [1e4 + log(2), -1e4 + log(3)], exact);
    expectClose(numbers(grad(logSumExp(l).sum(), l), values), [1 / 2, 1 / 2, 0, 1 / 3, 1 / 3, 1 / 3], exact);
  });
});

describe("binaryCrossEntropy", () => {
  const loss = binaryCrossEntropy(l, y);
  /** σ = ½, ¾, ¼ and ½, ½, ⅔. */
  const attributes = { l: [0, log(3), -log(3), 0, 0, log(2)], y: [1, 1, 1, 0, 1, 0] };

  test("is the sum over attributes and the mean over the batch, of −ln σ where present and −ln(1 − σ) where not", () => {
    const first = log(2) + log(4 / 3) + log(4);
    const second = log(2) + log(2) + log(3);
    expectClose(numbers(loss, attributes), [(first + second) / 2], exact);
  });

  test("has the gradient (σ − y) / n", () => {
    const expected = [-1 / 2, -1 / 4, -3 / 4, 1 / 2, -1 / 2, 2 / 3].map((g) => g / 2);
    expectClose(numbers(grad(loss, l), attributes), expected, exact);
  });

  test("is exact at logits of ±1e4", () => {
    const values = { l: [1e4, -1e4, 1e4, -1e4, 0, 0], y: [1, 0, 0, 1, 0, 0] };
    expectClose(numbers(loss, values), [(2e4 + 2 * log(2)) / 2], exact);
    expectClose(numbers(grad(loss, l), values), [0, 0, 0.5, -0.5, 0.25, 0.25], exact);
  });
});

describe("accuracy", () => {
  test.each([
    { name: "both right", y: [1, 0, 0, 0, 0, 1], expected: 1 },
    { name: "one right", y: [1, 0, 0, 0, 1, 0], expected: 1 / 2 },
    { name: "none right", y: [0, 1, 0, 0, 1, 0], expected: 0 },
    { name: "one labelled, and right", y: [0, 0, 0, 0, 0, 1], expected: 1 },
    { name: "none labelled", y: [0, 0, 0, 0, 0, 0], expected: 0 },
  ])("$name: $expected", ({ y: given, expected }) => {
    expectClose(numbers(accuracy(l, y), { l: logits, y: given }), [expected], exact);
  });

  test("where two or three classes tie, counts as much as a guess among them", () => {
    expectClose(
      numbers(accuracy(l, y), { l: [1, 1, 0, 1, 1, 1], y: [1, 0, 0, 0, 0, 1] }),
      [(1 / 2 + 1 / 3) / 2],
      exact,
    );
    expectClose(numbers(accuracy(l, y), { l: [1, 1, 0, 1, 1, 1], y: [0, 0, 1, 0, 0, 1] }), [1 / 3 / 2], exact);
  });

  test("is exact at logits of ±1e4", () => {
    expectClose(numbers(accuracy(l, y), { l: [1e4, -1e4, 0, -1e4, 1e4, 0], y: [1, 0, 0, 1, 0, 0] }), [1 / 2], exact);
  });
});
