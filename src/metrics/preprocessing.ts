// How images come to networks that others trained: size, kernel and scale of each family, as a table. All are resized "clean" (Parmar,
// Zhang & Zhu 2022): antialiased, each channel in floating point, clipped, never rounded to 8 bits.

import { InputError } from "../errors/index.ts";
import { type ResampleKernel, resampler } from "./resample.ts";

export interface Preprocessing {
  readonly about: string;
  /** Width and height it is resized to, where the network leaves them open; as they come, where absent. */
  readonly resize?: { readonly size: number; readonly kernel: ResampleKernel };
  /** Of each channel, in images from 0 to 1: what is subtracted, and what divided by. */
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
  /** Names of files that it is right for. */
  readonly files?: RegExp;
}

const HALF = [0.5, 0.5, 0.5] as const;
const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;

/** By the name that --preprocess gives. */
export const preprocessings: Readonly<Record<string, Preprocessing>> = {
  inception: {
    about: "FID's Inception-v3, the weights of 2015: bicubic to 299, in [−1, 1]",
    resize: { size: 299, kernel: "bicubic" },
    ...{ mean: HALF, std: HALF },
    files: /inception/i,
  },
  clip: {
    about: "CLIP's image encoder: bicubic to 224, its own mean and deviation",
    resize: { size: 224, kernel: "bicubic" },
    mean: [0.48145466, 0.4578275, 0.40821073],
    std: [0.26862954, 0.26130258, 0.27577711],
    files: /clip/i,
  },
  dinov2: {
    about: "DINOv2: bicubic to 224, ImageNet's mean and deviation",
    resize: { size: 224, kernel: "bicubic" },
    ...IMAGENET,
    files: /dino/i,
  },
  imagenet: {
    about: "networks trained on ImageNet: bilinear to 224, ImageNet's mean and deviation",
    resize: { size: 224, kernel: "bilinear" },
    ...IMAGENET,
    files: /imagenet|resnet|resnext|convnext|efficientnet|mobilenet|densenet|vgg|swav/i,
  },
  none: { about: "images as they are, in [−1, 1]", mean: HALF, std: HALF },
};

/** The name of the preprocessing that is right for a file, by the file's name. InputError when that tells nothing. */
export function guessPreprocessing(file: string): string {
  const found = Object.entries(preprocessings).find(([, { files }]) => files?.test(file));
  if (found) return found[0];
  throw new InputError(
    `--preprocess: the name of ${file} does not tell how images are brought to it. Pass --preprocess with one of ${Object.keys(preprocessings).join(", ")}.`,
  );
}

/**
 * A function from images [n, C, H, W] in [−1, 1] to a network's input [n, 3, height, width]: grey is repeated, alpha laid on white.
 * InputError unless C is 1, 3 or 4.
 */
export function preprocessor(
  [channels, h, w]: readonly number[],
  [height, width]: readonly [number, number],
  { resize, mean, std }: Preprocessing,
): (images: Float32Array) => Float32Array {
  if (![1, 3, 4].includes(channels)) {
    throw new InputError(`--extractor: looks at images of 1, 3 or 4 channels, got ${channels}. Pass --channels 3.`);
  }
  const resized = resize && (h !== height || w !== width) && resampler([h, w], [height, width], resize.kernel);
  const from = h * w;
  const to = height * width;
  return (images) => {
    const count = images.length / (channels * from);
    const inputs = new Float32Array(count * 3 * to);
    const plane = new Float32Array(from);
    for (let i = 0; i < 3 * count; i++) {
      const c = i % 3;
      readPlane(images.subarray(Math.floor(i / 3) * channels * from), { channels, c }, plane);
      const pixels = resized ? resized(plane) : plane;
      for (let k = 0; k < to; k++) {
        inputs[i * to + k] = (Math.min(1, Math.max(0, pixels[k])) - mean[c]) / std[c];
      }
    }
    return inputs;
  };
}

/** Channel c of three of an image [channels, …] in [−1, 1], as numbers from 0 to 1. */
function readPlane(
  image: Float32Array,
  { channels, c }: { readonly channels: number; readonly c: number },
  plane: Float32Array,
): void {
  const start = channels === 1 ? 0 : c * plane.length;
  for (let k = 0; k < plane.length; k++) plane[k] = (image[start + k] + 1) / 2;
  if (channels < 4) return;
  for (let k = 0; k < plane.length; k++) {
    const alpha = (image[3 * plane.length + k] + 1) / 2;
    plane[k] = plane[k] * alpha + 1 - alpha;
  }
}
