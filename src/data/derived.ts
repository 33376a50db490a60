// Pairs from pictures alone: each picture is the target b, and a is made from it, as in edges→photo and grey→colour (Isola et al.
// 2017, §4). The size of every brush is a share of the picture's, so that pairs look alike at all sizes.

import type { Dataset, Derivation } from "./dataset.ts";
import { blurred, commonest, edgesOf, type Plane } from "./planes.ts";

/** Shares of the picture's height. */
const EDGE_SIGMA = 1 / 64;
const BLUR_SIGMA = 1 / 24;
const PATCH_REACH = 1 / 32;
/** What counts as an edge: the steepest 7 % of a picture, if they are a difference of 0.06 at least, and all of 0.25 (2: black to white). */
const EDGE = { steep: 0.07, least: 0.06, most: 0.25 };
/** Lightnesses of each channel in "colours". */
const LEVELS = 3;

/**
 * The pairs (a, b) of a set of pictures b. Edges (black on white) and greys have one channel, unless `channels` asks for as many as
 * b has; blurred and flat colours have b's.
 */
export function withDerived(images: Dataset, derivation: Derivation, channels?: number): Dataset {
  const [own, height, width] = images.shape;
  const single = channels === undefined && (derivation === "edges" || derivation === "grey");
  const shape = [single ? 1 : own, height, width];
  const [length, targetLength] = [shape[0] * height * width, own * height * width];
  return {
    ...images,
    kind: "pairs",
    shape,
    target: images.shape,
    fingerprint: `${images.fingerprint} ${derivation}`,
    get problems() {
      return images.problems;
    },
    async read(indices) {
      const { values: targets, ...rest } = await images.read(indices);
      const values = new Float32Array(indices.length * length);
      for (let k = 0; k < indices.length; k++) {
        const target = targets.subarray(k * targetLength, (k + 1) * targetLength);
        derive(target, images.shape, derivation, values.subarray(k * length, (k + 1) * length));
      }
      return { ...rest, values, targets };
    },
  };
}

/** Writes to `out` what is derived of a picture [C, H, W]: colour for colour, or the same in each; alpha stays. */
function derive(
  target: Float32Array,
  [channels, height, width]: readonly number[],
  derivation: Derivation,
  out: Float32Array,
): void {
  const size = height * width;
  const colors = Math.min(channels, 3);
  const planeOf = (c: number): Plane => ({ data: target.subarray(c * size, (c + 1) * size), height, width });
  const put = (c: number, { data }: Plane) => out.set(data, c * size);
  if (channels === 4 && out.length === target.length) put(3, planeOf(3));
  if (derivation === "blur") {
    for (let c = 0; c < colors; c++) put(c, blurred(planeOf(c), BLUR_SIGMA * height));
  } else if (derivation === "colours") {
    const flat = flatColors(target.subarray(0, colors * size), colors, height, width);
    for (let c = 0; c < colors; c++) put(c, { data: flat.subarray(c * size, (c + 1) * size), height, width });
  } else {
    const drawn =
      derivation === "grey"
        ? greyOf(target, channels, height, width)
        : inked(Array.from({ length: colors }, (_, c) => planeOf(c)));
    for (let c = 0; c < Math.min(3, out.length / size); c++) put(c, drawn);
  }
}

/** Lightness by the weights of Rec. 601. */
function greyOf(values: Float32Array, channels: number, height: number, width: number): Plane {
  const size = height * width;
  if (channels === 1) return { data: values, height, width };
  const grey = (i: number) => 0.299 * values[i] + 0.587 * values[size + i] + 0.114 * values[2 * size + i];
  return { data: Float32Array.from({ length: size }, (_, i) => grey(i)), height, width };
}

/** The edges of a picture's channels in black on white. */
function inked(planes: readonly Plane[]): Plane {
  const lines = edgesOf(planes, { sigma: Math.max(0.8, EDGE_SIGMA * planes[0].height), ...EDGE });
  return { ...lines, data: lines.data.map((line) => 1 - 2 * line) };
}

/** Each channel at one of three lightnesses, and of the colours so made, everywhere the commonest nearby. */
function flatColors(values: Float32Array, colors: number, height: number, width: number): Float32Array {
  const size = height * width;
  const kinds = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    for (let c = colors - 1; c >= 0; c--) {
      const level = Math.min(LEVELS - 1, Math.floor(((values[c * size + i] + 1) / 2) * LEVELS));
      kinds[i] = kinds[i] * LEVELS + level;
    }
  }
  const reach = Math.max(1, Math.round(PATCH_REACH * height));
  const { data } = commonest({ data: kinds, height, width }, reach, LEVELS ** colors);
  const flat = new Float32Array(colors * size);
  for (let i = 0; i < size; i++) {
    for (let c = 0, rest = data[i]; c < colors; c++, rest = Math.floor(rest / LEVELS)) {
      flat[c * size + i] = (2 * (rest % LEVELS)) / (LEVELS - 1) - 1;
    }
  }
  return flat;
}
