// A batch of pictures laid out as one, each with its caption underneath.

import { CHARACTER_WIDTH, drawText, LINE_HEIGHT, wrapText } from "./bitmap-font.ts";
import { gridFromBatch, type Raster } from "./raster.ts";

/** Characters that a line of a caption has room for at least, however small the pictures. */
const LEAST_COLUMNS = 12;

export interface CaptionedGridOptions {
  readonly columns?: number;
  readonly padding?: number;
  /** Lines that a caption may take; a longer one is cut short. */
  readonly lines?: number;
}

/**
 * Pictures [N, C, H, W] in [−1, 1] laid out as by `gridFromBatch`, under each the caption of its place, wrapped to the picture's
 * width or to twelve characters, whichever is more. Throws unless C is 1, 3 or 4.
 *
 * @example encodePng(captionedGrid(samples, [8, 3, 64, 64], captions, { columns: 4 }))
 */
export function captionedGrid(
  batch: Float32Array,
  shape: readonly number[],
  captions: readonly string[],
  { columns = Math.ceil(Math.sqrt(shape[0])), padding = 2, lines: most = 5 }: CaptionedGridOptions = {},
): Raster {
  const [count, channels, height, width] = shape;
  const cellWidth = Math.max(width, (LEAST_COLUMNS + 1) * CHARACTER_WIDTH);
  const room = Math.floor(cellWidth / CHARACTER_WIDTH) - 1; // a character's width is left between neighbours
  const wrapped = captions.slice(0, count).map((text) => wrapText(text, room, most));
  const lines = Math.max(0, ...wrapped.map(({ length }) => length));
  const cellHeight = height + lines * LINE_HEIGHT;

  // Each picture in the middle of a wider and higher one of the grid's own ground, where its caption will stand.
  const cells = new Float32Array(count * channels * cellHeight * cellWidth);
  const left = Math.floor((cellWidth - width) / 2);
  for (let plane = 0; plane < count * channels; plane++) {
    for (let y = 0; y < height; y++) {
      const from = (plane * height + y) * width;
      cells.set(batch.subarray(from, from + width), (plane * cellHeight + y) * cellWidth + left);
    }
  }
  const grid = gridFromBatch(cells, [count, channels, cellHeight, cellWidth], { columns, padding });

  const across = Math.min(columns, count);
  wrapped.forEach((text, n) => {
    const x = padding + (n % across) * (cellWidth + padding);
    const y = padding + Math.floor(n / across) * (cellHeight + padding) + height;
    text.forEach((line, i) => {
      const indent = Math.floor((cellWidth - line.length * CHARACTER_WIDTH) / 2);
      drawText(grid, line, x + indent, y + i * LINE_HEIGHT + 2);
    });
  });
  return grid;
}
