// A data set at a glance: a picture of some of its samples, laid out by kind.
import {
  CHARACTER_WIDTH,
  captionedGrid,
  encodePng,
  gridFromBatch,
  type Raster,
  scatterPlot,
} from "../formats/index.ts";
import type { Batch, Dataset } from "./dataset.ts";
import { sampleIndices } from "./inspection.ts";

/** The fewest points that show a distribution. */
const LEAST_POINTS = 2000;

/** Smaller pictures are enlarged a whole number of times, to this many pixels or more; where long captions need room, to the second. */
const LEAST_SIZE = 56;
const LEAST_OVER_TEXT = 96;

/** White, in a strip of so many pixels between the two domains. */
const STRIP = 6;

/**
 * A PNG of `count` samples, evenly spread over the set, or its first ones where it has no end: pictures with their labels, attributes
 * or captions underneath; pairs side by side, a left of b; domains one over the other, a above b; points as a scatter plot.
 *
 * @example await writeFile("sheet.png", await contactSheet(dataset, 64));
 */
export async function contactSheet(dataset: Dataset, count = 64): Promise<Uint8Array> {
  return encodePng(await sheetOf(dataset, count));
}

async function sheetOf(dataset: Dataset, count: number): Promise<Raster> {
  const { kind, shape, target, domains } = dataset;
  if (domains) return above(await sheetOf(domains.a, count), await sheetOf(domains.b, count));
  const indices = sampleIndices(dataset, kind === "points" ? Math.max(count, LEAST_POINTS) : count);
  const batch = await dataset.read(indices);
  if (kind === "points") return scatterPlot(batch.values, undefined, { size: 384 });
  if (batch.targets && target) {
    return gridFromBatch(...beside(inColour(batch.values, shape), inColour(batch.targets, target)));
  }
  const captions = indices.map((index, i) => dataset.caption?.(index) ?? labelsOf(dataset, batch, i));
  const isLong = captions.some(({ length }) => length * CHARACTER_WIDTH > LEAST_SIZE);
  const pictures = inColour(batch.values, shape, isLong ? LEAST_OVER_TEXT : LEAST_SIZE);
  if (!captions.some(Boolean)) return gridFromBatch(pictures.values, pictures.shape);
  return captionedGrid(pictures.values, pictures.shape, captions, { lines: 6 });
}

/** The class of a sample and what it has of the attributes, in words. */
function labelsOf({ classes, attributes = [] }: Dataset, batch: Batch, i: number): string {
  const had = attributes.filter((_, k) => batch.attributes?.[i * attributes.length + k] === 1);
  return [classes[batch.labels[i]], ...had].filter(Boolean).join(", ");
}

/** Pictures [n, 3, H, W]. */
interface Pictures {
  readonly values: Float32Array;
  readonly shape: readonly [count: number, channels: number, height: number, width: number];
}

/** Pictures [n, C, H, W] in red, green and blue, large enough to see: grey ones copied to all three, transparent ones laid on white. */
function inColour(values: Float32Array, [channels, height, width]: readonly number[], least = LEAST_SIZE): Pictures {
  const plane = height * width;
  const count = values.length / (channels * plane);
  const times = Math.max(1, Math.ceil(least / Math.min(height, width)));
  const shape = [count, 3, times * height, times * width] as const;
  const colours = new Float32Array(shape.reduce((product, side) => product * side, 1));
  for (let n = 0, to = 0; n < count; n++) {
    for (let c = 0; c < 3; c++) {
      const from = (n * channels + (channels === 1 ? 0 : c)) * plane;
      for (let y = 0; y < shape[2]; y++) {
        for (let x = 0; x < shape[3]; x++, to++) {
          const i = Math.floor(y / times) * width + Math.floor(x / times);
          const cover = channels === 4 ? (values[(n * 4 + 3) * plane + i] + 1) / 2 : 1;
          colours[to] = 1 + cover * (values[from + i] - 1);
        }
      }
    }
  }
  return { values: colours, shape };
}

/** Each picture with its counterpart on its right, the two without a gap. */
function beside(a: Pictures, b: Pictures): [values: Float32Array, shape: Pictures["shape"]] {
  const [count, channels, height, width] = a.shape;
  const joined = new Float32Array(2 * a.values.length);
  for (let row = 0; row < count * channels * height; row++) {
    joined.set(a.values.subarray(row * width, (row + 1) * width), 2 * row * width);
    joined.set(b.values.subarray(row * width, (row + 1) * width), (2 * row + 1) * width);
  }
  return [joined, [count, channels, height, 2 * width]];
}

/** Two pictures one over the other, flush left, a white strip between them. */
function above(a: Raster, b: Raster): Raster {
  const width = Math.max(a.width, b.width);
  const height = a.height + STRIP + b.height;
  const data = new Uint8Array(3 * width * height).fill(255);
  for (const [raster, top] of [
    [a, 0],
    [b, a.height + STRIP],
  ] as const) {
    for (let y = 0; y < raster.height; y++) {
      const row = raster.data.subarray(3 * y * raster.width, 3 * (y + 1) * raster.width);
      data.set(row, 3 * (top + y) * width);
    }
  }
  return { width, height, channels: 3, data };
}
