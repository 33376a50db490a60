// What a run shows of itself, as PNG files: grids of images, rows of pictures that belong together, points over the data's own.

import type { DataKind } from "../data/index.ts";
import { captionedGrid, encodePng, gridFromBatch, scatterPlot } from "../formats/index.ts";
import { sizeOf } from "../graph/index.ts";

/** How many samples a picture shows. */
export const pictureCount: { readonly [K in DataKind]: number } = {
  images: 64,
  points: 1024,
  pairs: 8,
  domains: 8,
  captions: 24,
};

const PLOT_SIZE = 384;

export interface PictureOptions {
  /** Points of the data, to lay the samples over. */
  readonly reference?: Float32Array | undefined;
  /** Kept in the file. */
  readonly text?: Readonly<Record<string, string>>;
  /** Images in a row (default: as many as make a square). */
  readonly columns?: number;
  /** A line for each image. */
  readonly captions?: readonly string[];
}

/** A PNG of samples [n, ...sample], of 1 to 4 channels; points are laid over `reference` points where given. */
export function picture(
  kind: DataKind,
  samples: Float32Array,
  sample: readonly number[],
  { reference, text = {}, columns, captions }: PictureOptions = {},
): Uint8Array {
  if (kind === "points") return encodePng(scatterPlot(samples, reference, { size: PLOT_SIZE }), text);
  const shown = showable({ values: samples, shape: [samples.length / sizeOf(sample), ...sample] });
  const layout = columns === undefined ? {} : { columns };
  const raster = captions
    ? captionedGrid(shown.values, shown.shape, captions, layout)
    : gridFromBatch(shown.values, shown.shape, layout);
  return encodePng(raster, text);
}

/** One picture [C, H, W]. */
export interface Cell {
  readonly values: Float32Array;
  readonly shape: readonly number[];
}

/** A PNG of rows of pictures, all of one height and width; grey ones are shown in colour where others have colours. */
export function rowsPicture(rows: readonly (readonly Cell[])[], text: Readonly<Record<string, string>>): Uint8Array {
  const cells = rows.flat().map(({ values, shape }) => showable({ values, shape: [1, ...shape] }));
  const channels = Math.max(...cells.map(({ shape }) => shape[1]));
  const [, , height, width] = cells[0].shape;
  const plane = height * width;
  const all = new Float32Array(cells.length * channels * plane);
  cells.forEach(({ values, shape: [, own] }, i) => {
    for (let c = 0; c < channels; c++) {
      const to = (i * channels + c) * plane;
      if (own === 1 && c < 3) all.set(values.subarray(0, plane), to);
      else if (c < own) all.set(values.subarray(c * plane, (c + 1) * plane), to);
      else all.fill(1, to, to + plane); // opaque
    }
  });
  return encodePng(gridFromBatch(all, [cells.length, channels, height, width], { columns: rows[0].length }), text);
}

/** Images [N, C, H, W] of 1, 3 or 4 channels: of two (grey and alpha, or any other pair), the first, since no picture has two. */
function showable({ values, shape }: Cell): Cell {
  const [count, channels, ...pixels] = shape;
  if (channels !== 2) return { values, shape };
  const size = sizeOf(pixels);
  const first = new Float32Array(count * size);
  for (let i = 0; i < count; i++) first.set(values.subarray(2 * i * size, (2 * i + 1) * size), i * size);
  return { values: first, shape: [count, 1, ...pixels] };
}
