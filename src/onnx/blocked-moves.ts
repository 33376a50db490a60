// How numbers move into onnxruntime's blocked layout and out of it. Its two reordering operators turn [C, S] into [C/B, S, B] and back
// with vector instructions, where its Transpose takes one float at a time; rows of B floats are then copied whole by Gather.

import type { Shape } from "../graph/index.ts";
import type { Axis, Emitter } from "./emitter.ts";
import { NCHWC } from "./value.ts";

/** [n, C, S] → [n, C/B, S, B]; C is a multiple of B. */
export function intoBlocks(emit: Emitter, name: string, [n, channels, size]: Shape): string {
  const image = emit.node("Reshape", [name, emit.ints([n, channels, size, 1])]);
  return emit.node("ReorderInput", [image], { channels_last: 0 }, NCHWC);
}

/** [n, C/B, S, B] → [n, C, S, 1] */
export function outOfBlocks(emit: Emitter, name: string, [n, channels, size]: Shape): string {
  const image = emit.node("Reshape", [name, emit.ints([n, channels, size, 1])]);
  return emit.node("ReorderOutput", [image], { channels }, NCHWC);
}

/** first, first + step, first + 2·step, … */
export const range = (count: number, step: number, first = 0): Axis => ({ count, step: count === 1 ? 0 : step, first });

/** How a value is read: as so many rows, of so many numbers each. */
export interface Rows {
  readonly count: number;
  readonly width: number;
}

/**
 * Rows of a value, one for each place of a grid: the place (i₀, i₁, …) has row Σ firstₐ + iₐ · stepₐ. Rows that lie beside each other at both
 * ends are moved as one, since each costs a call of its own.
 */
export function gatherRows(emit: Emitter, source: string, { count, width }: Rows, axes: readonly Axis[]): string {
  const [inner, outer] = [axes.at(-1)!, axes.slice(0, -1)];
  const together = inner.count;
  if (inner.first === 0 && (inner.step === 1 || together === 1) && count % together === 0) {
    if (together === count) return source;
    if (outer.length > 0 && outer.every(({ step, first }) => step % together === 0 && first % together === 0)) {
      const fewer = { count: count / together, width: width * together };
      const shorter = outer.map((axis) => range(axis.count, axis.step / together, axis.first / together));
      return gatherRows(emit, source, fewer, shorter);
    }
  }
  const rows = emit.node("Reshape", [source, emit.ints([count, width])]);
  return emit.node("Gather", [rows, emit.places(axes)], { axis: 0 });
}

/**
 * w [O, I, kh, kw] as onnxruntime's blocked filter [O/B, I/B, kh, kw, B of I, B of O]; fewer inputs than a block stay
 * together, [O/B, I, kh, kw, B of O].
 */
export function blockFilter(emit: Emitter, w: string, [outputs, inputs, kh, kw]: Shape, block: number): string {
  const taps = kh * kw;
  const outputsInside = intoBlocks(emit, w, [outputs / block, block, inputs * taps]);
  const shape = emit.ints([outputs, inputs, kh, kw]);
  if (inputs < block) return emit.node("Reshape", [outputsInside, shape]);
  const rows = emit.node("Reshape", [
    outputsInside,
    emit.ints([(outputs / block) * (inputs / block), block, taps, block]),
  ]);
  return emit.node("Reshape", [emit.node("Transpose", [rows], { perm: [0, 2, 1, 3] }), shape]);
}

/** w [O, I, kh, kw] as the blocked filter of a 1×1 convolution of windows, taps before channels: [O/B, kh·kw·I/B, 1, 1, B of I, B of O]. */
export function filterOfTaps(emit: Emitter, w: string, [outputs, inputs, kh, kw]: Shape, block: number): string {
  const taps = kh * kw;
  const outputsInside = intoBlocks(emit, w, [outputs / block, block, inputs * taps]);
  const rows = { count: (outputs / block) * inputs * taps, width: block }; // row (o·I + i)·taps + tap
  const axes = [range(outputs / block, inputs * taps), range(taps, 1), range(inputs, taps)];
  const filter = gatherRows(emit, outputsInside, rows, axes);
  return emit.node("Reshape", [filter, emit.ints([outputs, taps * inputs, 1, 1])]);
}

/**
 * Taps of w [O, I/g, kh, kw], a grid of them, as the blocked filter of the other direction, from O to I channels,
 * [I/B, O/g/B, taps, B of O, B of I], for each of g groups.
 */
export function gatherTurned(
  emit: Emitter,
  w: string,
  [outputs, inputs, kh, kw]: Shape,
  { taps, groups, block }: { readonly taps: readonly Axis[]; readonly groups: number; readonly block: number },
): string {
  const [all, perGroup, blocks] = [kh * kw, outputs / groups, inputs / block];
  const inputsInside = intoBlocks(emit, w, [outputs, inputs, all]);
  const rows = { count: outputs * blocks * all, width: block }; // row (o·I/B + i)·taps + tap
  return gatherRows(emit, inputsInside, rows, [
    range(groups, perGroup * blocks * all),
    range(blocks, all),
    range(perGroup / block, block * blocks * all),
    ...taps,
    range(block, blocks * all),
  ]);
}
