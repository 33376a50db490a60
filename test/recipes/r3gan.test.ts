// R3GAN: pairs of logits and gradients by hand, and that the pairing it writes out is the one in losses/.

import { describe, expect, test } from "vitest";
import { evaluate, input } from "../../src/graph/index.ts";
import { relativisticDiscriminatorLoss, relativisticGeneratorLoss } from "../../src/losses/index.ts";
import { r3gan } from "../../src/recipes/index.ts";
import { expectClose } from "../close.ts";
import { lossesOn, testRecipe } from "./conformance.ts";

/** On the stage, real logits 0 and ln 3 meet fake ones 0 and −ln 3: log(1 + e⁰) and log(1 + e^(−2 ln 3)), or with +2 ln 3. */
const pairing = { D: (Math.log(2) + Math.log(10 / 9)) / 2, G: (Math.log(2) + Math.log(10)) / 2 };

testRecipe(r3gan, {
  small: { width: 10, cardinality: 4, hidden: [8, 8], zDim: 4, schedule: "cosine", decay: 16 },
  still: { "D.model.4.bias": "scores count only against each other, so that a shift of all of them has no gradient" },
  losses: [
    // D(x) = x is as steep as 1 everywhere: R1 = R2 = 1, and γ/2 · 2 = γ
    { expected: [pairing.D + 0.05, pairing.G] },
    { options: { gamma: 3 }, expected: [pairing.D + 3, pairing.G] },
    { options: { gamma: 0 }, expected: [pairing.D, pairing.G] },
    // R1 takes D's slope at the reals, R2 at the fakes: for D(x) = x² they are (2x)², 0 and (2 ln 3)² on either side
    {
      options: { gamma: 2 },
      networks: { D: (x) => x.square().reshape([2]) },
      expected: [Math.log(2) + 4 * Math.log(3) ** 2, Math.log(2)],
    },
    // without R2, R1 alone: nothing at the real 0, (2 ln 3)² at the other
    {
      options: { gamma: 2, r2: false },
      networks: { D: (x) => x.square().reshape([2]) },
      expected: [Math.log(2) + 2 * Math.log(3) ** 2, Math.log(2)],
    },
    // each logit against 0: log(1 + e⁻ᵗ) of the reals 0 and ln 3 and of the fakes' 0 and ln 3, for G of the fakes' 0 and −ln 3
    {
      options: { loss: "gan", gamma: 0 },
      expected: [Math.log(2) + Math.log(4 / 3), (Math.log(2) + Math.log(4)) / 2],
    },
    // halfway through the cosine γ is halfway between its ends
    {
      options: { schedule: "cosine", gamma: 3, gammaEnd: 1, decay: 10 },
      iteration: 5,
      expected: [pairing.D + 2, pairing.G],
    },
    {
      options: { schedule: "cosine", gamma: 3, gammaEnd: 1, decay: 10 },
      iteration: 99,
      expected: [pairing.D + 1, pairing.G],
    },
  ],
});

describe("r3gan", () => {
  const defaults = Object.fromEntries(Object.entries(r3gan.options).map(([key, spec]) => [key, spec.default]));
  const logits = { real: [3, -2], prior: [0.5, 4] };

  test("the pairing it writes out is the relativistic loss of losses/, for D and for G", () => {
    const [real, fake] = [input("real", [2]), input("prior", [2])];
    const expected = evaluate(
      [relativisticDiscriminatorLoss(real, fake), relativisticGeneratorLoss(real, fake)],
      logits,
    );
    const written = lossesOn(r3gan, { ...defaults, gamma: 0 }, { draws: logits });
    expectClose(written.flat(), [...expected[0], ...expected[1]], { atol: 1e-7 });
  });

  test("no score stands alone: shifting D by a constant changes no loss", () => {
    const shifted = { ...logits, real: [1003, 998], prior: [1000.5, 1004] };
    const by = (draws: typeof logits) => lossesOn(r3gan, defaults, { draws }).flat();
    expectClose(by(shifted), by(logits), { atol: 1e-4 });
    expect(by({ ...logits, real: [4, -2] })).not.toEqual(by(logits));
  });
});
