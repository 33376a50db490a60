// A picture in memory, and a batch of network outputs laid out as one (after torchvision.utils.make_grid).

/** 8-bit pixels, row by row, channels together: data[(y·width + x)·channels + c]. 1 grey, 3 RGB, 4 RGBA. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  readonly data: Uint8Array;
}

/** The value 0, between black and white: visible beside pictures of either ground. */
const BACKGROUND = 128;

/**
 * One picture of a batch of images [N, C, H, W] in [−1, 1], row by row, `padding` pixels around each.
 * A value v becomes round((v + 1)·127.5), clamped to 0..255. Throws unless C is 1, 3 or 4.
 *
 * @example encodePng(gridFromBatch(samples, [64, 3, 32, 32], { columns: 8 }))
 */
export function gridFromBatch(
  batch: Float32Array,
  shape: readonly number[],
  { columns = Math.ceil(Math.sqrt(shape[0])), padding = 2 }: { columns?: number; padding?: number } = {},
): Raster {
  const [count, channels, height, width] = shape;
  if (shape.length !== 4 || count < 1 || batch.length !== count * channels * height * width) {
    throw new Error(`gridFromBatch: [N, C, H, W] = [${shape}] does not fit ${batch.length} values`);
  }
  if (channels !== 1 && channels !== 3 && channels !== 4) {
    throw new Error(`gridFromBatch: images must have 1, 3 or 4 channels, got ${channels} ([${shape}])`);
  }
  const across = Math.min(columns, count);
  const down = Math.ceil(count / across);
  const gridWidth = across * (width + padding) + padding;
  const gridHeight = down * (height + padding) + padding;
  const data = new Uint8Array(gridWidth * gridHeight * channels).fill(BACKGROUND);

  for (let n = 0; n < count; n++) {
    const left = padding + (n % across) * (width + padding);
    const top = padding + Math.floor(n / across) * (height + padding);
    for (let c = 0; c < channels; c++) {
      for (let y = 0; y < height; y++) {
        let from = ((n * channels + c) * height + y) * width;
        let to = ((top + y) * gridWidth + left) * channels + c;
        for (let x = 0; x < width; x++, from++, to += channels) {
          data[to] = Math.max(0, Math.min(255, Math.round((batch[from] + 1) * 127.5)));
        }
      }
    }
  }
  return { width: gridWidth, height: gridHeight, channels, data };
}
