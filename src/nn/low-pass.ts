// Halving and doubling of images with a low-pass filter, against aliasing (Zhang 2019; Karras et al. 2020, as in R3GAN's code):
// [1, 2, 1] convolved with [1, 1], which is [1, 3, 3, 1], in both directions. Beyond the border are zeros.

import { type ConvGeometry, constant, type Tensor } from "../graph/index.ts";
import type { Module } from "./module.ts";

const FILTER = [1, 3, 3, 1].flatMap((row) => [1, 3, 3, 1].map((column) => (row * column) / 64));
const geometry: ConvGeometry = { strides: [2, 2], pads: [1, 1, 1, 1], dilations: [1, 1], groups: 1 };

/** [N, C, H, W] → [N, C, H/2, W/2]: each pixel is the filter's mean of the 4 × 4 it lies in. */
export function lowPassHalve(): Module {
  return {
    kind: "Downsample",
    apply(_, x: Tensor) {
      const [n, c, h, w] = x.shape;
      const halved = x.reshape([n * c, 1, h, w]).conv(constant(FILTER, [1, 1, 4, 4]), geometry);
      return halved.reshape([n, c, h / 2, w / 2]);
    },
  };
}

/** [N, C, H, W] → [N, C, 2H, 2W]: zeros between the pixels, then the filter, 4 times as strong to make up for them. */
export function lowPassDouble(): Module {
  const filter = FILTER.map((value) => 4 * value);
  return {
    kind: "Upsample",
    apply(_, x: Tensor) {
      const [n, c, h, w] = x.shape;
      const planes = x.reshape([n * c, 1, h, w]);
      return planes
        .convInputGrad(constant(filter, [1, 1, 4, 4]), geometry, [2 * h, 2 * w])
        .reshape([n, c, 2 * h, 2 * w]);
    },
  };
}
