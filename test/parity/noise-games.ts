// The recorded iterations of LSGAN, WGAN and WGAN-GP (record/noise.py), with the options that play the same games.

import type { SampleForm } from "../../src/data/index.ts";
import type { OptionValue } from "../../src/recipes/index.ts";
import type { Recorded } from "./suite.ts";

const points: SampleForm = { kind: "points", sample: [2], classes: [] };
const images: SampleForm = { kind: "images", sample: [3, 16, 16], classes: [] };

type Options = Readonly<Record<string, OptionValue>>;

const mlp = (recipe: string, options: Options): Recorded => ({
  ...{ recipe, data: points, batch: 8 },
  options: { zDim: 4, hidden: [12, 12], ...options },
});
const dcgan = (recipe: string, options: Options): Recorded => ({
  ...{ recipe, data: images, batch: 8 },
  options: { zDim: 6, width: 4, networks: "dcgan", ...options },
});

export const lsganGames = {
  lsgan: dcgan("lsgan", { a: -1, b: 1, c: 0 }),
};

export const wganGames = {
  wgan: mlp("wgan", { nCritic: 2, warmUp: false, c: 0.3, lr: 5e-3 }),
  "wgan-dcgan": dcgan("wgan", { nCritic: 2, warmUp: false, c: 0.1, lr: 5e-4 }),
};

export const wganGpGames = {
  "wgan-gp": mlp("wgan-gp", { nCritic: 2, lr: 1e-3, decayFrom: 1, decayTo: 3 }),
  "wgan-gp-pack": mlp("wgan-gp", { nCritic: 1, lr: 1e-3, lambda: 0.1, pack: 2 }),
  "wgan-gp-dcgan": dcgan("wgan-gp", { nCritic: 1, lr: 1e-3, norm: "layer" }),
  "wgan-gp-resnet": dcgan("wgan-gp", { nCritic: 1, lr: 1e-3, networks: "resnet" }),
};
