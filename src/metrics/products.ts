// Products of matrices in float64, a tile of 64 × 64 numbers at a time: what covariances, their roots and kernels rest on. More than 10⁹
// multiplications a second.

const TILE = 64;
/** Numbers of a row read together: two tiles of them fit a core's own cache. */
const DEPTH = 256;

/**
 * Adds A Bᵀ to `out` [n, m], of A [n, k] and B [m, k]: the products of their rows; with `lower`, on and below the diagonal only.
 *
 * @example addProducts(out, X, X, k, true); // the lower triangle of out += X Xᵀ
 */
export function addProducts(out: Float64Array, a: Float64Array, b: Float64Array, k: number, lower = false): void {
  const [n, m] = [a.length / k, b.length / k];
  const ofA = new Float64Array(TILE * Math.min(DEPTH, k));
  const ofB = new Float64Array(TILE * Math.min(DEPTH, k));
  const sums = new Float64Array(TILE * TILE);
  for (let i = 0; i < n; i += TILE) {
    const rows = Math.min(TILE, n - i);
    for (let j = 0; j < m && !(lower && j > i); j += TILE) {
      const columns = Math.min(TILE, m - j);
      sums.fill(0);
      for (let depth = 0; depth < k; depth += DEPTH) {
        const width = Math.min(DEPTH, k - depth);
        // Where features do not vary together, whole tiles are zero.
        if (!pack(a, i, rows, k, depth, width, ofA) || !pack(b, j, columns, k, depth, width, ofB)) continue;
        addTile(ofA, ofB, rows, columns, width, sums);
      }
      for (let r = 0; r < rows; r++) {
        const end = lower ? Math.min(columns, i + r + 1 - j) : columns;
        for (let c = 0; c < end; c++) out[(i + r) * m + j + c] += sums[r * TILE + c];
      }
    }
  }
}

/** Copies columns `from` … `from + width − 1` of rows `row` … `row + n − 1` of [·, k]; whether any of them is not zero. */
function pack(
  of: Float64Array,
  row: number,
  n: number,
  k: number,
  from: number,
  width: number,
  out: Float64Array,
): boolean {
  let any = false;
  for (let r = 0; r < n; r++) {
    const at = (row + r) * k + from;
    for (let c = 0; c < width; c++) {
      const value = of[at + c];
      out[r * width + c] = value;
      if (value !== 0) any = true;
    }
  }
  return any;
}

/** Four rows by two at once, so that each number read serves several sums. Beyond n and m stands what the buffers held before: nobody reads it. */
function addTile(a: Float64Array, b: Float64Array, n: number, m: number, width: number, sums: Float64Array): void {
  for (let i = 0; i < n; i += 4) {
    const p0 = i * width;
    const p1 = p0 + width;
    const p2 = p1 + width;
    const p3 = p2 + width;
    for (let j = 0; j < m; j += 2) {
      const q0 = j * width;
      const q1 = q0 + width;
      let s00 = 0;
      let s01 = 0;
      let s10 = 0;
      let s11 = 0;
      let s20 = 0;
      let s21 = 0;
      let s30 = 0;
      let s31 = 0;
      for (let k = 0; k < width; k++) {
        const a0 = a[p0 + k];
        const a1 = a[p1 + k];
        const a2 = a[p2 + k];
        const a3 = a[p3 + k];
        const b0 = b[q0 + k];
        const b1 = b[q1 + k];
        s00 += a0 * b0;
        s01 += a0 * b1;
        s10 += a1 * b0;
        s11 += a1 * b1;
        s20 += a2 * b0;
        s21 += a2 * b1;
        s30 += a3 * b0;
        s31 += a3 * b1;
      }
      const at = i * TILE + j;
      sums[at] += s00;
      sums[at + 1] += s01;
      sums[at + TILE] += s10;
      sums[at + TILE + 1] += s11;
      sums[at + 2 * TILE] += s20;
      sums[at + 2 * TILE + 1] += s21;
      sums[at + 3 * TILE] += s30;
      sums[at + 3 * TILE + 1] += s31;
    }
  }
}
