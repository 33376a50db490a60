// Mean and covariance of rows that come batch by batch (Chan, Golub and LeVeque 1979, eq. 2.1): each batch about its own mean, so that nothing
// cancels, however far from 0 the rows lie. Memory is that of the covariance.

import { addProducts } from "./products.ts";

/** Rows that are summed together. */
const BATCH = 128;

export class Moments {
  /** d. */
  readonly size: number;
  readonly #mean: Float64Array;
  /** Σ (x − mean)(x − mean)ᵀ, its lower triangle. */
  readonly #scatter: Float64Array;
  #summed = 0;
  /** [BATCH, d]: rows that wait for others, the first `#waiting` of them. */
  readonly #rows: Float64Array;
  #waiting = 0;

  constructor(size: number) {
    this.size = size;
    this.#mean = new Float64Array(size);
    this.#scatter = new Float64Array(size * size);
    this.#rows = new Float64Array(BATCH * size);
  }

  /** n, so far. */
  get count(): number {
    return this.#summed + this.#waiting;
  }

  /** Adds rows [m, d]. */
  add(rows: Float32Array | Float64Array): void {
    if (rows.length % this.size !== 0) throw new Error(`rows of ${this.size} numbers: got ${rows.length} in all`);
    for (let at = 0; at < rows.length; ) {
      const taken = Math.min((BATCH - this.#waiting) * this.size, rows.length - at);
      this.#rows.set(rows.subarray(at, at + taken), this.#waiting * this.size);
      this.#waiting += taken / this.size;
      at += taken;
      if (this.#waiting === BATCH) this.#sum();
    }
  }

  /** Adds all rows that another one was given. */
  merge(other: Moments): void {
    this.#sum();
    other.#sum();
    this.#shift(other.#mean, other.#summed, (shift) => {
      for (let i = 0; i < this.size; i++) {
        for (let j = 0; j <= i; j++) {
          const at = i * this.size + j;
          this.#scatter[at] += other.#scatter[at] + shift[i] * shift[j];
        }
      }
    });
  }

  /** [d]; zeros without rows. */
  get mean(): Float64Array {
    this.#sum();
    return this.#mean.slice();
  }

  /** [d, d], over n − 1. At least two rows. */
  covariance(): Float64Array {
    this.#sum();
    const { size: d } = this;
    if (this.#summed < 2) throw new Error(`the covariance of ${this.#summed} rows`);
    const covariance = new Float64Array(d * d);
    for (let i = 0; i < d; i++) {
      for (let j = 0; j <= i; j++) {
        const value = this.#scatter[i * d + j] / (this.#summed - 1);
        covariance[i * d + j] = value;
        covariance[j * d + i] = value;
      }
    }
    return covariance;
  }

  /** Sums the rows that wait. */
  #sum(): void {
    const { size: d } = this;
    const n = this.#waiting;
    if (n === 0) return;
    const rows = this.#rows;
    const mean = new Float64Array(d);
    for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) mean[j] += rows[i * d + j];
    for (let j = 0; j < d; j++) mean[j] /= n;
    this.#shift(mean, n, (shift) => {
      // [d, n + 1]: the rows about their mean, on end, and beside them the way of the mean itself.
      const about = new Float64Array(d * (n + 1));
      for (let j = 0; j < d; j++) {
        for (let i = 0; i < n; i++) about[j * (n + 1) + i] = rows[i * d + j] - mean[j];
        about[j * (n + 1) + n] = shift[j];
      }
      addProducts(this.#scatter, about, about, n + 1, true);
    });
    this.#waiting = 0;
  }

  /** Takes in n rows of that mean; `add` adds their scatter and `shift` shiftᵀ, where shift = (their mean − mean) √(n N/(n + N)). */
  #shift(mean: Float64Array, n: number, add: (shift: Float64Array) => void): void {
    const all = this.#summed + n;
    if (n === 0) return;
    const scale = Math.sqrt((n * this.#summed) / all);
    add(mean.map((value, j) => (value - this.#mean[j]) * scale));
    for (let j = 0; j < this.size; j++) this.#mean[j] += ((mean[j] - this.#mean[j]) * n) / all;
    this.#summed = all;
  }
}

/** The moments of all rows that these were given. */
export function mergeMoments(parts: readonly Moments[]): Moments {
  const all = new Moments(parts[0].size);
  for (const part of parts) all.merge(part);
  return all;
}
