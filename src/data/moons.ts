// Two interleaved half circles of radius 1, with noise of σ 0.05, centred on the origin; the label tells which moon.
import { pointSource } from "./points.ts";

export const moons = pointSource({
  name: "moons",
  about: "two interleaved half circles (2-D), labelled",
  classes: ["upper", "lower"],
  draw(random, out) {
    const moon = random.integer(2);
    const t = Math.PI * random.uniform();
    // upper: (cos t, sin t); lower: (1 − cos t, ½ − sin t); the middle of both is (½, ¼)
    const x = moon === 0 ? Math.cos(t) : 1 - Math.cos(t);
    const y = moon === 0 ? Math.sin(t) : 0.5 - Math.sin(t);
    out[0] = x - 0.5 + 0.05 * random.normal();
    out[1] = y - 0.25 + 0.05 * random.normal();
    return moon;
  },
});
