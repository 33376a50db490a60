// Losses on numbers: logits that are exponentiated once, a slope for each sample, and targets of 1 and 0.

import { describe, expect, test } from "vitest";
import { concat, constant, type Tensor } from "../../src/graph/index.ts";
import { acgan, findRecipe, sgan, stargan, wganGp } from "../../src/recipes/index.ts";
import { expectClose } from "../close.ts";
import { lossesOn, type Stage } from "../recipes/conformance.ts";
import { graphOf, LINEAR, nearestLayers, type Options } from "./stage.ts";

const { log, exp } = Math;
const defaultsOf = (name: string): Options =>
  Object.fromEntries(Object.entries(findRecipe(name).options).map(([key, spec]) => [key, spec.default]));
const near = { atol: 1e-6 };

describe("2: class logits are exponentiated once: cross entropy is −log of their softmax, and nothing else", () => {
  /** Of logits (2, −1): −log softmax, for the first and the second class; and what the softmax of a softmax would give. */
  const logits = [2, -1];
  const softmax = (l: readonly number[]) => l.map((each) => exp(each) / l.reduce((sum, other) => sum + exp(other), 0));
  const [right, wrong] = softmax(logits).map((p) => -log(p));
  const [twiceRight, twiceWrong] = softmax(softmax(logits)).map((p) => -log(p));
  // The samples are 2 and 2, which become the logits (x, 1 − x), once labelled right and once wrong.
  const classes = (x: Tensor) => concat([x, x.neg().add(1)], 1);
  const score = (x: Tensor) => x.mul(0).reshape([2]);
  const draws = {
    "labelled.x": [2, 2],
    "labelled.y": [1, 0, 0, 1],
    classes: [1, 0, 0, 1],
    real: [2, 2],
    prior: [2, 2],
  };
  const known = (right + wrong) / 2;

  test("the two are told apart", () => {
    expect(Math.abs(known - (twiceRight + twiceWrong) / 2)).toBeGreaterThan(0.5);
  });

  test("acgan: of real and made samples, in D's loss and in G's", () => {
    const D = (x: Tensor) => ({ score: score(x), classes: classes(x) });
    const losses = (classWeight: number) =>
      lossesOn(acgan, { ...defaultsOf("acgan"), classWeight }, { networks: { D }, draws }).flat();
    const [withClasses, without] = [losses(1), losses(0)];
    expectClose(
      withClasses.map((loss, i) => loss - without[i]),
      [2 * known, known],
      near,
    );
  });

  test("stargan: of real samples in D's loss and of made ones in G's", () => {
    const D = (x: Tensor) => ({ score: score(x), classes: classes(x) });
    const losses = (lambdaCls: number) =>
      lossesOn(
        stargan,
        { ...defaultsOf("stargan"), lambdaCls, lambdaRec: 0, nCritic: 1 },
        { networks: { D }, draws: { ...draws, uniform: [0.5, 0.5] } },
      ).flat();
    const [withClasses, without] = [losses(1), losses(0)];
    expectClose(
      withClasses.map((loss, i) => loss - without[i]),
      [known, known],
      near,
    );
  });

  test("sgan: of the labelled among the classes alone, and of a fake class as one logit more", () => {
    const D = (x: Tensor) => ({ classes: classes(x), features: x });
    const alone = {
      ...defaultsOf("sgan"),
      form: "feature-matching",
      unlabelledWeight: 0,
      inputNoise: 0,
      hiddenNoise: 0,
    };
    expectClose(lossesOn(sgan, alone, { networks: { D }, draws }).flat()[0], known, near);
    const withFake = (x: Tensor) => ({ ...D(x), fake: x.mul(0).reshape([2]) });
    const among = { ...defaultsOf("sgan"), unlabelledWeight: 0 };
    const [first, second] = softmax([...logits, 0]).map((p) => -log(p));
    expectClose(lossesOn(sgan, among, { networks: { D: withFake }, draws }).flat()[0], (first + second) / 2, near);
  });

  test.each([acgan, stargan, sgan])(
    "$name: D's classes are logits, made by its last layer and nothing after",
    (recipe) => {
      const judged = graphOf(recipe).applications.filter(({ label, isOwn }) => label === "D" && isOwn);
      expect(judged.length).toBeGreaterThan(1);
      for (const { output } of judged) {
        const { ops } = nearestLayers((output as { classes: Tensor }).classes);
        expect(ops.filter((op) => !LINEAR.includes(op))).toEqual([]);
      }
    },
  );
});

describe("8: the gradient penalty is a sample's own, and part of the critic's loss", () => {
  // D(x) = ‖x‖²⁄2, whose slope at x̂ is ‖x̂‖. ε of ¼ and ¾ puts x̂ at (0.3, 0.4) and (3, 4): slopes of ½ and 5.
  const square = (x: Tensor) => x.square().sum([1]).mul(0.5);
  const [real, fake] = [
    [1.2, 1.6, 4, 4],
    [0, 0, 0, 4],
  ];
  const uniform = [0.25, 0.75];
  const form = { kind: "images", sample: [2], classes: ["one", "two"] } as const;
  const scores = (0 + 8) / 2 - (2 + 16) / 2; // E D(x̃) − E D(x)
  const penalty = ((0.5 - 1) ** 2 + (5 - 1) ** 2) / 2; // E (‖∇‖ − 1)²
  const ofBatch = (Math.hypot(0.5, 5) - 1) ** 2; // where the batch's gradient is taken for one
  const oneEpsilon = ((0.5 - 1) ** 2 + (Math.hypot(1, 4) - 1) ** 2) / 2; // where all samples have the first one's ε

  test("taken for the whole batch, or with one ε for all samples, it would be another number", () => {
    for (const other of [ofBatch, oneEpsilon]) expect(Math.abs(other - penalty)).toBeGreaterThan(2);
  });

  test("wgan-gp: each of the critic's updates makes D(x̃) − D(x) + λ(‖∇‖ − 1)² smaller, at once", () => {
    const losses = lossesOn(wganGp, defaultsOf("wgan-gp"), {
      ...{ form, networks: { D: square }, draws: { real, prior: fake, uniform } },
    });
    expect(losses).toHaveLength(2); // no update of the penalty's own
    for (const loss of losses[0]) expectClose(loss, scores + 10 * penalty, near);
    expect(losses[0]).toHaveLength(5);
  });

  test("stargan: likewise", () => {
    const stage: Stage = {
      form,
      networks: {
        D: (x) => ({ score: square(x), classes: x }),
        G: (_, c) => c.matmul(constant([0, 4, 0, 0], [2, 2])), // asked for (0, 1) and (1, 0), makes (0, 0) and (0, 4)
      },
      draws: { "labelled.x": real, uniform },
    };
    const losses = lossesOn(stargan, { ...defaultsOf("stargan"), lambdaCls: 0 }, stage);
    expect(losses).toHaveLength(2);
    for (const loss of losses[0]) expectClose(loss, scores + 10 * penalty, near);
  });
});

describe("14: D is to say 1 to what is real and 0 to what is made: no label is smoothed", () => {
  // A D that is as sure as can be and right loses nothing; were the target of real samples ¾, it would lose ¼ · 30.
  const [sure, not] = [30, -30];
  const flat = (x: Tensor) => x.reshape([2]);
  const always = (value: number) => (x: Tensor) => x.mul(0).add(value);
  const cases: Readonly<Record<string, Stage & { readonly options?: Options; readonly ofD?: readonly number[] }>> = {
    ...Object.fromEntries(["vanilla", "dcgan", "pacgan", "cgan"].map((name) => [name, {}])),
    unrolled: { options: { loss: "non-saturating" } },
    r3gan: { options: { loss: "gan", gamma: 0 } },
    acgan: { options: { classWeight: 0 }, networks: { D: (x) => ({ score: flat(x), classes: concat([x, x], 1) }) } },
    sgan: {
      networks: { D: (x) => ({ classes: concat([x, x.sub(sure)], 1), fake: flat(x).mul(0), features: x }) },
      draws: { "labelled.y": [1, 0, 1, 0] },
    },
    pix2pix: { options: { game: "gan" }, networks: { G: always(not) } },
    discogan: {
      networks: {
        ...{ GAB: always(2 * not), GBA: always(2 * not) },
        ...{ DA: (x) => ({ score: flat(x), features: [x] }), DB: (x) => ({ score: flat(x), features: [x] }) },
      },
      draws: { "domain.a": [2 * sure, 2 * sure], "domain.b": [2 * sure, 2 * sure] }, // of which D sees (x + 1) ⁄ 2
    },
    stackgan: {
      options: { stages: 1, conditionSize: 1 },
      networks: {
        G1: (z, phi) => ({ image: always(not)(z), mu: phi.reshape([2, 1]), logVariance: phi.reshape([2, 1]) }),
        D1: (x, _, wrong) => ({ fits: wrong ? [flat(x), flat(x).mul(0).add(not)] : [flat(x)] }),
      },
      draws: { "captioned.t": [0, 0], normal: [0, 0] },
    },
    // Least squares: the scores themselves are 1 and 0.
    lsgan: { draws: { real: [1, 1], prior: [0, 0] } },
    cyclegan: {
      networks: { G: always(0), F: always(0) },
      ...{ draws: { "domain.a": [1, 1], "domain.b": [1, 1] }, ofD: [1, 2] },
    },
    fusiongan: {
      options: { minPatch: 1 },
      networks: { G: always(0), D: (_, shown) => shown.reshape([2, 1, 1, 1]) },
      draws: Object.fromEntries(["x", "xHat", "same", "other"].map((field) => [`identities.${field}`, [1, 1]])),
    },
  };

  test.each(Object.entries(cases))("%s", (name, { options = {}, ofD = [0], draws = {}, ...stage }) => {
    const real = [sure, sure];
    const samples = {
      real,
      "labelled.x": real,
      "captioned.x": real,
      "pair.a": real,
      "pair.b": real,
      prior: [not, not],
    };
    const form = { kind: "images", sample: [1], target: [1], classes: ["one", "two"] } as const;
    const losses = lossesOn(
      findRecipe(name),
      { ...defaultsOf(name), ...options },
      { form, ...stage, draws: { ...samples, ...draws } },
    );
    for (const place of ofD) for (const loss of losses[place]) expectClose(loss, 0, near, `loss ${place}`);
    expect(losses.flat().some((loss) => Math.abs(loss) > 0.1)).toBe(true); // G's, who has lost
  });
});
