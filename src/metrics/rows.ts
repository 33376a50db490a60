// Rows of numbers, kept in the arrays they came in: what several metrics keep of the same features is in memory once.

/** Rows [n, size]. The arrays added to it are kept, not copied: nobody may change them afterwards. */
export class Rows {
  readonly size: number;
  readonly #parts: { readonly from: number; readonly values: Float32Array }[] = [];
  #count = 0;

  constructor(size: number, parts: readonly Float32Array[] = []) {
    this.size = size;
    for (const part of parts) this.add(part);
  }

  /** n, so far. */
  get count(): number {
    return this.#count;
  }

  /** The arrays of rows `start` … `end − 1`, in order. */
  slice(start: number, end: number): Float32Array[] {
    const parts = this.#parts.map(({ from, values }) =>
      values.subarray(Math.max(0, start - from) * this.size, Math.max(0, end - from) * this.size),
    );
    return parts.filter(({ length }) => length > 0);
  }

  /** Adds rows [m, size]. */
  add(values: Float32Array): void {
    if (values.length % this.size !== 0) throw new Error(`rows of ${this.size} numbers: got ${values.length} in all`);
    this.#parts.push({ from: this.#count, values });
    this.#count += values.length / this.size;
  }

  /** Copies columns `column` … `column + width − 1` of rows `start` … `start + n − 1` to `out` [n, width]. */
  read(start: number, n: number, column: number, width: number, out: Float64Array): void {
    let part = this.#parts.findLastIndex(({ from }) => from <= start);
    for (let i = 0; i < n; i++) {
      while ((start + i - this.#parts[part].from) * this.size >= this.#parts[part].values.length) part++;
      const { from, values } = this.#parts[part];
      const at = (start + i - from) * this.size + column;
      for (let k = 0; k < width; k++) out[i * width + k] = values[at + k];
    }
  }
}
