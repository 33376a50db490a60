// Checkerboard: a grid over made pictures, of the period of G's doubling layers, in which some pixels get more of what is summed up
// than their neighbours (Odena et al. 2016, "Deconvolution and checkerboard artifacts"). Told by the power of rows and columns at 1/2
// cycle a pixel, the last doubling's, and at 1/4, that of the one before.

import type { SamplesSeen } from "../symptom.ts";
import { median, type RunSymptom, sampledWatch } from "./watching.ts";

const ABOVE = 5;

export const checkerboard: RunSymptom = {
  name: "checkerboard",
  title: "Checkerboard",
  figure:
    "power of made pictures at 1/2 or 1/4 cycle a pixel, in dB: above both real pictures' share of it and the neighbouring frequencies; median of five sets",
  threshold: { above: ABOVE },
  meaning: "A fine grid lies over the made pictures, which no real picture has: G's doubling layers draw it.",
  advice: [
    "--upsample resize, where the recipe has it: resize and convolve instead of a strided transposed convolution",
    "in networks of your own, kernels that are a multiple of the stride (4 with stride 2)",
    "more training, where D is not far ahead: a good D punishes the grid",
  ],
  watch() {
    let real: readonly Band[] | undefined;
    return sampledWatch({
      names: ["grid"],
      measure({ made, real: pictures, shape }: SamplesSeen) {
        if (shape.length !== 3) return undefined;
        real ??= bandsOf(pictures, shape);
        const bands = bandsOf(made, shape);
        if (bands.length === 0 || bands.some(({ power }) => power === 0)) return undefined;
        return [Math.max(...bands.map((band, i) => excess(band, real![i])))];
      },
      sets: 5,
      judge(sets) {
        const value = median(sets.map(([each]) => each));
        return { value, present: value > ABOVE };
      },
    });
  },
};

/** Power at a frequency of the grid, along rows or columns, in dB. */
interface Band {
  /** Over all of the pictures' power along that direction. */
  readonly share: number;
  /** Over that of the frequencies beside it. */
  readonly peak: number;
  /** All of the power. */
  readonly power: number;
}

/** By how much a grid stands out of both: the share that real pictures have, and the frequencies beside it, as far as theirs does not. */
const excess = (made: Band, real: Band): number =>
  Math.min(made.share - Math.max(real.share, FLOOR), made.peak - Math.max(real.peak, 0));

/** dB below which there is nothing to hold a share against. */
const FLOOR = -60;

/** Along rows and columns, at 1/2 and 1/4 cycle a pixel, where the side is a multiple of 4 and at least 16. */
function bandsOf(pictures: Float32Array, shape: readonly number[]): Band[] {
  const grey = meanOfChannels(pictures, shape);
  const [, height, width] = shape;
  return [
    ...bandsAlong(grey, { lines: height, length: width, step: 1, next: width }),
    ...bandsAlong(grey, { lines: width, length: height, step: width, next: 1 }),
  ];
}

function meanOfChannels(pictures: Float32Array, [channels, height, width]: readonly number[]): Float32Array {
  if (channels === 1) return pictures;
  const plane = height * width;
  const grey = new Float32Array(pictures.length / channels);
  for (let from = 0, to = 0; from < pictures.length; to += plane) {
    for (let c = 0; c < channels; c++, from += plane) {
      for (let i = 0; i < plane; i++) grey[to + i] += pictures[from + i] / channels;
    }
  }
  return grey;
}

/** The most lines of a picture that are looked at: those beside each other are alike. */
const LINES = 32;

interface Lines {
  /** Lines of a picture, and pixels of a line. */
  readonly lines: number;
  readonly length: number;
  /** From a pixel to the next of its line, and from a line's first pixel to that of the next line. */
  readonly step: number;
  readonly next: number;
}

function bandsAlong(pictures: Float32Array, { lines, length, step, next }: Lines): Band[] {
  if (length % 4 !== 0 || length < 16) return [];
  const [half, quarter] = [length / 2, length / 4];
  const places = [half, half - 2, half - 3, quarter, quarter - 2, quarter + 2];
  // Hann's window, so that a line's two ends do not make power of their own.
  const window = Float64Array.from({ length }, (_, t) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (t + 0.5)) / length));
  const waves = places.map((u) => waveOf(u, length));
  const power = new Float64Array(places.length);
  let squares = 0;
  const every = Math.ceil(lines / LINES);
  const line = new Float64Array(length);
  for (let start = 0; start < pictures.length; start += lines * length) {
    for (let row = 0; row < lines; row += every) {
      const from = start + row * next;
      let sum = 0;
      for (let t = 0; t < length; t++) sum += pictures[from + t * step];
      const mean = sum / length;
      for (let t = 0; t < length; t++) {
        line[t] = (pictures[from + t * step] - mean) * window[t];
        squares += line[t] * line[t];
      }
      for (let u = 0; u < waves.length; u++) power[u] += powerAt(line, waves[u]);
    }
  }
  const all = (squares * length) / 2; // Parseval: the power of all frequencies from 0 to 1/2
  const least = 1e-12 * all;
  const band = (u: number, beside: readonly [number, number]): Band => ({
    share: decibels((power[u] + least) / all),
    peak: decibels((power[u] + least) / Math.sqrt((power[beside[0]] + least) * (power[beside[1]] + least))),
    power: all,
  });
  return [band(0, [1, 2]), band(3, [4, 5])];
}

interface Wave {
  readonly cos: Float64Array;
  readonly sin: Float64Array;
}

/** A wave of u periods over the line. */
function waveOf(u: number, length: number): Wave {
  const angles = Array.from({ length }, (_, t) => (2 * Math.PI * u * t) / length);
  return { cos: Float64Array.from(angles, Math.cos), sin: Float64Array.from(angles, Math.sin) };
}

function powerAt(line: Float64Array, { cos, sin }: Wave): number {
  let a = 0;
  let b = 0;
  for (let t = 0; t < line.length; t++) {
    a += line[t] * cos[t];
    b += line[t] * sin[t];
  }
  return a * a + b * b;
}

const decibels = (ratio: number): number => 10 * Math.log10(ratio);
