// The recorded iterations of vanilla and dcgan (record.py), with the options that play the same games.

import { vanilla } from "../../src/recipes/index.ts";
import type { Recorded } from "./suite.ts";

const mlp = { recipe: "vanilla", data: { kind: "images", sample: [1, 6, 6], classes: [] }, batch: 8 } as const;
const shallow = { zDim: 8, hiddenG: [16, 16], hiddenD: [16, 16] };
const deep = { ...vanilla.presets?.deep.options, zDim: 8, hiddenG: [12, 16, 20], hiddenD: [20, 10], eps: 0.8 };
const dcgan16 = { recipe: "dcgan", data: { kind: "images", sample: [3, 16, 16], classes: [] }, batch: 4 } as const;
const narrow = { zDim: 10, width: 8 };

/**
 * A bias before batch norm: shifts are taken out again, so its gradient is rounding noise, of which Adam makes steps of up to
 * lr = 2e-4, three of them here. The running mean follows it.
 */
const biasNoise = (bias: string, norm: string) => ({
  [`G.model.${bias}.bias`]: 6e-4,
  [`G.model.${norm}.running_mean`]: 6e-4,
  [`G.adam.m.model.${bias}.bias`]: 1e-7,
  [`G.adam.v.model.${bias}.bias`]: 1e-14,
});

export const vanillaGames: Readonly<Record<string, Recorded>> = {
  "vanilla-small": { ...mlp, options: shallow, ema: 0.999 },
  "vanilla-saturating": { ...mlp, options: { ...shallow, loss: "saturating" } },
  "vanilla-batchnorm": { ...mlp, options: deep, noise: { ...biasNoise("2", "3"), ...biasNoise("5", "6") } },
};

export const dcganGames: Readonly<Record<string, Recorded>> = {
  dcgan16: { ...dcgan16, options: narrow },
  "dcgan16-resize": { ...dcgan16, options: { ...narrow, upsample: "resize" } },
  "dcgan16-two-d-steps": { ...dcgan16, options: { ...narrow, dSteps: 2 }, ema: 0.999 },
  dcgan28: {
    ...dcgan16,
    data: { kind: "images", sample: [1, 28, 28], classes: [] },
    options: { zDim: 10, width: 4 },
  },
};
