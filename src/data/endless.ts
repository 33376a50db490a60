// Data sets drawn on demand: sample i is a pure function of (seed, i), so there are as many as anyone asks for.
import { type RandomStream, stream } from "../random/index.ts";
import type { DataKind, Dataset } from "./dataset.ts";
import { encodeCaptions, type WordForm } from "./text.ts";

/** What tells one endless set from another. */
interface EndlessParts {
  readonly spec: string;
  readonly kind: DataKind;
  readonly shape: readonly number[];
  /** Of pairs: b. */
  readonly target?: readonly number[];
  readonly classes: readonly string[];
  readonly attributes?: readonly string[];
  /** Of captions: how they become numbers, and the sentence of a sample, from the stream that `draw` is given. */
  readonly captions?: { readonly form: WordForm; of(random: RandomStream): string };
  readonly seed: number;
  /** Raised when the same seed would draw other samples than before. */
  readonly version: number;
  /** Writes one sample to `out`, what else it has to `more`, and returns its label; takes all its randomness from `random`. */
  draw(random: RandomStream, out: Float32Array, more: SampleParts): number;
}

/** Where a sample's further parts are written; empty where the set has none. */
interface SampleParts {
  readonly target: Float32Array;
  readonly attributes: Float32Array;
}

/** The endless data set whose sample i is `draw` of the stream (seed, spec, i). */
export function endlessDataset(parts: EndlessParts): Dataset {
  const { spec, kind, shape, target, classes, attributes: names = [], captions, seed, version, draw } = parts;
  stream(seed); // refuses a bad seed here, before anything is read
  const length = sizeOf(shape);
  const targetLength = target === undefined ? 0 : sizeOf(target);
  const caption = captions && ((index: number) => captions.of(stream(seed, spec, index)));
  return {
    spec,
    kind,
    shape,
    ...(target !== undefined && { target }),
    count: Number.POSITIVE_INFINITY,
    classes,
    ...(names.length > 0 && { attributes: names }),
    ...(captions && { text: captions.form }),
    fingerprint: `${spec} ${version}`,
    problems: [],
    async read(indices) {
      const values = new Float32Array(indices.length * length);
      const labels = new Int32Array(indices.length);
      const targets = new Float32Array(indices.length * targetLength);
      const attributes = new Float32Array(indices.length * names.length);
      for (let k = 0; k < indices.length; k++) {
        const more = {
          target: targets.subarray(k * targetLength, (k + 1) * targetLength),
          attributes: attributes.subarray(k * names.length, (k + 1) * names.length),
        };
        labels[k] = draw(stream(seed, spec, indices[k]), values.subarray(k * length, (k + 1) * length), more);
      }
      const texts = captions && encodeCaptions(Array.from(indices, caption!), captions.form);
      return {
        values,
        labels,
        ...(target !== undefined && { targets }),
        ...(names.length > 0 && { attributes }),
        ...(texts && { texts }),
      };
    },
    ...(caption && { caption }),
    async close() {},
  };
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);
