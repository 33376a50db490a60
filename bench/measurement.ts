// What one process measured of one workload, and what several say together.

/** The fields of torch_steps.py. Memory is the peak of the process, which ran nothing else. */
export interface Measurement {
  readonly workload: string;
  readonly framework: string;
  readonly threads: number;
  /** Images in what is timed once: a step's batch, or all the samples made. */
  readonly batch: number;
  readonly medianMs: number;
  readonly minMs: number;
  readonly imagesPerSecond: number;
  readonly peakRssMiB: number;
  /** Of all networks that take part; by torch_more.py, not by torch_steps.py. */
  readonly parameters?: number;
  /** Of the matrix products and convolutions; likewise, where torch can count it. */
  readonly gflop?: number;
}

/** More of our own: work, and the time before the first step. */
export interface OwnMeasurement extends Measurement {
  readonly parameters: number;
  readonly gflop: number;
  /** From the recipe to the bytes of the ONNX graph; of training steps. */
  readonly compileMs?: number;
  /** From those to a session. */
  readonly sessionMs?: number;
  /** From the start of the process to the beginning of the first step: modules loaded, graph compiled, weights drawn. */
  readonly readyMs?: number;
  /** From the start of the process to the end of the first step, or of the first batch of samples. */
  readonly firstStepMs: number;
}

/** Several processes' measurements of one workload as one: the least of the minima, the median of the medians, the most memory. */
export function combine<M extends Measurement>(measurements: readonly M[]): M {
  const minMs = Math.min(...measurements.map((each) => each.minMs));
  const medianMs = median(measurements.map((each) => each.medianMs));
  const peakRssMiB = Math.max(...measurements.map((each) => each.peakRssMiB));
  const [first] = measurements;
  return { ...first, minMs, medianMs, peakRssMiB, imagesPerSecond: round((1000 * first.batch) / medianMs, 1) };
}

/** Why two measurements are not of the same work, or undefined where nothing speaks against it. */
export function mismatch(own: OwnMeasurement, other: Measurement): string | undefined {
  if (other.parameters !== undefined && other.parameters !== own.parameters) {
    return `its networks have ${other.parameters} parameters, ours ${own.parameters}`;
  }
  // What is not the networks', as a history of pictures kept by a product with a permutation, is a hundredth at most.
  if (other.gflop !== undefined && Math.abs(other.gflop / own.gflop - 1) > 0.01) {
    return `it does ${other.gflop} GFLOP, ours ${own.gflop}`;
  }
  return undefined;
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
