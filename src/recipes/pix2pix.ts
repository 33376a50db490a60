/** pix2pix: Image-to-Image Translation with Conditional Adversarial Networks. Isola, Zhu, Zhou & Efros (2017), §3. */

import { InputError } from "../errors/index.ts";
import { concat, stopGradient, type Tensor } from "../graph/index.ts";
import { discriminatorLoss, l1Loss, nonSaturatingLoss } from "../losses/index.ts";
import { patchGan, receptiveFields, unet } from "../networks/index.ts";
import { adam } from "../optim/index.ts";
import { decaying, decayOptions } from "./decay.ts";
import { choice, integer, number } from "./options.ts";
import { defineRecipe, minimize } from "./recipe.ts";

export const pix2pix = defineRecipe({
  name: "pix2pix",
  title: "pix2pix",
  paper: "arXiv:1611.07004",
  about: "turns a picture into its counterpart, learned from pairs: labels into photographs, edges into things",
  data: { kinds: ["pairs"], sizes: [32, 64, 128, 256] },
  batch: 1,

  options: {
    direction: choice(["a-to-b", "b-to-a"], "a-to-b", "which side of a pair is given, and which is made of it"),
    game: choice(
      ["cgan", "gan", "none"],
      "cgan",
      "D judges the output beside its input, or the output alone; none learns by L1 alone",
    ),
    lambda: number(100, "λ, weight of the L1 distance from the counterpart; 0 leaves the game alone", { min: 0 }),
    receptiveField: choice(receptiveFields, "70", "pixels across the square that one of D's scores sees"),
    dropout: number(0.5, "probability of dropout in G's first three doublings, its only noise", { min: 0, below: 1 }),
    width: integer(64, "channels of the largest feature maps of G and D; each halving doubles them, up to eight times"),
    lr: number(2e-4, "Adam's learning rate", { min: 0 }),
    beta1: number(0.5, "Adam's β₁", { min: 0, below: 1 }),
    beta2: number(0.999, "Adam's β₂", { min: 0, below: 1 }),
    ...decayOptions,
  },

  presets: {
    facades: {
      about: "400 façades from their labels, 200 epochs, the second half of them falling to 0",
      options: { direction: "b-to-a", decayFrom: 40_000, decayTo: 80_000 },
    },
  },

  networks({ direction, game, lambda, receptiveField, dropout, width }, { sample: a, target: b = a }) {
    if (game === "none" && lambda === 0) {
      throw new InputError("--lambda: is 0, and --game none leaves G nothing else to learn by. Pass --lambda 100.");
    }
    const [x, y] = direction === "a-to-b" ? [a, b] : [b, a];
    const judged = game === "cgan" ? [x[0] + y[0], ...y.slice(1)] : y;
    return {
      G: unet({ width, from: x, to: y, dropout }),
      D: patchGan({ width, sample: judged, receptiveField, norm: "batch" }),
    };
  },

  iteration({ G, D }, { draw, report }, { direction, game, lambda, lr, beta1, beta2, decayFrom, decayTo }) {
    const optimizer = adam({ lr: decaying(lr, { decayFrom, decayTo }), beta1, beta2 });
    const { a, b } = draw.pair();
    const [x, y] = direction === "a-to-b" ? [a, b] : [b, a];
    const made = G(x); //                                                   G(x, z), z being its dropout
    const judge = (y: Tensor) => D(game === "cgan" ? concat([x, y], 1) : y); // D(x, y), or D(y)

    // ½ [−log D(x, y) − log(1 − D(x, G(x, z)))], the mean over all patches; halved, so that D does not outrun G (§3.3)
    const discriminator = () => {
      const real = judge(y);
      const fake = judge(stopGradient(made));
      report("score/real", real.sigmoid().mean());
      report("score/fake", fake.sigmoid().mean());
      return discriminatorLoss(real, fake).mul(0.5);
    };

    // −log D(x, G(x, z)) + λ‖y − G(x, z)‖₁, Eq. 4
    const generator = () => {
      const distance = l1Loss(y, made);
      report("distance/l1", distance);
      const pull = distance.mul(lambda);
      return game === "none" ? pull : nonSaturatingLoss(judge(made)).add(pull);
    };

    const learn = minimize(generator, { over: G, with: optimizer });
    return game === "none" ? [learn] : [minimize(discriminator, { over: D, with: optimizer }), learn];
  },

  makes: { translation: ({ G }, given, { direction }) => G(given.image(direction === "a-to-b" ? "a" : "b")) },

  // Dropout is the only noise there is, and batch norm over a single picture is instance norm: both stay as in training (§3.3).
  samplesAsTrained: true,
});
