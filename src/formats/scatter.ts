// A scatter plot of 2-D samples as a picture: how the toy data sets' figures are drawn (e.g. Metz et al. 2017, figure 2).

import type { Raster } from "./raster.ts";

type Colour = readonly [red: number, green: number, blue: number];

const REFERENCE: Colour = [205, 205, 205];
const INSIDE: Colour = [31, 100, 180]; // blue
const OUTSIDE: Colour = [240, 130, 20]; // orange

/**
 * An RGB picture, size × size, of `points` [N, 2] in blue over `reference` points [M, 2] in light grey, y upwards.
 * It shows [−range, range]²; without a range, what holds the reference (or, without one, the points), and a margin.
 * Points past the edge are drawn orange on it; points that are not finite are left out.
 *
 * @example encodePng(scatterPlot(generated, ring, { range: 1.5 }))
 */
export function scatterPlot(
  points: Float32Array,
  reference?: Float32Array,
  { size = 320, range = 1.15 * largest(reference ?? points) }: { size?: number; range?: number } = {},
): Raster {
  const data = new Uint8Array(3 * size * size).fill(255);
  const radius = Math.max(1, Math.round(size / 200));

  function draw(values: Float32Array, inside: Colour, outside: Colour | undefined): void {
    for (let i = 0; i + 1 < values.length; i += 2) {
      const x = values[i] / range;
      const y = values[i + 1] / range;
      if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
      const colour = Math.max(Math.abs(x), Math.abs(y)) <= 1 ? inside : outside;
      if (colour !== undefined) disc(pixel(x), pixel(-y), colour);
    }
  }

  /** [−1, 1] → the pixels whose disc lies wholly in the picture. */
  function pixel(v: number): number {
    return Math.round(radius + ((Math.max(-1, Math.min(1, v)) + 1) / 2) * (size - 1 - 2 * radius));
  }

  function disc(centreX: number, centreY: number, colour: Colour): void {
    for (let dy = -radius; dy <= radius; dy++) {
      for (let dx = -radius; dx <= radius; dx++) {
        if (dx * dx + dy * dy <= radius * radius) data.set(colour, 3 * ((centreY + dy) * size + centreX + dx));
      }
    }
  }

  if (reference !== undefined) draw(reference, REFERENCE, undefined);
  draw(points, INSIDE, OUTSIDE);
  return { width: size, height: size, channels: 3, data };
}

/** The largest finite |value|, or 1 when there is none above 0. */
function largest(values: Float32Array): number {
  let most = 0;
  for (const value of values) if (Number.isFinite(value)) most = Math.max(most, Math.abs(value));
  return most || 1;
}
