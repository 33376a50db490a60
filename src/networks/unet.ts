// U-Net with skips at every depth, as pix2pix translates pictures with it: Isola et al. (2017), §3.2.1 and §6.1, in the
// numbering of the authors' PyTorch code. A picture is halved down to one pixel and doubled back; what each halving saw is
// handed across to the doubling of the same size.

import { InputError } from "../errors/index.ts";
import { concat } from "../graph/index.ts";
import {
  applyModule,
  batchNorm,
  type ConvOptions,
  conv2d,
  convTranspose2d,
  dropout,
  firstValues,
  leakyRelu,
  type Module,
  named,
  normal,
  relu,
  sequential,
  tanh,
  zeros,
} from "../nn/index.ts";
import type { NetworkSpec } from "./network.ts";
import { sharedSize, type Translation } from "./translation.ts";

/** Below it a U-Net of this form has fewer doublings than it has layers with dropout. */
const smallest = 16;

const halve: ConvOptions = { kernel: 4, stride: 2, padding: 1, bias: false, init: normal(0, 0.02) };
const norm = (channels: number) => batchNorm(channels, { init: normal(1, 0.02) });

export interface UnetOptions extends Translation {
  /** Channels after the first halving; they double with each further one, up to eight times as many. */
  readonly width: number;
  /** Probability with which dropout zeroes what the first three doublings make: the only noise (§3.1). */
  readonly dropout: number;
}

/** How often a square picture can be halved until one pixel is left. */
function halvings(translation: Translation): number {
  const { height, width } = sharedSize(translation);
  const count = Math.log2(height);
  if (height !== width || !Number.isInteger(count) || height < smallest) {
    const near = 2 ** Math.max(Math.floor(Math.log2(Math.min(height, width))), Math.log2(smallest));
    throw new InputError(
      `--size: a U-Net halves a square down to one pixel, from 16, 32, 64, 128 … pixels, got ${height}×${width}. Pass --size ${near}.`,
    );
  }
  return count;
}

/** Joins what `model` makes of x behind x itself: [n, C, H, W] → [n, C + C', H, W]. */
function skip(model: Module): Module {
  return {
    kind: "SkipConnection",
    children: { model },
    apply: (scope, x) => concat([x, applyModule(model, scope.child("model"), x)], 1),
  };
}

/** A picture [n, ...from] → a picture in [−1, 1], [n, ...to]. InputError where the sizes are not one power of two. */
export function unet({ width, from, to, dropout: p }: UnetOptions): NetworkSpec {
  const depth = halvings({ from, to });
  const channels = Array.from({ length: depth }, (_, i) => width * Math.min(2 ** i, 8));

  // From the innermost step outwards. There is no batch norm around the one pixel at the bottom: over a batch of one picture
  // it would leave nothing but its bias (the paper's errata).
  let inside: Module | undefined;
  for (let i = depth - 1; i > 0; i--) {
    const [outer, inner] = [channels[i - 1], channels[i]];
    inside = skip(
      sequential(
        leakyRelu(0.2),
        conv2d(outer, inner, halve),
        ...(inside === undefined ? [] : [norm(inner), inside]),
        relu(),
        convTranspose2d(inside === undefined ? inner : 2 * inner, outer, halve),
        norm(outer),
        ...(i >= depth - 3 ? [dropout(p)] : []),
      ),
    );
  }
  const outermost = sequential(
    conv2d(from[0], width, halve),
    inside!,
    relu(),
    firstValues(convTranspose2d(2 * width, to[0], { ...halve, bias: true }), { bias: zeros }),
    tanh(),
  );
  return { module: named("model", named("model", outermost)), inputShape: from };
}
