// Structural similarity of two images: at one scale (Wang et al. 2004), and at several (Wang, Simoncelli and Bovik 2003), with their constants,
// weights and window.

/** Exponents of the scales, the finest first. */
const WEIGHTS = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];
/** Pixels across the Gaussian window, and its σ. */
const WINDOW = 11;
const SIGMA = 1.5;
/** C₁ = (K₁ range)², C₂ = (K₂ range)². */
const K1 = 0.01;
const K2 = 0.03;

/** [C, H, W] */
export type ImageShape = readonly [channels: number, height: number, width: number];

/** How many of the five scales, each half the size of the one before, are as large as the window; one at least. */
export function scalesOf([, height, width]: ImageShape): number {
  const fitting = Math.floor(Math.log2(Math.min(height, width) / WINDOW)) + 1;
  return Math.min(WEIGHTS.length, Math.max(1, fitting));
}

/**
 * MS-SSIM of images a and b [C, H, W] whose values run from 0 to `range`: 1 for equal images, about 0 for unlike ones.
 *
 * ∏ over the scales before the last of cs^w, times (l cs)^w of the last, where l and cs are SSIM's luminance and contrast-structure terms, cs
 * and l cs averaged over channels and pixels and taken for 0 below it. With fewer scales than five, their weights are made to sum to 1.
 * Where an image is smaller than the window, the window shrinks to it.
 */
export function msSsim(
  a: Float32Array,
  b: Float32Array,
  shape: ImageShape,
  range: number,
  scales = scalesOf(shape),
): number {
  const weights = WEIGHTS.slice(0, scales);
  const sum = weights.reduce((all, weight) => all + weight, 0);
  let x: Float64Array = Float64Array.from(a);
  let y: Float64Array = Float64Array.from(b);
  let [channels, height, width] = shape;
  let result = 1;
  for (let s = 0; s < scales; s++) {
    const { cs, lcs } = similarity(x, y, [channels, height, width], range);
    result *= Math.max(0, s < scales - 1 ? cs : lcs) ** (weights[s] / sum);
    if (s === scales - 1) break;
    x = halved(x, [channels, height, width]);
    y = halved(y, [channels, height, width]);
    height >>= 1;
    width >>= 1;
  }
  return result;
}

/**
 * SSIM of images a and b [C, H, W] whose values run from 0 to `range`, at their own size alone (Wang, Bovik, Sheikh and Simoncelli 2004): 1
 * for equal images, about 0 for unlike ones, below it for opposite ones.
 */
export function ssim(a: Float32Array, b: Float32Array, shape: ImageShape, range: number): number {
  return similarity(Float64Array.from(a), Float64Array.from(b), shape, range).lcs;
}

/** Means over channels and the window's places of cs and of l cs. */
function similarity(
  x: Float64Array,
  y: Float64Array,
  [channels, height, width]: ImageShape,
  range: number,
): { cs: number; lcs: number } {
  const taps = gaussian(Math.min(WINDOW, height, width));
  const c1 = (K1 * range) ** 2;
  const c2 = (K2 * range) ** 2;
  const pixels = height * width;
  let [cs, lcs, count] = [0, 0, 0];
  const mean = (values: Float64Array) => blurred(values, height, width, taps);
  for (let c = 0; c < channels; c++) {
    const u = x.subarray(c * pixels, (c + 1) * pixels);
    const v = y.subarray(c * pixels, (c + 1) * pixels);
    const [mu, mv] = [mean(u), mean(v)];
    const [uu, vv, uv] = [mean(product(u, u)), mean(product(v, v)), mean(product(u, v))];
    for (let i = 0; i < mu.length; i++) {
      const means = mu[i] * mv[i];
      const squares = mu[i] * mu[i] + mv[i] * mv[i];
      const structure = (2 * (uv[i] - means) + c2) / (uu[i] + vv[i] - squares + c2);
      cs += structure;
      lcs += structure * ((2 * means + c1) / (squares + c1));
    }
    count += mu.length;
  }
  return { cs: cs / count, lcs: lcs / count };
}

const product = (u: Float64Array, v: Float64Array) => u.map((value, i) => value * v[i]);

/** [size]: a Gaussian about the middle, summing to 1; narrower by as much as it is smaller than the whole window. */
function gaussian(size: number): Float64Array {
  const sigma = (SIGMA * size) / WINDOW;
  const weights = Float64Array.from({ length: size }, (_, i) => Math.exp(-(((i - (size - 1) / 2) / sigma) ** 2) / 2));
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** [H, W] → [H − size + 1, W − size + 1]: the window's means wherever it lies within the image, rows first. */
function blurred(values: Float64Array, height: number, width: number, taps: Float64Array): Float64Array {
  const [high, wide] = [height - taps.length + 1, width - taps.length + 1];
  const rows = new Float64Array(height * wide);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < wide; x++) {
      let sum = 0;
      for (let k = 0; k < taps.length; k++) sum += taps[k] * values[y * width + x + k];
      rows[y * wide + x] = sum;
    }
  }
  const out = new Float64Array(high * wide);
  for (let y = 0; y < high; y++) {
    for (let x = 0; x < wide; x++) {
      let sum = 0;
      for (let k = 0; k < taps.length; k++) sum += taps[k] * rows[(y + k) * wide + x];
      out[y * wide + x] = sum;
    }
  }
  return out;
}

/** [C, H, W] → [C, ⌊H/2⌋, ⌊W/2⌋]: means of 2 × 2 pixels; an odd row or column is left out. */
function halved(values: Float64Array, [channels, height, width]: ImageShape): Float64Array {
  const [high, wide] = [height >> 1, width >> 1];
  const out = new Float64Array(channels * high * wide);
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < high; y++) {
      for (let x = 0; x < wide; x++) {
        const at = (c * height + 2 * y) * width + 2 * x;
        out[(c * high + y) * wide + x] =
          (values[at] + values[at + 1] + values[at + width] + values[at + width + 1]) / 4;
      }
    }
  }
  return out;
}
