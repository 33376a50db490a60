// The swiss roll seen from its end, with the numbers of the WGAN-GP toy experiment (igul222/gan_toy.py):
// (t cos t, t sin t) for t uniform on [1.5π, 4.5π), plus noise of σ 0.25, divided by 7.5.
import { pointSource } from "./points.ts";

const SCALE = 7.5;

export const swissRoll = pointSource({
  name: "swiss-roll",
  about: "a spiral (2-D): one thin curved mode",
  classes: [],
  draw(random, out) {
    const t = 1.5 * Math.PI * (1 + 2 * random.uniform());
    out[0] = (t * Math.cos(t) + 0.25 * random.normal()) / SCALE;
    out[1] = (t * Math.sin(t) + 0.25 * random.normal()) / SCALE;
    return -1;
  },
});
