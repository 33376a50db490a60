/** CycleGAN: Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks. Zhu, Park, Isola & Efros (2017), §3, §4. */

import { InputError } from "../errors/index.ts";
import { stopGradient, type Tensor } from "../graph/index.ts";
import { l1Loss, leastSquares, leastSquaresDiscriminatorLoss } from "../losses/index.ts";
import { patchGan, translationResnet, widestField } from "../networks/index.ts";
import { adam } from "../optim/index.ts";
import { decaying, decayOptions } from "./decay.ts";
import { integer, number } from "./options.ts";
import { defineRecipe, minimize } from "./recipe.ts";
import { together } from "./together.ts";

export const cyclegan = defineRecipe({
  name: "cyclegan",
  title: "CycleGAN",
  paper: "arXiv:1703.10593",
  about: "translates between two sets of pictures that no pairing joins: horses and zebras, photographs and paintings",
  data: { kinds: ["domains"], sizes: [16, 32, 64, 128, 256] },
  batch: 1,

  options: {
    lambda: number(10, "λ, weight of the cycle consistency loss", { min: 0 }),
    identity: number(0.5, "weight of the identity loss, as a part of λ; 0 leaves it out", { min: 0 }),
    poolSize: integer(50, "pictures of each domain's history that D judges; 0 shows it the newest alone", { min: 0 }),
    blocks: integer(0, "residual blocks; 0 is 6, and 9 from 256 pixels on", { min: 0 }),
    width: integer(64, "channels of the largest feature maps"),
    lr: number(2e-4, "Adam's learning rate", { min: 0 }),
    beta1: number(0.5, "Adam's β₁", { min: 0, below: 1 }),
    beta2: number(0.999, "Adam's β₂", { min: 0, below: 1 }),
    ...decayOptions,
  },

  presets: {
    horse2zebra: {
      about: "1,334 pictures, 100 epochs at the full learning rate and 100 falling to 0, without the identity loss",
      options: { identity: 0, decayFrom: 133_400, decayTo: 266_800 },
    },
  },

  networks({ identity, blocks, width }, { sample: x, target: y = x }) {
    if (identity > 0 && x[0] !== y[0]) {
      throw new InputError(
        `--identity: holds G(y) against y, so a and b must have as many channels, got ${x[0]} and ${y[0]}. Pass --identity 0 or --channels 3.`,
      );
    }
    const generator = { width, blocks: blocks || (x[1] < 256 ? 6 : 9) };
    const discriminator = { width, receptiveField: widestField(x), norm: "instance" } as const;
    return {
      G: translationResnet({ ...generator, from: x, to: y }),
      F: translationResnet({ ...generator, from: y, to: x }),
      DX: patchGan({ ...discriminator, sample: x }),
      DY: patchGan({ ...discriminator, sample: y }),
    };
  },

  iteration(
    { G, F, DX, DY },
    { draw, pool, report },
    { lambda, identity, poolSize, lr, beta1, beta2, decayFrom, decayTo },
  ) {
    const optimizer = adam({ lr: decaying(lr, { decayFrom, decayTo }), beta1, beta2 });
    const x = draw.domain("a"); // x ~ p(X)
    const y = draw.domain("b"); // y ~ p(Y)
    const [fakeY, sameY] = identity > 0 ? together(G, x, y) : [G(x)];
    const [fakeX, sameX] = identity > 0 ? together(F, y, x) : [F(y)];

    const generators = () => {
      const game = leastSquares(DY(fakeY), 1).add(leastSquares(DX(fakeX), 1));
      const cycle = l1Loss(F(fakeY), x).add(l1Loss(G(fakeX), y)); //      ‖F(G(x)) − x‖₁ + ‖G(F(y)) − y‖₁, Eq. 2
      report("distance/cycle", cycle);
      const loss = game.add(cycle.mul(lambda)); //                        Eq. 3
      if (sameY === undefined || sameX === undefined) return loss;
      const same = l1Loss(sameY, y).add(l1Loss(sameX, x)); //             ‖G(y) − y‖₁ + ‖F(x) − x‖₁, §5.2
      report("distance/identity", same);
      return loss.add(same.mul(lambda * identity));
    };

    // ½ [(D(y) − 1)² + D(G(x))²], §4, with G(x) from the history of what G has made
    const discriminator = (D: typeof DX, real: Tensor, made: Tensor) => () => {
      const shown = poolSize === 0 ? made : pool(made, poolSize);
      return leastSquaresDiscriminatorLoss(...together(D, real, stopGradient(shown)));
    };

    return [
      minimize(generators, { over: [G, F], with: optimizer }),
      minimize(discriminator(DX, x, fakeX), { over: DX, with: optimizer }),
      minimize(discriminator(DY, y, fakeY), { over: DY, with: optimizer }),
    ];
  },

  makes: {
    "a-to-b": ({ G }, given) => G(given.image("a")),
    "b-to-a": ({ F }, given) => F(given.image("b")),
  },
  scores: ({ DY }, given) => DY(given.image("b")),
});
