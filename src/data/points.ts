// Sets of 2-D points, on which a GAN's successes and failures can be seen at a glance.
import { InputError } from "../errors/index.ts";
import type { RandomStream } from "../random/index.ts";
import type { DatasetSource } from "./dataset.ts";
import { endlessDataset } from "./endless.ts";

interface PointParts extends Pick<DatasetSource, "name" | "about" | "classes"> {
  /** Writes [x, y] to `out` and returns the label. */
  draw(random: RandomStream, out: Float32Array): number;
}

/** An endless set of labelled points [2]. */
export function pointSource({ name, about, classes, draw }: PointParts): DatasetSource {
  return {
    name,
    about,
    kind: "points",
    classes,
    open({ seed, size, channels }) {
      const flag = size !== undefined ? "--size" : channels !== undefined ? "--channels" : undefined;
      if (flag) throw new InputError(`${flag}: ${name} is a set of 2-D points and takes no ${flag}. Leave it out.`);
      return endlessDataset({ spec: name, kind: "points", shape: [2], classes, seed, version: 1, draw });
    },
  };
}

interface MixtureParts extends Pick<DatasetSource, "name" | "about"> {
  readonly centres: readonly (readonly [x: number, y: number])[];
  readonly sigma: number;
}

/** An equal mixture of round Gaussians; a point's label is the Gaussian it came from. */
export function mixtureSource({ name, about, centres, sigma }: MixtureParts): DatasetSource {
  const source = pointSource({
    name,
    about,
    classes: centres.map((_, k) => `${k}`),
    draw(random, out) {
      const k = random.integer(centres.length);
      out[0] = centres[k][0] + sigma * random.normal();
      out[1] = centres[k][1] + sigma * random.normal();
      return k;
    },
  });
  return { ...source, mixture: { centres, sigma } };
}
