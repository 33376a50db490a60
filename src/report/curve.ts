// What a chart draws of many numbers: the band that they fill, their running mean, and the range worth showing.

/** Numbers over steps. */
export interface Series {
  readonly name: string;
  /** [n], ascending. */
  readonly x: ArrayLike<number>;
  /** [n]; what is not finite is a gap. */
  readonly y: ArrayLike<number>;
  /** [n] each: 95 % intervals around y; NaN where there is none. */
  readonly low?: ArrayLike<number>;
  readonly high?: ArrayLike<number>;
}

export type Point = readonly [x: number, y: number];

/** Between what y lies at one place. */
export interface Interval {
  readonly x: number;
  readonly low: number;
  readonly high: number;
}

/** Series with more values are drawn pale, with their running mean over them. */
const DENSE = 80;
/** Places along x at which a band is drawn, and those of a running mean. */
const PLACES = 200;
const MEANS = 160;
/** The running mean's window, as a share of the range of x. */
const WINDOW = 1 / 30;

/** The finite values, in order. */
export function pointsOf({ x, y }: Series): Point[] {
  const points: Point[] = [];
  for (let i = 0; i < x.length; i++) if (Number.isFinite(x[i]) && Number.isFinite(y[i])) points.push([x[i], y[i]]);
  return points;
}

export const isDense = (points: readonly Point[]): boolean => points.length > DENSE;

/** Whether there are so many that a line through all of them would be a smear. */
export const isCrowded = (points: readonly Point[]): boolean => points.length > 2 * PLACES;

/** Intervals that make a band; fewer are told apart better one by one. */
const BAND = 8;

/** The finite intervals around the values of a series, as runs that nothing interrupts: bands, or bars where there are few of them. */
export function intervalsOf({ x, low, high }: Series): { readonly bands: Interval[][]; readonly bars: Interval[] } {
  const runs: Interval[][] = [[]];
  for (let i = 0; low && high && i < x.length; i++) {
    const interval = { x: x[i], low: low[i], high: high[i] };
    if (Object.values(interval).every(Number.isFinite)) runs.at(-1)!.push(interval);
    else runs.push([]);
  }
  const isBand = (run: readonly Interval[]) => run.length >= BAND;
  return { bands: runs.filter(isBand), bars: runs.filter((run) => !isBand(run)).flat() };
}

/** The band that points fill: the least and the greatest value at each of so many places along x. */
export function bandOf(points: readonly Point[]): Interval[] {
  const from = points[0][0];
  const width = (points.at(-1)![0] - from) / PLACES || 1;
  const band = [];
  for (let i = 0; i < points.length; ) {
    const place = Math.floor((points[i][0] - from) / width);
    let [low, high, x, count] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
    for (; i < points.length && Math.floor((points[i][0] - from) / width) === place; i++, count++) {
      low = Math.min(low, points[i][1]);
      high = Math.max(high, points[i][1]);
      x += points[i][0];
    }
    band.push({ x: x / count, low, high });
  }
  return band;
}

/** Means over a window that slides along x; at its ends it is cut, not filled. */
export function runningMean(points: readonly Point[]): Point[] {
  const [from, to] = [points[0][0], points.at(-1)![0]];
  const reach = ((to - from) * WINDOW) / 2;
  const sums = new Float64Array(points.length + 1);
  for (const [i, [, y]] of points.entries()) sums[i + 1] = sums[i] + y;
  const means: Point[] = [];
  let [first, end] = [0, 0];
  for (let k = 0; k <= MEANS; k++) {
    const x = from + ((to - from) * k) / MEANS;
    while (first < points.length && points[first][0] < x - reach) first++;
    while (end < points.length && points[end][0] <= x + reach) end++;
    if (end > first) means.push([x, (sums[end] - sums[first]) / (end - first)]);
  }
  return means;
}

/** What an axis spans. */
export interface Span {
  readonly low: number;
  readonly high: number;
  /** Whether equal ratios, not equal differences, are equally far apart. */
  readonly log: boolean;
  /** The value farthest off, where some lie beyond the span. */
  readonly beyond?: number;
}

/** Values are few where they stray: beyond these shares of them, at either end. */
const STRAY = 0.005;
/** Ratio of the largest to the smallest from which on a positive scale is logarithmic. */
const WIDE = 300;

/**
 * The span of y that shows `values`. With `cut`, rare ones may lie beyond it, so that one spike does not flatten the rest; what `kept`
 * names always lies within.
 */
export function spanOf(values: readonly number[], { cut, kept }: { cut: boolean; kept: readonly number[] }): Span {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) return { low: 0, high: 1, log: false };
  const [least, most] = [sorted[0], sorted[sorted.length - 1]];
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))];
  const low = kept.reduce((a, b) => Math.min(a, b), at(STRAY));
  const high = kept.reduce((a, b) => Math.max(a, b), at(1 - STRAY));
  if (least > 0 && high / low > WIDE) return padded(least, most, true);
  const strays = cut && (most > high + 0.5 * (high - low) || least < low - 0.5 * (high - low));
  if (!strays) return padded(least, most, false);
  return { ...padded(low, high, false), beyond: most - high > low - least ? most : least };
}

/** With room at both ends, and some where there is no range at all. */
function padded(low: number, high: number, log: boolean): Span {
  if (log) return { low: low / (high / low) ** 0.04, high: high * (high / low) ** 0.04, log };
  const room = high > low ? 0.06 * (high - low) : Math.abs(high) * 0.1 || 1;
  // A scale that starts at 0 needs no room below it.
  return { low: low >= 0 && low - room < 0 ? 0 : low - room, high: high + room, log };
}

/** Round numbers within a span, about `count` of them, or powers of ten. */
export function ticksOf({ low, high, log }: Span, count: number): number[] {
  if (log) {
    const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
    const every = Math.max(1, Math.ceil((last - first + 1) / (count + 2)));
    return Array.from({ length: Math.floor((last - first) / every) + 1 }, (_, i) => 10 ** (first + i * every));
  }
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const [unit] = [1, 2, 5, 10].filter((each) => rough / power < 1.5 * each);
  const step = unit * power;
  const first = Math.ceil(low / step - 1e-9);
  const length = Math.floor(high / step + 1e-9) - first + 1;
  // Of a whole number of steps, since sums of them would drift off round numbers.
  return Array.from({ length }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}
