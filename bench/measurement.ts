// What one process measured of one training step, and what several say together.

/** The fields of torch_steps.py. Memory is the peak of the process, which ran nothing else. */
export interface Measurement {
  readonly workload: string;
  readonly framework: string;
  readonly threads: number;
  readonly batch: number;
  readonly medianMs: number;
  readonly minMs: number;
  readonly imagesPerSecond: number;
  readonly peakRssMiB: number;
}

/** More of our own: work, and the time before the first step. */
export interface OwnMeasurement extends Measurement {
  /** Of the step's matrix products and convolutions. */
  readonly gflop: number;
  /** From the recipe to the bytes of the ONNX graph. */
  readonly compileMs: number;
  /** From those to a session. */
  readonly sessionMs: number;
  /** From the start of the process to the end of the first step. */
  readonly firstStepMs: number;
}

/** Several processes' measurements of one step as one: the least of the minima, the median of the medians, the most memory. */
export function combine<M extends Measurement>(measurements: readonly M[]): M {
  const minMs = Math.min(...measurements.map((each) => each.minMs));
  const medianMs = median(measurements.map((each) => each.medianMs));
  const peakRssMiB = Math.max(...measurements.map((each) => each.peakRssMiB));
  const [first] = measurements;
  return { ...first, minMs, medianMs, peakRssMiB, imagesPerSecond: round((1000 * first.batch) / medianMs, 1) };
}

/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
