/** WGAN: Wasserstein GAN. Arjovsky, Chintala & Bottou (2017), Algorithm 1, and the extra critic steps of the authors' code. */

import { stopGradient } from "../graph/index.ts";
import { imageSizes, noisePlayers } from "../networks/index.ts";
import { clipped, rmsprop } from "../optim/index.ts";
import { noiseOptions } from "./noise-options.ts";
import { flag, integer, number } from "./options.ts";
import { defineRecipe, minimize } from "./recipe.ts";

/** While G has made fewer than `first` steps, and before every step whose number is divided by `every`, D makes at least `steps`. */
const extra = { first: 25, every: 500, steps: 100 };

/**
 * Whether G moves in an iteration, counted from 0, in each of which the critic makes nCritic steps: in every one, but that it first
 * waits as often as its critic's extra steps take.
 */
export function generatorMoves(iteration: number, nCritic: number): boolean {
  const long = Math.ceil(extra.steps / nCritic); // iterations for one step of G
  const start = extra.first * long;
  if (iteration < start) return iteration % long === long - 1;
  // Then 475 steps at once up to the 500th, and periods of a long one and 499 at once.
  const later = iteration - start - (extra.every - extra.first);
  return later < 0 || later % (long + extra.every - 1) >= long - 1;
}

export const wgan = defineRecipe({
  name: "wgan",
  title: "WGAN",
  paper: "arXiv:1701.07875",
  about: "a critic with clipped weights estimates how far apart the distributions are: a loss that tells of progress",
  data: { kinds: ["images", "points"], sizes: imageSizes },
  batch: 64,

  options: {
    ...noiseOptions({ own: "dcgan", zDim: 100, width: 64 }),
    c: number(0.01, "the critic's weights are clipped to [−c, c]", { min: 1e-6 }),
    nCritic: integer(5, "n_critic, steps of the critic in each iteration"),
    warmUp: flag(true, "100 critic steps for each of G's first 25 steps and of every 500th, as in the authors' code"),
    lr: number(5e-5, "α, RMSProp's learning rate", { min: 0 }),
  },

  presets: {
    toy: {
      about: "the 2-D experiments of WGAN-GP's authors: three layers of 512, z of 2 numbers",
      batch: 256,
      options: { networks: "mlp", hidden: [512, 512, 512], zDim: 2 },
    },
  },

  networks: (options, data) => noisePlayers({ ...options, own: "dcgan", norm: "batch" }, data),

  iteration({ G, D }, { draw, report }, { c, nCritic, warmUp, lr }) {
    const optimizer = rmsprop({ lr });

    const critic = () => {
      const real = D(draw.real()).mean();
      const fake = D(stopGradient(G(draw.prior(G)))).mean();
      report("score/real", real);
      report("score/fake", fake);
      report("distance/wasserstein", real.sub(fake)); // up to the critic's steepness, fig. 3
      return fake.sub(real); //                          E D(G(z)) − E D(x), eq. 2
    };

    const generator = () =>
      D(G(draw.prior(G)))
        .mean()
        .neg(); // −E D(G(z)), eq. 3

    return [
      minimize(critic, { over: D, with: clipped(optimizer, c), times: nCritic }), // w ← clip(w, −c, c)
      minimize(generator, {
        over: G,
        with: optimizer,
        ...(warmUp && { when: (iteration) => generatorMoves(iteration, nCritic) }),
      }),
    ];
  },

  makes: { sample: ({ G }, given) => G(given.prior(G)) },
  scores: ({ D }, given) => D(given.image()),
});
