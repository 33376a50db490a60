// Pictures decoded larger than they are learnt from: training cuts a place of its own out of each at each reading, as pix2pix does of
// 286 pixels for 256 (Isola et al. 2017, §6.2); everything else sees the middle.

import type { RandomStream } from "../random/index.ts";
import type { Batch, Dataset } from "./dataset.ts";

/** Rows above and columns left of what is cut out of a sample. */
type Place = (sample: number) => readonly [top: number, left: number];

/** The middle `size` × `size` pixels of a set's pictures, the set itself being its `larger` one. */
export function cutFrom(larger: Dataset, size: number): Dataset {
  const cut = ([channels]: readonly number[]) => [channels, size, size];
  const { shape, target, domains, labelled } = larger;
  const margin = Math.floor((shape[1] - size) / 2);
  return {
    ...larger,
    shape: cut(shape),
    ...(target && { target: cut(target) }),
    ...(domains && { domains: { a: cutFrom(domains.a, size), b: cutFrom(domains.b, size) } }),
    ...(labelled && { labelled: cutFrom(labelled, size) }),
    larger,
    get problems() {
      return larger.problems;
    },
    read: async (indices) => cutOut(await larger.read(indices), larger, size, () => [margin, margin]),
  };
}

/** A batch for training: of a set that has larger pictures, each cut where `random` has it, a pair at one place. */
export async function readToLearn(
  dataset: Dataset,
  indices: readonly number[],
  random: () => RandomStream,
): Promise<Batch> {
  const { larger, shape } = dataset;
  if (larger === undefined) return dataset.read(indices);
  const [size, places] = [shape[1], larger.shape[1] - shape[1] + 1];
  const drawn = random();
  const corners = indices.map(() => [drawn.integer(places), drawn.integer(places)] as const);
  return cutOut(await larger.read(indices), larger, size, (sample) => corners[sample]);
}

/** The batch with `size` × `size` pixels of each of its pictures. */
function cutOut(batch: Batch, { shape, target }: Dataset, size: number, place: Place): Batch {
  const { values, targets } = batch;
  return {
    ...batch,
    values: windows(values, shape, size, place),
    ...(targets && target && { targets: windows(targets, target, size, place) }),
  };
}

/** [n, C, L, L] → [n, C, size, size] */
function windows(values: Float32Array, [channels, from]: readonly number[], size: number, place: Place): Float32Array {
  const count = values.length / (channels * from * from);
  const out = new Float32Array(count * channels * size * size);
  for (let plane = 0; plane < count * channels; plane++) {
    const [top, left] = place(Math.floor(plane / channels));
    for (let row = 0; row < size; row++) {
      const start = (plane * from + top + row) * from + left;
      out.set(values.subarray(start, start + size), (plane * size + row) * size);
    }
  }
  return out;
}
