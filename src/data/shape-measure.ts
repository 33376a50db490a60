// What a picture of the set "shapes" shows, read off its pixels: the yardstick for pictures made from captions. It knows what
// shapes, hues, sizes and places there are, and nothing of how the picture came about.

import { hsv, placed, type Shape } from "./painter.ts";
import { HUES, PLACES, RADII, SHAPES, type ShapeTraits } from "./shapes.ts";

/** The traits that fit best, and how well their shape does: the overlap with what is there, as a share of both together. */
export type MeasuredShape = ShapeTraits & { readonly fit: number };

/** Turns that a shape is tried at, in radians. */
const TURNS = [-0.2, -0.1, 0, 0.1, 0.2];

/** Less than this of a colour's way from black to white sets nothing apart from its ground. */
const FAINTEST = 0.15;

/**
 * The traits of the shape in a picture [C, S, S] in [−1, 1], or undefined where nothing stands out from the ground. Alpha is passed over.
 * Throws unless it has 3 or 4 channels: colours cannot be read off grey.
 *
 * @example measureShape(values, [3, 64, 64])?.colour // "red"
 */
export function measureShape(
  image: Float32Array,
  [channels, height, size]: readonly number[],
): MeasuredShape | undefined {
  if (channels < 3 || height !== size || image.length !== channels * size * size) {
    throw new Error(`measureShape: needs a square picture in colours, got [${channels}, ${height}, ${size}]`);
  }
  const plane = size * size;
  const at = (c: number, i: number) => (image[c * plane + i] + 1) / 2;
  const edge = Array.from({ length: plane }, (_, i) => i).filter(
    (i) => i < size || i >= plane - size || i % size === 0 || i % size === size - 1,
  );
  const ground = [0, 1, 2].map((c) => median(edge.map((i) => at(c, i))));

  // How far a pixel is from the ground, as a share of the farthest (but for the farthest hundredth): the share that the shape covers of it.
  const away = Float64Array.from({ length: plane }, (_, i) =>
    Math.hypot(...ground.map((level, c) => at(c, i) - level)),
  );
  const most = away.toSorted()[Math.floor(0.99 * plane)];
  if (most < FAINTEST) return undefined;
  const cover = away.map((distance) => (distance < 0.3 * most ? 0 : Math.min(1, distance / most)));

  const sum = (of: (i: number) => number) => cover.reduce((total, share, i) => total + share * of(i), 0);
  const area = sum(() => 1);
  const x = sum((i) => (i % size) + 0.5) / area / size;
  const y = sum((i) => Math.floor(i / size) + 0.5) / area / size;
  const radius = Math.sqrt(area / Math.PI) / size;
  const colour = [0, 1, 2].map(
    (c) => sum((i) => (cover[i] > 0.7 ? at(c, i) : 0)) / sum((i) => (cover[i] > 0.7 ? 1 : 0)),
  );

  const fits = new Map<ShapeTraits["shape"], number>();
  for (const name of keysOf(SHAPES)) {
    const tried = TURNS.map((turn) => overlap(cover, area, placed(SHAPES[name], { x, y, scale: radius, turn }), size));
    fits.set(name, Math.max(...tried));
  }
  const shape = nearest(keysOf(SHAPES), (name) => -fits.get(name)!);
  return {
    shape,
    colour: nearest(keysOf(HUES), (name) => hueDistance(colour, HUES[name])),
    size: nearest(keysOf(RADII), (name) => Math.abs(Math.log(radius / RADII[name]))),
    place: nearest(keysOf(PLACES), (name) => Math.hypot(x - PLACES[name][0], y - PLACES[name][1])),
    fit: fits.get(shape)!,
  };
}

const keysOf = <K extends string>(table: Readonly<Record<K, unknown>>) => Object.keys(table) as K[];

/** The one with the least distance, the first of several. */
function nearest<T>(all: readonly T[], distance: (one: T) => number): T {
  return all.reduce((best, one) => (distance(one) < distance(best) ? one : best));
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1];
}

/** The share that cover and shape have in common of what either covers. */
function overlap(cover: Float64Array, total: number, shape: Shape, size: number): number {
  let both = 0;
  let covered = 0;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const away = shape((column + 0.5) / size, (row + 0.5) / size) * size;
      const share = Math.min(1, 0.5 - away);
      if (share <= 0) {
        column += Math.floor(away - 0.5); // as far as no edge can be
        continue;
      }
      covered += share;
      both += Math.min(share, cover[row * size + column]);
    }
  }
  return both / (total + covered - both);
}

/** How far a colour's direction from grey is from that of a hue: 0 the same, 2 the opposite. */
function hueDistance(colour: readonly number[], hue: number): number {
  const chroma = (rgb: readonly number[]) => {
    const grey = (rgb[0] + rgb[1] + rgb[2]) / 3;
    return rgb.map((level) => level - grey);
  };
  const [a, b] = [chroma(colour), chroma(hsv(hue, 1, 1))];
  const product = a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  return 1 - product / (Math.hypot(...a) * Math.hypot(...b) + 1e-9);
}
