import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { evaluate, grad, input } from "../graph/index.ts";
import { hingeDiscriminatorLoss, hingeGeneratorLoss } from "./index.ts";

const real = input("real", [4]);
const fake = input("fake", [4]);
/** One score beyond the margin, one within it, one at 0 and one on the wrong side, for reals and fakes. */
const scores = { real: [3, 0.5, 0, -2], fake: [-3, -0.5, 0, 2] };
const exact = { atol: 1e-12 };

describe("the hinge loss", () => {
  test("of D counts how far each sample is inside the margin: (0 + ½ + 1 + 3)/4 for reals, and the same for fakes", () => {
    expectClose(evaluate([hingeDiscriminatorLoss(real, fake)], scores)[0], [9 / 4], exact);
  });

  test("pulls only at samples inside the margin, each with the same force", () => {
    const [dReal, dFake] = evaluate(grad(hingeDiscriminatorLoss(real, fake), [real, fake]), scores);
    expectClose(dReal, [0, -1 / 4, -1 / 4, -1 / 4], exact, "reals");
    expectClose(dFake, [0, 1 / 4, 1 / 4, 1 / 4], exact, "fakes");
  });

  test("of G is the mean score, negated, with no margin", () => {
    expectClose(evaluate([hingeGeneratorLoss(fake)], scores)[0], [1.5 / 4], exact);
    expectClose(evaluate([grad(hingeGeneratorLoss(fake), fake)], scores)[0], [-1 / 4, -1 / 4, -1 / 4, -1 / 4], exact);
  });

  test("is nothing for a D that has every sample beyond its margin", () => {
    const apart = { real: [1, 2, 3, 4], fake: [-1, -2, -3, -4] };
    expect(evaluate([hingeDiscriminatorLoss(real, fake)], apart)[0][0]).toBe(0);
  });
});
