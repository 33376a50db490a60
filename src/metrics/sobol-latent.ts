// Latent vectors from a scrambled Sobol sequence, which fill their space more evenly than independent ones: figures of as many samples
// then vary less from seed to seed (Chong and Forsyth 2020, "Effectively unbiased FID and Inception Score and where to find them", §4).

import { InputError } from "../errors/index.ts";
import { sizeOf } from "../graph/index.ts";
import { normalQuantile, SOBOL_DIMENSIONS, sobol, stream } from "../random/index.ts";
import type { Sampler } from "../train/index.ts";

/** How a measuring draws latent vectors. */
export type LatentDraw = "independent" | "sobol";

/** Half of the coordinates' grid, which puts them into its middle: none is 0. */
const HALF = 2 ** -33;

/**
 * What a sampler takes at random for the samples from number `start` on: z by the scrambled sequence that `seed` names, all else as
 * independent. InputError where there is no z, or where it has more dimensions than the sequence.
 */
export function sobolLatent(
  sampler: Sampler,
  seed: number,
): (count: number, start: number) => Record<string, Float32Array> {
  const z = sampler.inputs.find(({ name }) => name === "z");
  if (z === undefined) {
    throw new InputError("--latent: sobol is for generators of latent vectors, and this one takes none. Leave it out.");
  }
  const { source } = z;
  const size = sizeOf(z.shape);
  if (size > SOBOL_DIMENSIONS) {
    throw new InputError(
      `--latent: sobol has ${SOBOL_DIMENSIONS} dimensions, and z has ${size}. Pass --latent independent.`,
    );
  }
  const drawn = (u: number) =>
    source.kind === "uniform" ? source.low + u * (source.high - source.low) : normalQuantile(u);
  const points = sobol(size, (dimension) => stream(seed, "sobol", dimension));
  const point = new Float64Array(size);
  return (count, start) => {
    const values = new Float32Array(count * size);
    for (let i = 0; i < count; i++)
      values.set(
        points(start + i, point).map((u) => drawn(u + HALF)),
        i * size,
      );
    return { ...sampler.latent(count, seed, start), z: values };
  };
}
