// Eight Gaussians on a circle, with the numbers of the WGAN-GP toy experiment (Gulrajani et al. 2017, appendix; igul222/gan_toy.py):
// radius 2 and σ 0.02, all divided by 1.414 so that each coordinate has about unit variance.
import { mixtureSource } from "./points.ts";

// biome-ignore lint/suspicious/noApproximativeNumericConstant: the experiment divides by 1.414, not by √2.
const SCALE = 1.414;

export const ring = mixtureSource({
  name: "ring",
  about: "8 Gaussians on a circle (2-D): does the generator find every mode?",
  centres: Array.from({ length: 8 }, (_, k) => {
    const angle = (2 * Math.PI * k) / 8;
    return [(2 * Math.cos(angle)) / SCALE, (2 * Math.sin(angle)) / SCALE] as const;
  }),
  sigma: 0.02 / SCALE,
});
