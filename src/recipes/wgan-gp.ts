/** WGAN-GP: Improved Training of Wasserstein GANs. Gulrajani, Ahmed, Arjovsky, Dumoulin & Courville (2017), Algorithm 1. */

import { stopGradient } from "../graph/index.ts";
import { gradientNorm } from "../losses/index.ts";
import { imageSizes, noisePlayers } from "../networks/index.ts";
import { adam, toSchedule } from "../optim/index.ts";
import { decaying, decayOptions } from "./decay.ts";
import { noiseOptions } from "./noise-options.ts";
import { choice, integer, number } from "./options.ts";
import { defineRecipe, minimize } from "./recipe.ts";

export const wganGp = defineRecipe({
  name: "wgan-gp",
  title: "WGAN-GP",
  paper: "arXiv:1704.00028",
  about: "a critic whose slope is held near 1 by a penalty instead of clipping: trains deep residual networks",
  data: { kinds: ["images", "points"], sizes: imageSizes },
  batch: 64,

  options: {
    ...noiseOptions({ own: "resnet", zDim: 128, width: 128 }),
    norm: choice(["none", "layer"], "none", "the critic's normalisation; batch norm would tie samples together (§4)"),
    lambda: number(10, "λ, weight of the gradient penalty", { min: 0 }),
    nCritic: integer(5, "n_critic, steps of the critic in each iteration"),
    lr: number(1e-4, "α, Adam's learning rate", { min: 0 }),
    beta1: number(0, "Adam's β₁", { min: 0, below: 1 }),
    beta2: number(0.9, "Adam's β₂", { min: 0, below: 1 }),
    ...decayOptions,
  },

  presets: {
    toy: {
      about: "the authors' 2-D experiments: three layers of 512, z of 2 numbers, λ = 0.1",
      batch: 256,
      options: { networks: "mlp", hidden: [512, 512, 512], zDim: 2, lambda: 0.1, beta1: 0.5 },
    },
    cifar10: {
      about: "the authors' residual networks on CIFAR-10: α = 2e-4, falling to 0 over 100 000 iterations",
      options: { lr: 2e-4, decayTo: 100_000 },
    },
  },

  networks: (options, data) => noisePlayers({ ...options, own: "resnet" }, data),

  iteration({ G, D }, { draw, data, report }, { lambda, nCritic, lr, beta1, beta2, decayFrom, decayTo }) {
    const alpha = toSchedule(decaying(lr, { decayFrom, decayTo }));

    const critic = () => {
      const x = draw.real(); //                                   x ~ P_r
      const z = draw.prior(G); //                                 z ~ p(z)
      const epsilon = draw.uniform(data.sample.map(() => 1)); //  ε ~ U[0, 1], one for each sample
      const xTilde = stopGradient(G(z)); //                       x̃ ← G(z)
      const xHat = xTilde.lerp(x, epsilon); //                    x̂ ← εx + (1 − ε)x̃
      const slope = gradientNorm(D(xHat), xHat); //               ‖∇x̂ D(x̂)‖₂
      const penalty = slope.sub(1).square().mul(lambda); //       λ(‖∇x̂ D(x̂)‖₂ − 1)²
      const [real, fake] = [D(x), D(xTilde)];
      report("score/real", real.mean());
      report("score/fake", fake.mean());
      report("distance/wasserstein", real.sub(fake).mean());
      report("slope/D", slope.mean());
      return fake.sub(real).add(penalty).mean(); //               D(x̃) − D(x) + penalty
    };

    const generator = () =>
      D(G(draw.prior(G)))
        .neg()
        .mean(); //  −D(G(z))

    const ofCritic = adam({ lr: (t) => alpha(Math.ceil(t / nCritic)), beta1, beta2 }); // it moves n_critic times an iteration
    return [
      minimize(critic, { over: D, with: ofCritic, times: nCritic }),
      minimize(generator, { over: G, with: adam({ lr: alpha, beta1, beta2 }) }),
    ];
  },

  makes: { sample: ({ G }, given) => G(given.prior(G)) },
  scores: ({ D }, given) => D(given.image()),
});
