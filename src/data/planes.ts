// Filters over one plane [height, width] of numbers; what lies past the border is taken from its nearest pixel.

export interface Plane {
  readonly data: Float32Array;
  readonly height: number;
  readonly width: number;
}

/** Blurs by a Gaussian of standard deviation `sigma` pixels, cut off at 3σ: rows, then columns. */
export function blurred({ data, height, width }: Plane, sigma: number): Plane {
  const reach = Math.max(1, Math.ceil(3 * sigma));
  const bell = Float64Array.from({ length: reach + 1 }, (_, i) => Math.exp(-(i ** 2) / (2 * sigma ** 2)));
  const total = bell.reduce((sum, weight) => sum + 2 * weight, -bell[0]);
  const weights = bell.map((weight) => weight / total); // of a pixel and of those to its left and right
  const line = new Float64Array(Math.max(height, width) + 2 * reach);
  const pass = (from: Float32Array, length: number, step: number, lines: number, lineStep: number) => {
    const to = new Float32Array(from.length);
    for (let start = 0; start < lines * lineStep; start += lineStep) {
      for (let i = 0; i < length; i++) line[reach + i] = from[start + i * step];
      line.fill(from[start], 0, reach);
      line.fill(from[start + (length - 1) * step], reach + length, length + 2 * reach);
      for (let i = 0; i < length; i++) {
        const at = i + reach;
        let sum = weights[0] * line[at];
        for (let k = 1; k <= reach; k++) sum += weights[k] * (line[at - k] + line[at + k]);
        to[start + i * step] = sum;
      }
    }
    return to;
  };
  const rows = pass(data, width, 1, height, width);
  return { data: pass(rows, height, width, width, 1), height, width };
}

/** The steepest slope of several planes at each pixel: its size, as the difference over two pixels, and which way it goes. */
interface Slopes {
  readonly sizes: Float32Array;
  /** In eighths of a turn, modulo 4. */
  readonly ways: Uint8Array;
}

/** By Sobel's masks. */
function slopesOf(planes: readonly Plane[]): Slopes {
  const [{ height, width }] = planes;
  const sizes = new Float32Array(height * width);
  const ways = new Uint8Array(height * width);
  for (const { data } of planes) {
    for (let y = 0; y < height; y++) {
      const [above, row, below] = [Math.max(0, y - 1), y, Math.min(height - 1, y + 1)].map((v) => v * width);
      for (let x = 0; x < width; x++) {
        const [left, right] = [Math.max(0, x - 1), Math.min(width - 1, x + 1)];
        const [ne, nw, se, sw] = [data[above + right], data[above + left], data[below + right], data[below + left]];
        const dx = (ne + 2 * data[row + right] + se - nw - 2 * data[row + left] - sw) / 4;
        const dy = (sw + 2 * data[below + x] + se - nw - 2 * data[above + x] - ne) / 4;
        const size = Math.sqrt(dx * dx + dy * dy);
        if (size <= sizes[row + x]) continue;
        sizes[row + x] = size;
        ways[row + x] = (Math.round(Math.atan2(dy, dx) / (Math.PI / 4)) + 8) % 4;
      }
    }
  }
  return { sizes, ways };
}

/** To the next pixel along a slope that goes 0, 1, 2 or 3 eighths of a turn. */
const ALONG = [
  [1, 0],
  [1, 1],
  [0, 1],
  [-1, 1],
] as const;

/**
 * The edges in some planes of one picture as thin lines, 1 on them and 0 elsewhere, by Canny's method (1986): smoothing by `sigma`
 * pixels, slopes, of these the ridges alone, and of the ridges the lines that somewhere rise above a threshold and nowhere fall
 * below 0.4 of it. The threshold is the slope that a share `steep` of the pixels exceed, but within `least` and `most`.
 */
export function edgesOf(
  planes: readonly Plane[],
  { sigma, steep, least, most }: { sigma: number; steep: number; least: number; most: number },
): Plane {
  const [{ height, width }] = planes;
  const { sizes, ways } = slopesOf(planes.map((plane) => blurred(plane, sigma)));
  const steepest = sizes.toSorted()[Math.floor((1 - steep) * (sizes.length - 1))];
  const high = Math.min(most, Math.max(least, steepest));
  const sizeAt = (x: number, y: number) => (x < 0 || x >= width || y < 0 || y >= height ? 0 : sizes[y * width + x]);
  const isRidge = (x: number, y: number) => {
    const size = sizes[y * width + x];
    const [dx, dy] = ALONG[ways[y * width + x]];
    // ≥ on one side alone, so that of two equal neighbours one remains.
    return size >= 0.4 * high && size > sizeAt(x - dx, y - dy) && size >= sizeAt(x + dx, y + dy);
  };
  const lines = new Float32Array(height * width);
  const open: number[] = [];
  const mark = (x: number, y: number) => {
    const i = y * width + x;
    if (lines[i] === 1 || !isRidge(x, y)) return;
    lines[i] = 1;
    open.push(i);
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (sizes[y * width + x] >= high) mark(x, y);
      for (let next = open.pop(); next !== undefined; next = open.pop()) {
        const [u, v] = [next % width, Math.floor(next / width)];
        for (let j = Math.max(0, v - 1); j <= Math.min(height - 1, v + 1); j++) {
          for (let i = Math.max(0, u - 1); i <= Math.min(width - 1, u + 1); i++) mark(i, j);
        }
      }
    }
  }
  return { data: lines, height, width };
}

/** Of whole numbers from 0 to `kinds` − 1, the commonest in the square of `reach` pixels around each (of equals, the smallest). */
export function commonest({ data, height, width }: Plane, reach: number, kinds: number): Plane {
  const result = new Float32Array(data.length);
  const counts = new Int32Array(kinds);
  for (let y = 0; y < height; y++) {
    const count = (column: number, change: 1 | -1) => {
      const x = Math.min(width - 1, Math.max(0, column));
      for (let v = y - reach; v <= y + reach; v++) {
        counts[data[Math.min(height - 1, Math.max(0, v)) * width + x]] += change;
      }
    };
    counts.fill(0);
    for (let x = -reach; x < reach; x++) count(x, 1);
    for (let x = 0; x < width; x++) {
      count(x + reach, 1); // the square slides: one column comes, one goes
      let best = 0;
      for (let kind = 1; kind < kinds; kind++) if (counts[kind] > counts[best]) best = kind;
      result[y * width + x] = best;
      count(x - reach, -1);
    }
  }
  return { data: result, height, width };
}
