// Samples as vectors: their spread, how far they are apart, and where they lie along the main directions of the data.

import { eachDistanceWithin } from "../pairs.ts";
import { Rows } from "../rows.ts";
import { eigen } from "../symmetric.ts";

/** Vectors [n, size], one after another. */
export interface Vectors {
  readonly values: Float32Array;
  readonly size: number;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

/** Pixels to a side that pictures are reduced to: diversity and place do not depend on fine detail, and 16 × 16 is quick. */
const SIDE = 16;

/** Samples [n, ...shape] as vectors; pictures larger than 16 pixels by the means of square patches. */
export function coarse(values: Float32Array, shape: readonly number[]): Vectors {
  const isLarge = shape.length === 3 && Math.max(shape[1], shape[2]) > SIDE;
  return isLarge ? reduced(values, shape) : { values, size: sizeOf(shape) };
}

function reduced(values: Float32Array, [channels, height, width]: readonly number[]): Vectors {
  const patch = Math.ceil(Math.max(height, width) / SIDE);
  const [rows, columns] = [Math.ceil(height / patch), Math.ceil(width / patch)];
  const planes = values.length / (height * width);
  const means = new Float32Array(planes * rows * columns);
  const part = 1 / (patch * patch);
  for (let plane = 0; plane < planes; plane++) {
    for (let y = 0; y < height; y++) {
      let from = (plane * height + y) * width;
      const to = (plane * rows + Math.floor(y / patch)) * columns;
      for (let column = 0; column < columns; column++) {
        let sum = 0;
        for (const end = Math.min((column + 1) * patch, width) - column * patch + from; from < end; from++) {
          sum += values[from];
        }
        means[to + column] += sum * part;
      }
    }
  }
  return { values: means, size: channels * rows * columns };
}

/** Σ over dimensions of the variance, over the samples [n, size]. */
export function totalVariance(values: Float32Array, size: number): number {
  const n = values.length / size;
  const mean = new Float64Array(size);
  for (let i = 0; i < values.length; i += size) for (let k = 0; k < size; k++) mean[k] += values[i + k];
  for (let k = 0; k < size; k++) mean[k] /= n;
  let squares = 0;
  for (let i = 0; i < values.length; i += size) {
    for (let k = 0; k < size; k++) squares += (values[i + k] - mean[k]) * (values[i + k] - mean[k]);
  }
  return squares / n;
}

/** The root mean square distance of two samples of [n, ...shape]: √(2 · total variance). */
export function spreadOf(values: Float32Array, shape: readonly number[]): number {
  return Math.sqrt(2 * totalVariance(values, sizeOf(shape)));
}

/** Of distances between different samples: their mean, and each sample's to the nearest other. */
export interface Distances {
  readonly mean: number;
  readonly nearest: Float64Array;
}

export function distancesAmong({ values, size }: Vectors): Distances {
  const rows = new Rows(size, [values]);
  const nearest = new Float64Array(rows.count).fill(Number.POSITIVE_INFINITY);
  let sum = 0;
  eachDistanceWithin(rows, (i, j, square) => {
    const distance = Math.sqrt(square);
    sum += distance;
    if (distance < nearest[i]) nearest[i] = distance;
    if (distance < nearest[j]) nearest[j] = distance;
  });
  return { mean: sum / ((rows.count * (rows.count - 1)) / 2), nearest };
}

/** A direction of unit length, and how far the data spread along it. */
export interface Axis {
  readonly direction: Float64Array;
  readonly deviation: number;
}

/**
 * The data's first `count` principal axes, fewer where they have no more. There are fewer samples than dimensions, so they are found
 * from the products of centred samples X Xᵀ [n, n]: an eigenvector u of value λ gives the direction Xᵀu/√λ.
 */
export function principalAxes({ values, size }: Vectors, count: number): Axis[] {
  const n = values.length / size;
  const centred = Float64Array.from(values);
  for (let k = 0; k < size; k++) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += values[i * size + k];
    for (let i = 0; i < n; i++) centred[i * size + k] -= sum / n;
  }
  const products = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      for (let k = 0; k < size; k++) products[i * n + j] += centred[i * size + k] * centred[j * size + k];
    }
  }
  const { values: powers, vectors } = eigen(products);
  const axes: Axis[] = [];
  for (let a = n - 1; a >= Math.max(0, n - count, n - size); a--) {
    if (!(powers[a] > 1e-6 * powers[n - 1])) break;
    const direction = new Float64Array(size);
    for (let i = 0; i < n; i++) {
      const weight = vectors[a * n + i] / Math.sqrt(powers[a]);
      for (let k = 0; k < size; k++) direction[k] += weight * centred[i * size + k];
    }
    axes.push({ direction, deviation: Math.sqrt(powers[a] / n) });
  }
  return axes;
}

/** Where the samples lie: their mean along each axis, in the data's standard deviations. */
export function placeOf({ values, size }: Vectors, axes: readonly Axis[]): number[] {
  const n = values.length / size;
  return axes.map(({ direction, deviation }) => {
    let sum = 0;
    for (let i = 0; i < n; i++) for (let k = 0; k < size; k++) sum += values[i * size + k] * direction[k];
    return sum / n / deviation;
  });
}
