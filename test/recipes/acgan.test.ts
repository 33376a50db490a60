import { describe, expect, test } from "vitest";
import { concat, input, type Tensor } from "../../src/graph/index.ts";
import { acgan, type IterationContext } from "../../src/recipes/index.ts";
import { expectClose } from "../close.ts";
import { lossesOn, testRecipe } from "./conformance.ts";
import { game } from "./minimax-game.ts";

const { log } = Math;

/** A source of logit x, and the classes' logits (x, 0). */
const D = (x: Tensor) => ({ score: x.reshape([2]), classes: concat([x, x.mul(0)], 1) });

/** Real 0 and ln 3 are of their classes, the first and the second, with ½ and ¼; fake 0 and −ln 3 with ½ and ¾. */
const real = log(8) / 2;
const fake = log(8 / 3) / 2;

testRecipe(acgan, {
  small: { widthG: 4, widthD: 2 },
  losses: [
    { networks: { D }, expected: [game.discriminator + real + fake, game.nonSaturating + fake] },
    {
      networks: { D },
      options: { loss: "saturating", classWeight: 3 },
      expected: [game.discriminator + 3 * (real + fake), game.saturating + 3 * fake],
    },
    { networks: { D }, options: { classWeight: 0 }, expected: [game.discriminator, game.nonSaturating] },
  ],
});

describe("acgan", () => {
  const defaults = Object.fromEntries(Object.entries(acgan.options).map(([key, { default: value }]) => [key, value]));

  test("takes D's classes as logits: ones a softmax has no effect on twice are told apart without bound", () => {
    // Two softmaxes in a row could not make the loss of a class smaller than −ln(e / (e + 1)) = 0.31.
    const sure = (x: Tensor) => ({ score: x.reshape([2]), classes: concat([x.mul(0).add(50), x.mul(0)], 1) });
    const first = [1, 0, 1, 0];
    const draws = { "labelled.y": first, classes: first };
    const [[lossD], [lossG]] = lossesOn(acgan, defaults, { networks: { D: sure }, draws });
    expectClose([lossD, lossG], [game.discriminator, game.nonSaturating], { atol: 1e-9 });
  });

  test("draws the classes of fakes by themselves, not from the data", () => {
    const drawn: string[] = [];
    const draw = new Proxy({} as IterationContext["draw"], {
      get: (_, word: string) => () => {
        drawn.push(word);
        const shape = word === "classes" ? [2, 2] : [2, 1];
        return word === "labelled" ? { x: input("x", [2, 1]), y: input("y", [2, 2]) } : input(word, shape);
      },
    });
    const asked: Tensor[] = [];
    const networks = {
      G: Object.assign(
        (z: Tensor, c: Tensor) => {
          asked.push(c);
          return z;
        },
        { label: "G", inputShape: [1] },
      ),
      D: Object.assign(D, { label: "D", inputShape: [1] }),
    };
    const reported: string[] = [];
    const context = { draw, report: (name: string) => reported.push(name) } as unknown as IterationContext;
    for (const { loss } of acgan.iteration(networks, context, defaults)) loss();
    expect(drawn).toEqual(["labelled", "classes", "prior"]);
    expect(asked.map((c) => c.is("input") && c.attributes.name)).toEqual(["classes"]);
    expect(reported).toEqual(["score/real", "score/fake", "accuracy/real", "accuracy/fake"]);
  });
});
