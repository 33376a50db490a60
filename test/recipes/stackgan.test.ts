import { describe, expect, test } from "vitest";
import type { SampleForm } from "../../src/data/index.ts";
import { InputError } from "../../src/errors/index.ts";
import { evaluate, grad, input, type Tensor } from "../../src/graph/index.ts";
import { type AnyNetwork, type IterationContext, stackgan } from "../../src/recipes/index.ts";
import { compileStep } from "../../src/train/index.ts";
import { expectClose } from "../close.ts";
import { lossesOn, type Stage, testRecipe } from "./conformance.ts";

const { log } = Math;
const defaults = Object.fromEntries(Object.entries(stackgan.options).map(([key, { default: value }]) => [key, value]));

/**
 * Pictures of 4 × 4 pixels, stage I's of 1 × 1, all of a picture's pixels alike. E is the identity; the conditions of a caption t
 * are μ = t and log σ² = 0; generators pass on z or the sketch; D's logit of a picture x for a caption is x · μ.
 */
const form: SampleForm = { kind: "captions", sample: [1, 4, 4], classes: [], text: { kind: "vectors", size: 1 } };
const score = (x: Tensor) => x.mean([1, 2, 3]);
const D = (x: Tensor, ...mu: Tensor[]) => ({ fits: mu.map((each) => score(x).mul(each.reshape([2]))) });
const drawn = (image: Tensor, mu: Tensor) => ({ image, mu, logVariance: mu.mul(0) });
const stage: Stage = {
  form,
  networks: {
    E: (t) => t,
    G1: (z, phi) => drawn(z.slice([0, 0, 0, 0], [2, 1, 1, 1]), phi),
    D1: D,
    G2: (sketch, phi) => drawn(sketch.broadcast([2, 1, 4, 4]), phi),
    D2: (x, ...mu) => ({ ...D(x, ...mu), real: score(x).add(1) }),
  },
  draws: {
    // Real pictures 0 and ln 3 with the captions 1 and 2, generated ones 0 and −ln 3; ε is of no account.
    "captioned.x": [...Array(16).fill(0), ...Array(16).fill(log(3))],
    "captioned.t": [1, 2],
    prior: [...Array(16).fill(0), ...Array(16).fill(-log(3))],
    normal: Array(256).fill(0),
  },
};

// Logits: real with its caption 0 and 2 ln 3, with the other's 0 and ln 3; generated 0 and −2 ln 3.
/** −½ (ln ½ + ln 9⁄10) */
const right = -log(9 / 20) / 2;
/** −½ (ln ½ + ln ¼) */
const wrong = log(8) / 2;
/** −½ (ln ½ + ln 9⁄10) */
const fake = -log(9 / 20) / 2;
/** −½ (ln ½ + ln 1⁄10) */
const persuaded = log(20) / 2;
/** ½ mean μ² = ½ · ½ (1 + 4), log σ² being 0 */
const divergence = 5 / 4;

// Without a caption: the logits are 1 + x.
const softplus = (x: number) => Math.log1p(Math.exp(x));
const realAlone = (softplus(-1) + softplus(-1 - log(3))) / 2;
const fakeAlone = (softplus(1) + softplus(1 - log(3))) / 2;
const persuadedAlone = (softplus(-1) + softplus(-1 + log(3))) / 2;

const stageI = [right + (fake + wrong) / 2, persuaded + 2 * divergence];
const stageII = [(right + realAlone) / 2 + (fake + wrong + fakeAlone) / 3, persuaded + persuadedAlone + 2 * divergence];

const small = {
  ...{ textSize: 4, conditionSize: 3, zDim: 4, widthG: 4, widthD: 2, residualBlocks: 1, stage1Steps: 7 },
};
const words = { kind: "words", words: 4, vocabulary: ["a", "blue", "circle", "red", "square"] } as const;
const pictures: SampleForm = { kind: "captions", sample: [3, 32, 32], classes: [], text: words };

testRecipe(stackgan, {
  small,
  forms: [pictures, { ...pictures, sample: [1, 32, 32], text: { kind: "vectors", size: 5 } }],
  losses: [
    { ...stage, expected: [...stageI, ...stageII] },
    {
      ...stage,
      options: { lambda: 0 },
      expected: [...stageI, ...stageII].map((loss, i) => loss - (i % 2) * 2 * divergence),
    },
    {
      ...stage,
      options: { stages: 1 },
      form: { ...form, sample: [1, 1, 1] },
      draws: { ...stage.draws, "captioned.x": [0, log(3)], prior: [0, -log(3)] },
      expected: stageI,
    },
  ],
});

describe("stackgan", () => {
  const compile = (options: object, iteration = 0) =>
    compileStep({
      recipe: stackgan,
      options: { ...defaults, ...small, ...options },
      data: pictures,
      batch: 2,
      ema: 0,
      iteration,
    });

  test("trains stage I for the steps it is given and stage II from then on, never both", () => {
    const { updatesAt } = compile({ stage1Steps: 3 });
    expect([0, 2, 3, 1000].map(updatesAt)).toEqual([
      [true, true, false, false],
      [true, true, false, false],
      [false, false, true, true],
      [false, false, true, true],
    ]);
    expect(compile({ stages: 1, stage1Steps: 3 }).updatesAt(1000)).toEqual([true, true]);
  });

  test("stage II holds stage I and the encoder as they are, and its program knows nothing of stage I's discriminator", () => {
    const { program } = compile({ stage1Steps: 3 }, 3);
    const moved = program.state.flatMap(({ input: name, output }) => (output === undefined ? [] : [name]));
    expect(moved.filter((name) => name.endsWith(".parameters")).sort()).toEqual(["D2.parameters", "G2.parameters"]);
    expect(program.state.some(({ input: name }) => name.startsWith("D1."))).toBe(false);
    expect(program.state.some(({ input: name }) => name === "G1.parameters")).toBe(true);
  });

  test("without stage II keeps none of its networks", () => {
    expect(compile({ stages: 1 }).networks.map(({ label }) => label)).toEqual(["E", "G1", "D1"]);
    expect(compile({}).networks.map(({ label }) => label)).toEqual(["E", "G1", "D1", "G2", "D2"]);
  });

  test("shows stage I the means of the real pictures' pixels", () => {
    const corner = (x: Tensor) => x.slice([0, 0, 0, 0], [2, 1, 1, 1]);
    const [[loss]] = lossesOn(
      stackgan,
      { ...defaults, scale: "2" },
      {
        ...stage,
        networks: {
          ...stage.networks,
          G1: (z, phi) => drawn(z.slice([0, 0, 0, 0], [2, 1, 2, 2]), phi),
          G2: (sketch, phi) => drawn(corner(sketch).broadcast([2, 1, 4, 4]), phi),
          // For a real picture's own caption its first pixel, for all else a logit far below 0.
          D1: (x, right, wrong) => {
            const no = right.reshape([2]).mul(0).sub(50);
            return { fits: wrong === undefined ? [no] : [corner(x).reshape([2]), no] };
          },
        },
        draws: { ...stage.draws, "captioned.x": Array.from({ length: 32 }, (_, i) => i % 16) },
      },
    );
    expectClose(loss, softplus(-2.5), { rtol: 1e-6 }); // 0, 1, 4 and 5 lie in the corner
  });

  test("tells D of captions by μ alone; what it says of them moves the encoder in D's step and nothing in G's", () => {
    // One sample's μ reaches G's loss by the KL term alone: with λ = 0 there is no way from G's loss to what the captions said.
    const t = input("t", [2, 1]);
    const seen: Tensor[] = [];
    const networks = Object.fromEntries(
      Object.entries({
        ...stage.networks,
        G1: (z: Tensor, phi: Tensor) => ({ ...drawn(z, phi), image: z.mul(1) }),
        D1: (x: Tensor, ...mu: Tensor[]) => {
          seen.push(...mu);
          return D(x, ...mu);
        },
      }).map(([label, network]) => [
        label,
        Object.assign(network, { label, inputShape: [1] }) as unknown as AnyNetwork,
      ]),
    );
    const feeds: Record<string, number[]> = { t: [1, 2] };
    const declare = (shape: readonly number[]): Tensor => {
      const name = `draw ${Object.keys(feeds).length}`;
      feeds[name] = Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i));
      return input(name, shape);
    };
    const draw = {
      captioned: () => ({ x: declare([2, 1, 1, 1]), t }),
      prior: () => declare([2, 1, 1, 1]),
      normal: () => declare([2, 1]),
    };
    const context = { draw, batch: 2, report: () => {} } as unknown as IterationContext;
    const options = { ...defaults, stages: 1, lambda: 0 };
    const [d, g] = stackgan.iteration(networks, context, options).map(({ loss }) => loss());
    const slope = (loss: Tensor) => evaluate([grad(loss, t)], feeds)[0].map(Math.abs);
    expect(Math.min(...slope(d))).toBeGreaterThan(1e-3);
    expect([...slope(g)]).toEqual([0, 0]);
    // Right captions, wrong ones (each the next sample's), and the generated pictures' own, in D's step and in G's.
    expect(evaluate(seen, feeds).map((mu) => [...mu])).toEqual([
      [1, 2],
      [2, 1],
      [1, 2],
      [1, 2],
    ]);
  });

  test("halves each stage's learning rate after every so many steps of its own", () => {
    const rates = (options: object, turn: number) => {
      const { feeds } = compile(options, 0);
      const [first] = feeds.flatMap(({ source }) => (source.kind === "schedule" ? [source.schedule] : []));
      // Adam's step is α √(1 − β₂ᵗ) / (1 − β₁ᵗ).
      return first(turn) / (Math.sqrt(1 - 0.999 ** turn) / (1 - 0.5 ** turn));
    };
    expectClose(
      [1, 10, 11, 20, 21].map((turn) => rates({ halveEvery: 10, lr: 0.8 }, turn)),
      [0.8, 0.8, 0.4, 0.4, 0.2],
      { rtol: 1e-6 },
    );
    expectClose(rates({ lr: 0.8 }, 1000), 0.8, { rtol: 1e-6 });
  });

  test("refuses a batch of one, which has no other caption", () => {
    const one = () =>
      compileStep({ recipe: stackgan, options: { ...defaults, ...small }, data: pictures, batch: 1, ema: 0 });
    expect(one).toThrow(InputError);
    expect(one).toThrow("--batch: stackgan compares each picture with another's caption and needs at least 2, got 1");
  });
});
