// Resizing of images in floating point, antialiased: the kernel widens with the factor by which an image shrinks, so that no pixel is
// passed over (Parmar, Zhang & Zhu 2022, "On Aliased Resizing and Surprising Subtleties in GAN Evaluation", §3). Separable: rows, then
// columns; nothing is rounded to 8 bits in between.

/** Kernels of one variable, 0 beyond their radius. */
const KERNELS = {
  /** A triangle. */
  bilinear: { radius: 1, at: (x: number) => 1 - x },
  /** Keys (1981) with a = −½. */
  bicubic: {
    radius: 2,
    at: (x: number) => (x < 1 ? (1.5 * x - 2.5) * x * x + 1 : ((-0.5 * x + 2.5) * x - 4) * x + 2),
  },
} as const;

export type ResampleKernel = keyof typeof KERNELS;

/** What one pixel of the result is made of: the pixels from `start` on, each with its weight; the weights sum to 1. */
interface Taps {
  readonly start: number;
  readonly weights: Float64Array;
}

/**
 * A resizer of planes [h, w] to [height, width]. What the kernel overshoots is the caller's to clip.
 *
 * @example resampler([32, 32], [299, 299], "bicubic")(plane) // Float32Array of 299 × 299
 */
export function resampler(
  [h, w]: readonly [number, number],
  [height, width]: readonly [number, number],
  kernel: ResampleKernel,
): (plane: Float32Array) => Float32Array {
  const columns = tapsOf(w, width, kernel);
  const rows = tapsOf(h, height, kernel);
  return (plane) => {
    const narrow = new Float64Array(h * width); // each row at its new width
    for (let y = 0; y < h; y++) {
      for (let x = 0; x < width; x++) {
        const { start, weights } = columns[x];
        let sum = 0;
        for (let k = 0; k < weights.length; k++) sum += weights[k] * plane[y * w + start + k];
        narrow[y * width + x] = sum;
      }
    }
    const result = new Float32Array(height * width);
    for (let y = 0; y < height; y++) {
      const { start, weights } = rows[y];
      for (let x = 0; x < width; x++) {
        let sum = 0;
        for (let k = 0; k < weights.length; k++) sum += weights[k] * narrow[(start + k) * width + x];
        result[y * width + x] = sum;
      }
    }
    return result;
  };
}

/** The taps of each of `to` pixels over `from` pixels, their centres at (i + ½) · from / to; where the kernel leaves the image it is cut off. */
function tapsOf(from: number, to: number, kernel: ResampleKernel): Taps[] {
  const { radius, at } = KERNELS[kernel];
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  return Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * scale;
    const start = Math.max(0, Math.floor(centre - radius * stretch));
    const end = Math.min(from, Math.ceil(centre + radius * stretch));
    const weights = Float64Array.from({ length: end - start }, (_, k) => {
      const distance = Math.abs(start + k + 0.5 - centre) / stretch;
      return distance < radius ? at(distance) : 0;
    });
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { start, weights: weights.map((weight) => weight / sum) };
  });
}
