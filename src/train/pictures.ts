// What a run shows of itself: grids of images, or points over the data's own.

import { encodePng, gridFromBatch, scatterPlot } from "../formats/index.ts";
import type { DataKind } from "../recipes/index.ts";

/** How many samples a picture shows. */
export const pictureCount: { readonly [K in DataKind]: number } = { images: 64, points: 1024 };

const PLOT_SIZE = 384;

/** A PNG of samples [n, ...sample]; points are laid over `reference` points where given. */
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
  const count = samples.length / sample.reduce((product, size) => product * size, 1);
  return encodePng(gridFromBatch(samples, [count, ...sample]), text);
}
