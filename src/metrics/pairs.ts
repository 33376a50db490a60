// Every row against every row, a tile of 64 × 64 pairs at a time, so that memory is that of a tile. The distance of two rows depends
// on them alone, to the last bit: each sum runs over the columns in order, however the rows came. About 10⁹ differences a second.

import type { Rows } from "./rows.ts";

const TILE = 64;
/** Columns read together: two tiles of them fit a core's own cache. */
const DEPTH = 256;

/** Is told how far rows i and j are apart, squared. */
export type Visit = (i: number, j: number, distance: number) => void;

/** Visits |aᵢ − bⱼ|² of each row i of `a` [n, d] with each row j of `b` [m, d]; exactly 0 for equal rows. O(n m d) time. */
export function eachDistance(a: Rows, b: Rows, visit: Visit): void {
  eachTile(a, b, false, visit);
}

/** Visits |aᵢ − aⱼ|² of each two rows i < j of `a` [n, d], once. */
export function eachDistanceWithin(a: Rows, visit: Visit): void {
  eachTile(a, a, true, visit);
}

function eachTile(a: Rows, b: Rows, above: boolean, visit: Visit): void {
  if (a.size !== b.size) throw new Error(`rows of ${a.size} numbers beside rows of ${b.size}`);
  const ofA = new Float64Array(TILE * DEPTH);
  const ofB = new Float64Array(TILE * DEPTH);
  const sums = new Float64Array(TILE * TILE);
  for (let i = 0; i < a.count; i += TILE) {
    const n = Math.min(TILE, a.count - i);
    for (let j = above ? i : 0; j < b.count; j += TILE) {
      const m = Math.min(TILE, b.count - j);
      sums.fill(0);
      for (let column = 0; column < a.size; column += DEPTH) {
        const width = Math.min(DEPTH, a.size - column);
        a.read(i, n, column, width, ofA);
        b.read(j, m, column, width, ofB);
        addSquares(ofA, ofB, n, m, width, sums);
      }
      for (let r = 0; r < n; r++) {
        for (let c = above ? Math.max(0, i + r + 1 - j) : 0; c < m; c++) visit(i + r, j + c, sums[r * TILE + c]);
      }
    }
  }
}

// Two rows by two rows at once, so that each number read serves two sums. An odd row's partner is what the buffers held before: nobody
// reads those sums.

function addSquares(a: Float64Array, b: Float64Array, n: number, m: number, width: number, sums: Float64Array): void {
  for (let i = 0; i < n; i += 2) {
    for (let j = 0; j < m; j += 2) {
      const [p0, p1, q0, q1] = [i * width, (i + 1) * width, j * width, (j + 1) * width];
      const [upper, lower] = [i * TILE + j, (i + 1) * TILE + j];
      let s00 = sums[upper];
      let s01 = sums[upper + 1];
      let s10 = sums[lower];
      let s11 = sums[lower + 1];
      for (let k = 0; k < width; k++) {
        const a0 = a[p0 + k];
        const a1 = a[p1 + k];
        const b0 = b[q0 + k];
        const b1 = b[q1 + k];
        s00 += (a0 - b0) * (a0 - b0);
        s01 += (a0 - b1) * (a0 - b1);
        s10 += (a1 - b0) * (a1 - b0);
        s11 += (a1 - b1) * (a1 - b1);
      }
      sums[upper] = s00;
      sums[upper + 1] = s01;
      sums[lower] = s10;
      sums[lower + 1] = s11;
    }
  }
}
