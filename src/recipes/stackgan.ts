/** StackGAN: Text to Photo-realistic Image Synthesis with Stacked GANs. Zhang et al. (2017), §3, both stages in one run. */

import { InputError } from "../errors/index.ts";
import { concat, type Shape, stopGradient, type Tensor } from "../graph/index.ts";
import { nonSaturatingLoss } from "../losses/index.ts";
import {
  type Conditions,
  type Drawing,
  type NetworkSpec,
  stackganDiscriminator,
  stackganRefiner,
  stackganSizes,
  stackganSketcher,
  textEncoder,
  type Verdict,
} from "../networks/index.ts";
import { adam } from "../optim/index.ts";
import { choice, integer, number } from "./options.ts";
import { type AnyNetwork, defineRecipe, minimize, type Network, type Update } from "./recipe.ts";

/** Real pictures, and those drawn from their captions. */
interface Made {
  readonly x: Tensor;
  readonly drawing: Drawing;
}

export const stackgan = defineRecipe({
  name: "stackgan",
  title: "StackGAN",
  paper: "arXiv:1612.03242",
  about: "pictures from captions: stage I sketches shape and colour, stage II refines the sketch",
  data: { kinds: ["captions"], sizes: stackganSizes },
  batch: 32,

  options: {
    stages: integer(2, "1 is stage I alone, at the size of the data", { min: 1, max: 2 }),
    stage1Steps: integer(1000, "iterations of stage I; from then on it is frozen and stage II learns"),
    scale: choice(["4", "2"], "4", "how many times smaller stage I's pictures are than stage II's"),
    lambda: number(2, "λ, factor of the KL term, a mean over the condition", { min: 0 }),
    textSize: integer(64, "length of φ, where the captions are words"),
    conditionSize: integer(128, "length of the condition c"),
    zDim: integer(100, "size of z"),
    widthG: integer(32, "gf: twice the channels of stage I's last features; stage II's first"),
    widthD: integer(16, "df: channels of D's first features; each halving doubles them"),
    residualBlocks: integer(2, "residual blocks of stage II"),
    lr: number(2e-4, "Adam's learning rate", { min: 0 }),
    halveEvery: integer(0, "iterations of a stage after which its learning rate is halved, again and again; 0: never", {
      min: 0,
    }),
    beta1: number(0.5, "Adam's β₁", { min: 0, below: 1 }),
    beta2: number(0.999, "Adam's β₂", { min: 0, below: 1 }),
  },

  presets: {
    small: {
      about:
        "for few words and small pictures: rates and a weak KL term with which shapes at 32 pixels take 6000 steps",
      options: {
        ...{ scale: "2", stage1Steps: 3000, lambda: 0.2, lr: 1e-3 },
        ...{ textSize: 128, zDim: 32, residualBlocks: 1 },
      },
    },
    coco: {
      about: "the authors' networks and schedule for COCO: 120 epochs of stage I at batch 128",
      batch: 128,
      options: { widthG: 192, widthD: 96, stage1Steps: 77_600, halveEvery: 12_900 },
    },
  },

  networks(
    { stages, scale, textSize: learned, conditionSize, zDim, widthG, widthD, residualBlocks },
    { sample: image, text },
  ) {
    const { size: textSize, network: E } = textEncoder(text!, learned);
    const sketch = stages === 1 ? image : smaller(image, Number(scale));
    const G = { textSize, conditionSize, width: widthG };
    const D = { conditionSize, width: widthD };
    const first = {
      G1: stackganSketcher({ ...G, image: sketch, zDim }),
      D1: stackganDiscriminator({ ...D, image: sketch, unconditional: false }),
    };
    const second = () => ({
      G2: stackganRefiner({ ...G, image, sketch, residualBlocks }),
      D2: stackganDiscriminator({ ...D, image, unconditional: true }),
    });
    // Typed as if all were there: without stage II nothing asks for its players, and vectors need no encoder.
    return { ...(E && { E }), ...first, ...(stages === 2 && second()) } as { E: NetworkSpec } & typeof first &
      ReturnType<typeof second>;
  },

  iteration(
    { E, G1, D1, G2, D2 },
    { draw, batch, report },
    { stages, stage1Steps, scale, lambda, conditionSize, lr, halveEvery, beta1, beta2 },
  ) {
    if (batch < 2)
      throw new InputError(
        `--batch: stackgan compares each picture with another's caption and needs at least 2, got ${batch}. Pass --batch 32.`,
      );
    const halving = (t: number) => lr * 0.5 ** Math.floor((t - 1) / halveEvery);
    const optimizer = adam({ lr: halveEvery === 0 ? lr : halving, beta1, beta2 });

    /** Matching-aware loss (Reed et al. 2016): real with its caption, real with the next one's, generated. D is told of captions by μ. */
    const judge = (D: typeof D1, x: Tensor, { image, mu }: Drawing): Tensor => {
      const real = D(x, mu, nextRow(mu));
      const fake = D(stopGradient(image), mu);
      const [right, wrong] = real.fits;
      const [made] = fake.fits;
      report("score/real", right.sigmoid().mean());
      report("score/wrong", wrong.sigmoid().mean());
      report("score/fake", made.sigmoid().mean());
      const is = (score: Tensor) => score.neg().softplus().mean(); // −log D
      const isNot = (score: Tensor) => score.softplus().mean(); //    −log(1 − D)
      const mismatched = isNot(made).add(isNot(wrong));
      if (real.real === undefined || fake.real === undefined) return is(right).add(mismatched.mul(1 / 2));
      const good = is(right)
        .add(is(real.real))
        .mul(1 / 2);
      return good.add(mismatched.add(isNot(fake.real)).mul(1 / 3));
    };

    const persuade = (D: typeof D1, { image, ...conditions }: Drawing): Tensor => {
      const { fits, real }: Verdict = D(image, stopGradient(conditions.mu));
      const divergence = divergenceFromNormal(conditions);
      report("divergence", divergence);
      const game = nonSaturatingLoss(fits[0]);
      return (real === undefined ? game : game.add(nonSaturatingLoss(real))).add(divergence.mul(lambda));
    };

    /** A stage's game. G learns from the pictures that D has just seen: it has not moved since. */
    const game = (D: typeof D1, G: AnyNetwork, make: () => Made, when?: Update["when"]) => {
      let made: Made | undefined;
      const discriminator = () => {
        made = make();
        return judge(D, made.x, made.drawing);
      };
      const generator = () => {
        const { drawing } = made ?? make();
        made = undefined;
        return persuade(D, drawing);
      };
      const learned = E !== undefined && D === D1 ? [D, E] : D; // what captions say is learned where pictures are held against them
      return [
        minimize(discriminator, { over: learned, with: optimizer, ...(when && { when }) }),
        minimize(generator, { over: G, with: optimizer, ...(when && { when }) }),
      ];
    };

    const sketch = () => {
      const { x, t } = draw.captioned();
      const drawing = G1(draw.prior(G1), encoded(E, t), draw.normal([conditionSize]));
      return { x: stages === 1 ? x : averaged(x, Number(scale)), drawing };
    };
    const refine = () => {
      const { x, t } = draw.captioned();
      const phi = encoded(E, t);
      const { image } = G1(draw.prior(G1), phi, draw.normal([conditionSize]));
      return { x, drawing: G2(image, phi, draw.normal([conditionSize])) };
    };

    if (stages === 1) return game(D1, G1, sketch);
    return [
      ...game(D1, G1, sketch, (iteration) => iteration < stage1Steps),
      ...game(D2, G2, refine, (iteration) => iteration >= stage1Steps),
    ];
  },

  makes: {
    sample({ E, G1, G2 }, given, { stages, conditionSize }) {
      const phi = encoded(E, given.text());
      const { image } = G1(given.prior(G1), phi, given.normal([conditionSize]));
      return stages === 1 ? image : G2(image, phi, given.normal([conditionSize])).image;
    },
    stage1: ({ E, G1 }, given, { conditionSize }) =>
      G1(given.prior(G1), encoded(E, given.text()), given.normal([conditionSize])).image,
  },
});

/** φ: of words, what the encoder makes of them. */
const encoded = (E: Network | undefined, t: Tensor): Tensor => (E ? E(t) : t);

const smaller = ([channels, height, width]: Shape, scale: number): Shape => [channels, height / scale, width / scale];

/** Means over scale × scale pixels: [n, C, S, S] → [n, C, S/scale, S/scale]. */
function averaged(x: Tensor, scale: number): Tensor {
  const [n, channels, height, width] = x.shape;
  return x.reshape([n, channels, height / scale, scale, width / scale, scale]).mean([3, 5]);
}

/** Each row's successor, the last one's being the first: [n, k]. */
function nextRow(rows: Tensor): Tensor {
  const [n, k] = rows.shape;
  return concat([rows.slice([1, 0], [n - 1, k]), rows.slice([0, 0], [1, k])], 0);
}

/** KL(N(μ, σ²) ‖ N(0, 1)) = −½ (1 + log σ² − μ² − σ²), Eq. 2, in the mean over all numbers of a condition. */
function divergenceFromNormal({ mu, logVariance }: Conditions): Tensor {
  return logVariance
    .add(1)
    .sub(mu.square())
    .sub(logVariance.exp())
    .mean()
    .mul(-1 / 2);
}
