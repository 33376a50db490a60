// Twenty-five Gaussians on a 5×5 grid, with the numbers of the WGAN-GP toy experiment (igul222/gan_toy.py):
// centres {−4, −2, 0, 2, 4}² and σ 0.05, all divided by 2.828.
import { mixtureSource } from "./points.ts";

const SCALE = 2.828;

export const grid = mixtureSource({
  name: "grid",
  about: "25 Gaussians on a 5×5 grid (2-D): many modes close together",
  centres: Array.from({ length: 25 }, (_, k) => {
    return [(2 * (k % 5) - 4) / SCALE, (2 * Math.floor(k / 5) - 4) / SCALE] as const;
  }),
  sigma: 0.05 / SCALE,
});
