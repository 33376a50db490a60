/** DiscoGAN: Learning to Discover Cross-Domain Relations with Generative Adversarial Networks. Kim et al. (2017), §2 and the authors' code. */

import { stopGradient, type Tensor } from "../graph/index.ts";
import { discriminatorLoss, l2Loss, nonSaturatingLoss } from "../losses/index.ts";
import { discoganDiscriminator, discoganGenerator, discoganSizes, type Judgement } from "../networks/index.ts";
import { adam } from "../optim/index.ts";
import { choice, integer, number } from "./options.ts";
import { defineRecipe, minimize } from "./recipe.ts";

export const discogan = defineRecipe({
  name: "discogan",
  title: "DiscoGAN",
  paper: "arXiv:1703.05192",
  about: "finds what two sets of pictures share, with no pairing, and keeps it while the shape changes: bags and shoes",
  data: { kinds: ["domains"], sizes: discoganSizes },
  batch: 64,

  options: {
    form: choice(
      ["discogan", "recongan", "gan"],
      "discogan",
      "both directions; or a to b alone, with the way back or without",
    ),
    startingRate: number(0.01, "r at first, the part of the loss that is reconstruction", { min: 0, max: 1 }),
    rate: number(0.5, "r from then on", { min: 0, max: 1 }),
    // The authors count each step of D or G: 10,000 of them are 3,333 times one of D and two of G.
    curriculum: integer(3_333, "iterations with the first r", { min: 0 }),
    matching: number(0.9, "the part of the game that is matching features", { min: 0, max: 1 }),
    gSteps: integer(2, "steps of the generators in each iteration"),
    bottleneck: integer(0, "channels of a fifth encoding, to one pixel; 100 in the paper, 0 is none", { min: 0 }),
    width: integer(64, "channels of the largest feature maps; each halving doubles them"),
    lr: number(2e-4, "Adam's learning rate", { min: 0 }),
    beta1: number(0.5, "Adam's β₁", { min: 0, below: 1 }),
    beta2: number(0.999, "Adam's β₂", { min: 0, below: 1 }),
    weightDecay: number(1e-5, "L2 penalty", { min: 0 }),
  },

  presets: {
    alike: { about: "handbags and shoes: r = 0.5 from the start", options: { curriculum: 0 } },
  },

  networks({ width, bottleneck }, { sample: a, target: b = a }) {
    return {
      GAB: discoganGenerator({ width, bottleneck, from: a, to: b }),
      GBA: discoganGenerator({ width, bottleneck, from: b, to: a }),
      DA: discoganDiscriminator({ width, sample: a }),
      DB: discoganDiscriminator({ width, sample: b }),
    };
  },

  iteration(
    { GAB, GBA, DA, DB },
    { draw, at, report },
    { form, startingRate, rate, curriculum, matching, gSteps, lr, beta1, beta2, weightDecay },
  ) {
    const optimizer = adam({ lr, beta1, beta2, weightDecay });
    const r = at((iteration) => (iteration <= curriculum ? startingRate : rate));

    const discriminators = () => {
      const [xA, xB] = [unit(draw.domain("a")), unit(draw.domain("b"))];
      const judge = (D: typeof DA, real: Tensor, fake: Tensor) =>
        discriminatorLoss(D(real).score, D(stopGradient(fake)).score).mul(0.5);
      const lossB = judge(DB, xB, GAB(xA));
      return form === "discogan" ? judge(DA, xA, GBA(xB)).add(lossB) : lossB;
    };

    const generators = () => {
      const [xA, xB] = [unit(draw.domain("a")), unit(draw.domain("b"))];
      const play = (D: typeof DA, real: Tensor, fake: Tensor) => {
        const judged = D(fake);
        const game = nonSaturatingLoss(judged.score).mul(1 - matching);
        return game.add(featureDistance(D(real), judged).mul(matching));
      };
      const mix = (game: Tensor, reconstruction: Tensor) => game.lerp(reconstruction, r); // (1 − r) L_GAN + r L_CONST
      const xAB = GAB(xA);
      const gameB = play(DB, xB, xAB);
      if (form === "gan") return gameB;
      const constA = l2Loss(GBA(xAB), xA); // L_CONST_A = d(x_ABA, x_A)
      report("distance/a", constA);
      if (form === "recongan") return mix(gameB, constA);
      const xBA = GBA(xB);
      const constB = l2Loss(GAB(xBA), xB);
      report("distance/b", constB);
      return mix(gameB, constA).add(mix(play(DA, xA, xBA), constB));
    };

    const discover = form === "gan" ? [GAB] : [GAB, GBA];
    return [
      minimize(discriminators, { over: form === "discogan" ? [DA, DB] : DB, with: optimizer }),
      minimize(generators, { over: discover, with: optimizer, times: gSteps }),
    ];
  },

  makes: {
    "a-to-b": ({ GAB }, given) => signed(GAB(unit(given.image("a")))),
    "b-to-a": ({ GBA }, given) => signed(GBA(unit(given.image("b")))),
  },
  scores: ({ DB }, given) => DB(unit(given.image("b"))).score,
});

/** From [−1, 1], as pictures come, to the paper's [0, 1], and back. */
const unit = (picture: Tensor): Tensor => picture.add(1).mul(0.5);
const signed = (picture: Tensor): Tensor => picture.mul(2).sub(1);

/** Σ over layers of the mean over units of (mean f(x) − mean f(G(x)))², the means over the batch. */
function featureDistance(real: Judgement, fake: Judgement): Tensor {
  return real.features
    .map((feature, i) => l2Loss(feature.mean([0]), fake.features[i].mean([0])))
    .reduce((sum, distance) => sum.add(distance));
}
