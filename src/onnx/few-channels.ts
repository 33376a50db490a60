// A convolution whose outputs, or inputs, are few. Where outputs are few, such as the three of a generator's last one, a product with
// x's windows, copied kh·kw times over, would have three columns. Here every tap's product with x's pixels is made at once and then
// shifted into place; and the filter's gradient takes y's windows in the place of x's, which are small, and the sum is the same.

import type { ConvGeometry } from "../graph/index.ts";
import { gatherRows, range } from "./blocked-moves.ts";
import type { Emitter } from "./emitter.ts";
import { steadyProduct } from "./steady.ts";
import type { Value } from "./value.ts";

/** Whether y's windows can take the place of x's: every pixel of x then sees kh × kw pixels of y, which is padded for that. */
export function seesWindowsOfOutput(geometry: ConvGeometry, [kh, kw]: readonly number[]): boolean {
  const [top, left, bottom, right] = geometry.pads;
  return isDense(geometry) && Math.max(top, bottom) < kh && Math.max(left, right) < kw;
}

/** Whether taps are neighbours and so are the places of the filter. */
export const isDense = ({ strides, dilations, groups }: ConvGeometry): boolean =>
  groups === 1 && [...strides, ...dilations].every((each) => each === 1);

/** x [N, I, H, W] as [I, N·H·W]. */
function pixelsOf(emit: Emitter, x: Value): string {
  const [n, inputs, height, width] = x.shape;
  const planes = emit.node("Reshape", [x.plain(), emit.ints([n, inputs, height * width])]);
  const inputsFirst = n === 1 ? planes : emit.node("Transpose", [planes], { perm: [1, 0, 2] });
  return emit.node("Reshape", [inputsFirst, emit.ints([inputs, n * height * width])]);
}

/** y[n, o, r, s] = Σ_p,q z[o, p, q, n, r + p − top, s + q − left], z [O·kh·kw, N·H·W] being the filter's taps times x's pixels; stride 1. */
export function convOfFewOutputs(
  emit: Emitter,
  [x, w]: readonly [Value, Value],
  { pads: [top, left, bottom, right] }: Pick<ConvGeometry, "pads">,
): string {
  const [n, inputs, height, width] = x.shape;
  const [outputs, , kh, kw] = w.shape;
  const taps = kh * kw;
  // [O, I, kh·kw] → [O, kh·kw, I]
  const ofTaps = emit.node("Reshape", [w.plain(), emit.ints([outputs, inputs, taps])]);
  const inputsLast = emit.node("Transpose", [ofTaps], { perm: [0, 2, 1] });
  const filters = emit.node("Reshape", [inputsLast, emit.ints([outputs * taps, inputs])]);
  const products = steadyProduct(emit, [filters, pixelsOf(emit, x)], {
    m: outputs * taps,
    n: n * height * width,
    k: inputs,
  });
  const z = emit.node("Reshape", [products, emit.ints([outputs, kh, kw, n * height * width])]);
  const alongRows = sumOfShifted(emit, z, {
    ...{ part: 2, count: kw, shape: [outputs, kh, n, height, width] },
    ...{ along: 4, before: left, after: right },
  });
  const columns = width + left + right - kw + 1;
  const y = sumOfShifted(emit, alongRows, {
    ...{ part: 1, count: kh, shape: [outputs, n, height, columns] },
    ...{ along: 2, before: top, after: bottom },
  });
  const rows = height + top + bottom - kh + 1;
  const imagesFirst = n === 1 ? y : emit.node("Transpose", [y], { perm: [1, 0, 2, 3] });
  return emit.node("Reshape", [imagesFirst, emit.ints([n, outputs, rows, columns])]);
}

interface Shifts {
  /** The axis of which each place is a part, and how many there are. */
  readonly part: number;
  readonly count: number;
  /** Of a part. */
  readonly shape: readonly number[];
  /** The axis along which part i begins at its place i, with so many zeros before and after it. */
  readonly along: number;
  readonly before: number;
  readonly after: number;
}

/** Σ_i of the parts of `from`, part i from its place i on. */
function sumOfShifted(emit: Emitter, from: string, { part, count, shape, along, before, after }: Shifts): string {
  const length = shape[along] + before + after - count + 1;
  const onlyThere = (zeros: number) => shape.map((_, axis) => (axis === along ? zeros : 0));
  const padding = [...onlyThere(before), ...onlyThere(after)];
  const parts = Array.from({ length: count }, (_, i) => {
    const one = emit.node("Slice", [from, emit.ints([i]), emit.ints([i + 1]), emit.ints([part])]);
    const image = emit.node("Reshape", [one, emit.ints(shape)]);
    const padded = before + after > 0 ? emit.node("Pad", [image, emit.ints(padding)]) : image;
    return emit.node("Slice", [padded, emit.ints([i]), emit.ints([i + length]), emit.ints([along])]);
  });
  return parts.length === 1 ? parts[0] : emit.node("Sum", parts);
}

/**
 * dw[o, i, p, q] = Σ_n,r,s x[n, i, r, s] · y[n, o, r + top − p, s + left − q], as the product of y's windows [O·kh·kw, N·H·W] and x's
 * pixels [I, N·H·W]; stride 1.
 */
export function filterGradOfFewOutputs(
  emit: Emitter,
  [x, y]: readonly [Value, Value],
  { pads: [top, left, bottom, right] }: Pick<ConvGeometry, "pads">,
  [kh, kw]: readonly number[],
): string {
  const [n, inputs, height, width] = x.shape;
  const outputs = y.shape[1];
  const rows = height + kh - 1; // of y when padded
  const around = [0, 0, kh - 1 - top, kw - 1 - left, 0, 0, kh - 1 - bottom, kw - 1 - right];
  const padded = around.some((each) => each > 0) ? emit.node("Pad", [y.plain(), emit.ints(around)]) : y.plain();
  // By q, the columns that are s + kw − 1 − q: [kw · N, O, rows, W]
  const shifted = Array.from({ length: kw }, (_, q) => {
    const first = kw - 1 - q;
    return emit.node("Slice", [padded, emit.ints([first]), emit.ints([first + width]), emit.ints([3])]);
  });
  const all = shifted.length === 1 ? shifted[0] : emit.node("Concat", shifted, { axis: 0 });
  const windows = gatherRows(emit, all, { count: kw * n * outputs * rows, width }, [
    range(outputs, rows),
    range(kh, -1, kh - 1),
    range(kw, n * outputs * rows),
    range(n, outputs * rows),
    range(height, 1),
  ]);
  const [m, k] = [outputs * kh * kw, n * height * width];
  const matrix = emit.node("Reshape", [windows, emit.ints([m, k])]);
  const product = steadyProduct(emit, [matrix, pixelsOf(emit, x)], { m, n: inputs, k, transB: true });
  // [O, kh·kw, I] → [O, I, kh·kw]
  const ofTaps = emit.node("Reshape", [product, emit.ints([outputs, kh * kw, inputs])]);
  const ofInputs = emit.node("Transpose", [ofTaps], { perm: [0, 2, 1] });
  return emit.node("Reshape", [ofInputs, emit.ints([outputs, inputs, kh, kw])]);
}

/** Whether the windows of so few inputs are cheaper to multiply by, or needed: see filterGradOfFewInputs. */
export function takesWindowsOfInput(geometry: ConvGeometry, channels: number, [kh, kw]: readonly number[]): boolean {
  return isDense(geometry) || (channels === 1 && geometry.groups === 1 && kh * kw > 16);
}

/**
 * dw [O, I·kh·kw] as the product of y's pixels [O, P] and x's windows [I·kh·kw, P], P = N·H'·W'; of few inputs. Half the time of a
 * convolution whose channels are the images with stride 1, and a quarter more with 2. Of a single input onnxruntime divides that
 * convolution by its kh·kw results, and then sums in an order that depends on the number of threads.
 */
export function filterGradOfFewInputs(
  emit: Emitter,
  [x, y]: readonly [Value, Value],
  { strides, pads: [top, left, bottom, right], dilations }: ConvGeometry,
  [kh, kw]: readonly number[],
): string {
  const [n, inputs, height] = x.shape;
  const [, outputs, rows, columns] = y.shape;
  const around = [0, 0, top, left, 0, 0, bottom, right];
  const padded = around.some((each) => each > 0) ? emit.node("Pad", [x.plain(), emit.ints(around)]) : x.plain();
  // By q, the columns that are s · stride + q · dilation: [kw · N, I, H + top + bottom, W']
  const shifted = Array.from({ length: kw }, (_, q) => {
    const first = q * dilations[1];
    const end = first + strides[1] * (columns - 1) + 1;
    return emit.node("Slice", [padded, emit.ints([first]), emit.ints([end]), emit.ints([3]), emit.ints([strides[1]])]);
  });
  const all = shifted.length === 1 ? shifted[0] : emit.node("Concat", shifted, { axis: 0 });
  const plane = height + top + bottom;
  const windows = gatherRows(emit, all, { count: kw * n * inputs * plane, width: columns }, [
    range(inputs, plane),
    range(kh, dilations[0]),
    range(kw, n * inputs * plane),
    range(n, inputs * plane),
    range(rows, strides[0]),
  ]);
  const [taps, k] = [inputs * kh * kw, n * rows * columns];
  const matrix = emit.node("Reshape", [windows, emit.ints([taps, k])]);
  const product = steadyProduct(emit, [pixelsOf(emit, y), matrix], { m: outputs, n: taps, k, transB: true });
  return emit.node("Reshape", [product, emit.ints([outputs, inputs, kh, kw])]);
}
