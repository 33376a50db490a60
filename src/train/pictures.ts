// What a run shows of itself: grids of images, or points over the data's own.

import { encodePng, gridFromBatch, scatterPlot } from "../formats/index.ts";
import { sizeOf } from "../graph/index.ts";
import type { DataKind } from "../recipes/index.ts";

/** How many samples a picture shows. */
export const pictureCount: { readonly [K in DataKind]: number } = { images: 64, points: 1024 };

const PLOT_SIZE = 384;

/** A PNG of samples [n, ...sample], of 1 to 4 channels; points are laid over `reference` points where given. */
export function picture(
  kind: DataKind,
  samples: Float32Array,
  sample: readonly number[],
  {
    reference,
    text = {},
  }: { readonly reference?: Float32Array; readonly text?: Readonly<Record<string, string>> } = {},
): Uint8Array {
  if (kind === "points") return encodePng(scatterPlot(samples, reference, { size: PLOT_SIZE }), text);
  const [channels, ...pixels] = sample;
  const size = sizeOf(pixels);
  const count = samples.length / (channels * size);
  if (channels !== 2) return encodePng(gridFromBatch(samples, [count, ...sample]), text);
  // Grey and alpha, or any other pair: the first of the two, since no picture has two channels.
  const first = new Float32Array(count * size);
  for (let i = 0; i < count; i++) first.set(samples.subarray(2 * i * size, (2 * i + 1) * size), i * size);
  return encodePng(gridFromBatch(first, [count, 1, ...pixels]), text);
}
