// Data sets drawn on demand: sample i is a pure function of (seed, i), so there are as many as anyone asks for.
import { type RandomStream, stream } from "../random/index.ts";
import type { Dataset } from "./dataset.ts";

/** What tells one endless set from another. */
interface EndlessParts {
  readonly spec: string;
  readonly kind: "images" | "points";
  readonly shape: readonly number[];
  readonly classes: readonly string[];
  readonly seed: number;
  /** Raised when the same seed would draw other samples than before. */
  readonly version: number;
  /** Writes one sample to `out` and returns its label; takes all its randomness from `random`. */
  draw(random: RandomStream, out: Float32Array): number;
}

/** The endless data set whose sample i is `draw` of the stream (seed, spec, i). */
export function endlessDataset({ spec, kind, shape, classes, seed, version, draw }: EndlessParts): Dataset {
  stream(seed); // refuses a bad seed here, before anything is read
  const length = shape.reduce((product, side) => product * side, 1);
  return {
    spec,
    kind,
    shape,
    count: Number.POSITIVE_INFINITY,
    classes,
    fingerprint: `${spec} ${version}`,
    problems: [],
    async read(indices) {
      const values = new Float32Array(indices.length * length);
      const labels = new Int32Array(indices.length);
      for (let k = 0; k < indices.length; k++) {
        labels[k] = draw(stream(seed, spec, indices[k]), values.subarray(k * length, (k + 1) * length));
      }
      return { values, labels };
    },
    async close() {},
  };
}
