import { describe, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { evaluate, grad, input, type Tensor } from "../graph/index.ts";
import { relativisticDiscriminatorLoss, relativisticGeneratorLoss } from "./index.ts";

const real = input("real", [2]);
const fake = input("fake", [2]);
/** Pairs whose logits differ by ln 3 and by 0, wherever they stand: σ(ln 3) = ¾. */
const logits = { real: [7 + Math.log(3), -5], fake: [7, -5] };
const exact = { atol: 1e-12 };
const value = (loss: Tensor, values: Record<string, number[]> = logits) => evaluate([loss], values)[0];

describe("the relativistic pairing loss", () => {
  test("of D is −mean ln σ(D(x) − D(G(z))) over the pairs: −(ln ¾ + ln ½)/2", () => {
    expectClose(value(relativisticDiscriminatorLoss(real, fake)), [-(Math.log(3 / 4) + Math.log(1 / 2)) / 2], exact);
  });

  test("of G is the same with the sides changed: −(ln ¼ + ln ½)/2", () => {
    expectClose(value(relativisticGeneratorLoss(real, fake)), [-(Math.log(1 / 4) + Math.log(1 / 2)) / 2], exact);
  });

  test("pulls the two of a pair apart for D, together for G, with equal and opposite force", () => {
    const slopes = (loss: Tensor) => evaluate(grad(loss, [real, fake]), logits);
    const [dReal, dFake] = slopes(relativisticDiscriminatorLoss(real, fake));
    expectClose(dReal, [-1 / 8, -1 / 4], exact);
    expectClose(dFake, [1 / 8, 1 / 4], exact);
    const [gReal, gFake] = slopes(relativisticGeneratorLoss(real, fake));
    expectClose(gReal, [3 / 8, 1 / 4], exact);
    expectClose(gFake, [-3 / 8, -1 / 4], exact);
  });

  test("is exact where a pair is ±1e4 apart, and a probability would be 0 or 1", () => {
    const apart = { real: [1e4, 0], fake: [0, 1e4] };
    expectClose(value(relativisticDiscriminatorLoss(real, fake), apart), [5e3], exact);
    expectClose(value(relativisticGeneratorLoss(real, fake), apart), [5e3], exact);
  });
});
