// Eigenvalues and eigenvectors of real symmetric matrices: Householder reflections make the matrix tridiagonal, implicit QL steps make that
// diagonal (Wilkinson and Reinsch 1971, Handbook for Automatic Computation II, contributions II/2 and II/3). Errors are of the size of
// float64's rounding, times the largest eigenvalue.

/** A symmetric matrix as λ₀ v₀v₀ᵀ + λ₁ v₁v₁ᵀ + … */
export interface Eigen {
  /** [d], ascending. */
  readonly values: Float64Array;
  /** [d, d]: row i is the unit eigenvector of value i. */
  readonly vectors: Float64Array;
}

/** Rotations that are gathered before they are applied, for each dimension. */
const GATHERED = 32;
/** Columns that rotations are applied to together: so many of all rows fit a core's own cache. */
const PANEL = 32;
/** Rows that reflections are applied to together. */
const ROWS = 8;
/** QL needs two steps for an eigenvalue, on the whole. */
const STEPS = 60;

/** The eigenvalues [d], ascending, of a symmetric matrix [d, d]; only its lower triangle is read. O(d³). */
export function eigenvalues(matrix: Float64Array): Float64Array {
  const { diagonal, beside, scale } = tridiagonalise(matrix);
  diagonalise(diagonal, beside);
  return diagonal.map((value) => value * scale).sort();
}

/** The eigenvalues and eigenvectors of a symmetric matrix [d, d]; only its lower triangle is read. O(d³), five times that of the values. */
export function eigen(matrix: Float64Array): Eigen {
  const { diagonal, beside, scale, ...reflections } = tridiagonalise(matrix);
  const d = diagonal.length;
  const rows = reflectedAxes(reflections, d);
  const rotations = gatherRotations(rows, d);
  diagonalise(diagonal, beside, rotations.add);
  rotations.apply();
  const order = Array.from(diagonal.keys()).sort((i, j) => diagonal[i] - diagonal[j]);
  const vectors = new Float64Array(d * d);
  for (const [to, from] of order.entries()) vectors.set(rows.subarray(from * d, (from + 1) * d), to * d);
  return { values: Float64Array.from(order, (i) => diagonal[i] * scale), vectors };
}

/**
 * A square root of a positive semi-definite matrix A [d, d] of rank r: R [r, d] with RᵀR = A, whose rows are its eigenvectors times the
 * roots of their eigenvalues. What cannot be told from 0 by rounding, or is below, is left out.
 */
export function squareRoot(matrix: Float64Array): Float64Array {
  const { values, vectors } = eigen(matrix);
  const d = values.length;
  const least = negligible(values);
  const first = values.findIndex((value) => value > least);
  const root = first < 0 ? new Float64Array(0) : vectors.slice(first * d);
  for (let i = 0; i < root.length; i++) root[i] *= Math.sqrt(values[first + Math.floor(i / d)]);
  return root;
}

/** What rounding may have made of an eigenvalue 0 among these, ascending. */
export function negligible(values: Float64Array): number {
  const d = values.length;
  return d === 0 ? 0 : d * Number.EPSILON * Math.max(-values[0], values[d - 1]);
}

interface Reflections {
  /** [d, d]: row i holds the first i numbers of uᵢ, the others of which are 0. */
  readonly u: Float64Array;
  /** [d]: Hᵢ = I − βᵢ uᵢuᵢᵀ. */
  readonly beta: Float64Array;
}

interface Tridiagonal extends Reflections {
  readonly diagonal: Float64Array;
  /** [d]: number i stands beside diagonal elements i and i + 1; the last is 0. */
  readonly beside: Float64Array;
  /** The matrix is this times Q T Qᵀ. */
  readonly scale: number;
}

/** A = scale · Q T Qᵀ with Q = H_{d−1} ⋯ H₂: Hᵢ brings row i to its last number before the diagonal, from the last row up. */
function tridiagonalise(matrix: Float64Array): Tridiagonal {
  const d = Math.sqrt(matrix.length);
  if (!Number.isInteger(d)) throw new Error(`a square matrix was expected, got ${matrix.length} numbers`);
  let scale = 0;
  for (let i = 0; i < d; i++) for (let j = 0; j <= i; j++) scale = Math.max(scale, Math.abs(matrix[i * d + j]));
  if (!Number.isFinite(scale)) throw new Error(`a matrix of finite numbers was expected, got ${scale}`);
  // Of size 1, so that no square overflows.
  const a = scale === 0 ? matrix.slice() : matrix.map((value) => value / scale);
  const diagonal = new Float64Array(d);
  const beside = new Float64Array(d);
  const beta = new Float64Array(d);
  const p = new Float64Array(d);
  for (let i = d - 1; i > 0; i--) {
    diagonal[i] = a[i * d + i];
    const u = a.subarray(i * d, i * d + i);
    let others = 0;
    for (let k = 0; k < i - 1; k++) others += u[k] * u[k];
    const last = u[i - 1];
    beside[i - 1] = last;
    if (others === 0) continue;
    const norm = Math.sqrt(others + last * last);
    const reflected = last > 0 ? -norm : norm;
    beside[i - 1] = reflected;
    u[i - 1] = last - reflected;
    beta[i] = 2 / (others + u[i - 1] * u[i - 1]);
    reflect(a, d, i, u, beta[i], p);
  }
  if (d > 0) diagonal[0] = a[0];
  return { diagonal, beside, scale, u: a, beta };
}

/** A ← H A H on the leading i rows and columns of [d, d], lower triangle: A − u qᵀ − q uᵀ with q = p − ½β(uᵀp) u, p = β A u. */
function reflect(a: Float64Array, d: number, i: number, u: Float64Array, beta: number, p: Float64Array): void {
  p.fill(0, 0, i);
  for (let r = 0; r < i; r++) {
    const at = r * d;
    const ur = u[r];
    let sum = a[at + r] * ur;
    for (let k = 0; k < r; k++) {
      const value = a[at + k];
      sum += value * u[k];
      p[k] += value * ur;
    }
    p[r] += sum;
  }
  let along = 0;
  for (let k = 0; k < i; k++) along += u[k] * p[k];
  for (let k = 0; k < i; k++) p[k] = beta * (p[k] - 0.5 * beta * along * u[k]);
  for (let r = 0; r < i; r++) {
    const at = r * d;
    const ur = u[r];
    const qr = p[r];
    for (let k = 0; k <= r; k++) a[at + k] -= ur * p[k] + qr * u[k];
  }
}

/** Qᵀ [d, d]: each axis by all reflections that move it, in turn. */
function reflectedAxes({ u, beta }: Reflections, d: number): Float64Array {
  const rows = new Float64Array(d * d);
  for (let r = 0; r < d; r++) rows[r * d + r] = 1;
  for (let first = 0; first < d; first += ROWS) {
    const end = Math.min(first + ROWS, d);
    for (let i = first + 1; i < d; i++) {
      if (beta[i] === 0) continue;
      const ofU = i * d;
      for (let r = first; r < Math.min(end, i); r++) {
        const at = r * d;
        let along = 0;
        for (let k = 0; k < i; k++) along += rows[at + k] * u[ofU + k];
        along *= beta[i];
        for (let k = 0; k < i; k++) rows[at + k] -= along * u[ofU + k];
      }
    }
  }
  return rows;
}

/** Is told of a rotation: zᵢ ← c zᵢ − s zᵢ₊₁ and zᵢ₊₁ ← s zᵢ + c zᵢ₊₁. */
type Rotate = (i: number, c: number, s: number) => void;

/** Makes a tridiagonal matrix diagonal, in place: QL steps with implicit shifts. */
function diagonalise(diagonal: Float64Array, beside: Float64Array, rotate: Rotate = () => {}): void {
  const d = diagonal.length;
  let size = 0;
  for (let i = 0; i < d; i++) size = Math.max(size, Math.abs(diagonal[i]) + Math.abs(beside[i]));
  const none = Number.EPSILON * size;
  for (let l = 0; l < d; l++) {
    for (let step = 0; ; step++) {
      let m = l;
      while (m < d - 1 && Math.abs(beside[m]) > none) m++;
      if (m === l) break;
      if (step === STEPS) throw new Error(`eigenvalue ${l} of ${d} was not found in ${STEPS} steps`);
      stepQl(diagonal, beside, l, m, rotate);
    }
  }
}

/** One QL step on rows l … m, shifted by the eigenvalue of the upper two rows that is nearer to the first. */
function stepQl(diagonal: Float64Array, beside: Float64Array, l: number, m: number, rotate: Rotate): void {
  const half = (diagonal[l + 1] - diagonal[l]) / (2 * beside[l]);
  const root = Math.sqrt(half * half + 1);
  let g = diagonal[m] - diagonal[l] + beside[l] / (half + (half < 0 ? -root : root));
  let c = 1;
  let s = 1;
  let shift = 0;
  for (let i = m - 1; i >= l; i--) {
    const f = s * beside[i];
    const b = c * beside[i];
    const r = Math.sqrt(f * f + g * g);
    beside[i + 1] = r;
    if (r === 0) {
      // The matrix has come apart here: the parts go on by themselves.
      diagonal[i + 1] -= shift;
      beside[m] = 0;
      return;
    }
    s = f / r;
    c = g / r;
    g = diagonal[i + 1] - shift;
    const t = (diagonal[i] - g) * s + 2 * c * b;
    shift = s * t;
    diagonal[i + 1] = g + shift;
    g = c * t - b;
    rotate(i, c, s);
  }
  diagonal[l] -= shift;
  beside[l] = g;
  beside[m] = 0;
}

/** Applies rotations to the rows of [d, d], many at a time, so that rows come from memory once for all of them. */
function gatherRotations(rows: Float64Array, d: number): { readonly add: Rotate; apply(): void } {
  const room = GATHERED * d;
  const at = new Int32Array(room);
  const cosines = new Float64Array(room);
  const sines = new Float64Array(room);
  let count = 0;
  const apply = () => {
    for (let from = 0; from < d; from += PANEL) {
      const width = Math.min(PANEL, d - from);
      for (let r = 0; r < count; r++) rotateRows(rows, at[r] * d + from, d, width, cosines[r], sines[r]);
    }
    count = 0;
  };
  return {
    add(i, c, s) {
      if (count === room) apply();
      at[count] = i;
      cosines[count] = c;
      sines[count++] = s;
    },
    apply,
  };
}

function rotateRows(rows: Float64Array, upper: number, d: number, width: number, c: number, s: number): void {
  for (let k = upper; k < upper + width; k++) {
    const above = rows[k];
    const below = rows[k + d];
    rows[k] = c * above - s * below;
    rows[k + d] = s * above + c * below;
  }
}
