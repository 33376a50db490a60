// Handwriting-like digits drawn by a pen, labelled 0 to 9: a stand-in for MNIST that needs no download. Bright ink on dark paper.
// A digit is one of the forms people write, its points moved a little and the whole bent, slanted, turned, stretched and shifted.
import type { RandomStream } from "../random/index.ts";
import type { DatasetSource } from "./dataset.ts";
import { endlessDataset } from "./endless.ts";
import { glyphForms } from "./glyph-forms.ts";
import { chooseChannels, chooseSize } from "./image-options.ts";
import { flatten, ink, type Stroke } from "./pen.ts";

const DIGITS = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

export const glyphs: DatasetSource = {
  name: "glyphs",
  about: "pen-drawn digits 0 to 9 (images of 12 to 128 pixels), labelled",
  kind: "images",
  classes: DIGITS,
  open(options) {
    const size = chooseSize(options, { spec: "glyphs", own: 28, min: 12, max: 128 });
    const channels = chooseChannels(options, 1);
    const pixels = new Float32Array(size * size);
    return endlessDataset({
      spec: "glyphs",
      kind: "images",
      shape: [channels, size, size],
      classes: DIGITS,
      seed: options.seed,
      version: 1,
      draw(random, out) {
        const digit = random.integer(10);
        drawGlyph(digit, random, size, pixels);
        for (let i = 0; i < pixels.length; i++) pixels[i] = 2 * pixels[i] - 1;
        for (let c = 0; c < channels; c++) {
          const plane = out.subarray(c * pixels.length, (c + 1) * pixels.length);
          if (c < 3) plane.set(pixels);
          else plane.fill(1); // opaque
        }
        return digit;
      },
    });
  },
};

/** Draws one digit into `out` [size, size], 0 dark to 1 inked. */
function drawGlyph(digit: number, random: RandomStream, size: number, out: Float32Array): void {
  const forms = glyphForms[digit];
  const form = forms[random.integer(forms.length)];
  const hand = random.fillNormal(new Float32Array(10 + 2 * form.points.length)); // the whims of this writer and moment
  const jitter = 0.028;
  const bend = 0.06 * hand[0];
  const bendPhase = hand[1];
  const slant = 0.12 + 0.2 * hand[2];
  const turn = 0.07 * hand[3];
  const stretch = Math.exp(0.13 * hand[4]);

  // Move each point by itself, then bend, stretch, slant and turn the whole.
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const points = form.points.map(([px, py], i): [number, number] => {
    const y = py - 0.5 + jitter * hand[11 + 2 * i];
    const x = (px - 0.38 + jitter * hand[10 + 2 * i] + bend * Math.sin(3 * y + bendPhase)) * stretch - slant * y;
    return [cos * x - sin * y, sin * x + cos * y];
  });

  // Fit the curves in the middle of the paper: 20 of MNIST's 28 pixels, give or take.
  const curves = form.strokes.map((stroke) => flatten(stroke.map((i) => points[i])));
  const [left, right] = extent(curves.map((curve) => curve.x));
  const [top, bottom] = extent(curves.map((curve) => curve.y));
  const scale = (size * 0.62 * Math.exp(0.06 * clamp(hand[5]))) / Math.max(bottom - top, right - left);
  const shiftX = size * (0.5 + 0.02 * clamp(hand[6]));
  const shiftY = size * (0.5 + 0.02 * clamp(hand[7]));
  const pen = size * 0.041 * Math.exp(0.26 * clamp(hand[8]));
  const strokes = curves.map(({ x, y }): Stroke => {
    const radius = new Float64Array(x.length);
    for (let i = 0; i < x.length; i++) {
      x[i] = (x[i] - (left + right) / 2) * scale + shiftX;
      y[i] = (y[i] - (top + bottom) / 2) * scale + shiftY;
      radius[i] = pen * (1 + 0.15 * Math.sin(hand[9] * 3 + (4 * i) / x.length)); // the hand presses now more, now less
    }
    return { x, y, radius };
  });
  ink(strokes, size, Math.max(1.2, size * 0.02), out);
}

/** Within two standard deviations, so that no glyph leaves the paper. */
function clamp(normal: number): number {
  return Math.min(2, Math.max(-2, normal));
}

function extent(parts: readonly Float64Array[]): [low: number, high: number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const part of parts) {
    for (const value of part) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return [low, high];
}
