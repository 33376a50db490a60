// Convolutions in the blocked layout. An input gradient becomes one small convolution for each phase of the stride, a filter's gradient
// one product over all pixels of all images.

import type { ConvGeometry, Shape, Tensor } from "../graph/index.ts";
import { blockFilter, filterOfTaps, gatherRows, gatherTurned, outOfBlocks, range } from "./blocked-moves.ts";
import { type BlockedRule, blockedShape, inBlocks, isBlockable, type Layout, plain } from "./blocked-rule.ts";
import type { Emitter } from "./emitter.ts";
import {
  convOfFewOutputs,
  filterGradOfFewInputs,
  filterGradOfFewOutputs,
  isDense,
  seesWindowsOfOutput,
  takesWindowsOfInput,
} from "./few-channels.ts";
import { NCHWC, type Value } from "./value.ts";

function toBlocked(emit: Emitter, name: string, shape: Shape, block: number): string {
  return emit.node("Reshape", [name, emit.ints(blockedShape(shape, block))]);
}

/** A convolution between blocked values; x may be plain where it has fewer channels than a block. */
export const conv: BlockedRule<"conv"> = (node, [x, w], layout) => {
  const { emit, block } = layout;
  const { strides, pads, dilations, groups } = node.attributes;
  const channels = x.shape[1];
  const few = channels < block && groups === 1;
  if (node.shape[2] * node.shape[3] === 1) return undefined;
  if (node.shape[1] < block && x.shape[1] >= block && w.shape[2] * w.shape[3] > 1 && isDense(node.attributes)) {
    return plain(convOfFewOutputs(emit, [x, w], node.attributes));
  }
  const fits = isBlockable(node.shape, block, groups) && (isBlockable(x.shape, block, groups) || few);
  if (!fits) return undefined;
  if (!few && isFasterAsProduct(node, layout)) return inBlocks(productOfWindows(node, [x, w], layout));
  const source = few ? x.plain() : x.nchwc();
  const filter = blockFilter(emit, w.plain(), w.shape, block);
  const { bias, activation } = finishOf(layout);
  const y = emit.node(
    "Conv",
    [source, filter, ...bias],
    { strides, pads, dilations, group: groups, kernel_shape: w.shape.slice(2), ...activation },
    NCHWC,
  );
  return { ...inBlocks(toBlocked(emit, y, node.shape, block)), finished: true };
};

/** What finishes a convolution, as onnxruntime's operator is told it. */
function finishOf({ finish: { bias, slope } = {} }: Layout) {
  const leaky = slope && { activation: "LeakyRelu", activation_params: { floats: [slope] } };
  return { bias: bias === undefined ? [] : [bias], activation: slope === 0 ? { activation: "Relu" } : leaky };
}

/** Pixels of an image up to which a filter read anew for each of them costs more than gathering every pixel's window. */
const FEW_PIXELS = 49;
/** Bytes of a filter that a core does not keep at hand from one image to the next. */
const LARGE_FILTER = 2 ** 21;
const FEWER_PIXELS = 16;

/** Whether gathering windows pays: for nothing where the filter's gradient gathers them anyway, else for large filters on tiny images. */
function isFasterAsProduct(node: Tensor<"conv">, { hasFilterGrad }: Layout): boolean {
  const pixels = node.shape[2] * node.shape[3];
  if (node.attributes.groups > 1 || node.attributes.strides[0] === 1) return false;
  return (
    (pixels <= FEW_PIXELS && hasFilterGrad(node)) || (pixels <= FEWER_PIXELS && 4 * node.inputs[1].size > LARGE_FILTER)
  );
}

/** y [N, O/B, H, W, B] as one 1×1 convolution of all images' windows at once, [1, kh·kw·I/B, P, B], P = N·H·W. */
function productOfWindows(node: Tensor<"conv">, [x, w]: readonly Value[], { emit, block }: Layout): string {
  const [outputs, inputs, kh, kw] = w.shape;
  const [n, , height, width] = node.shape;
  const [taps, pixels] = [kh * kw, n * height * width];
  const windows = windowsOf(emit, x, { ...node.attributes, kernelSize: [kh, kw], size: [height, width] }, block);
  const image = emit.node("Reshape", [windows, emit.ints([1, taps * inputs, 1, pixels])]);
  const product = emit.node(
    "Conv",
    [image, filterOfTaps(emit, w.plain(), w.shape, block)],
    { strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], group: 1, kernel_shape: [1, 1] },
    NCHWC,
  );
  // [O/B, N, H·W·B] → [N, O/B, H·W·B]
  const ofImages = emit.node("Reshape", [product, emit.ints([outputs / block, n, height * width * block])]);
  return toBlocked(emit, emit.node("Transpose", [ofImages], { perm: [1, 0, 2] }), node.shape, block);
}

/** Rows of so many floats or fewer take longer to call for than to copy: 9 ns for 8 of them, and no more for 16. */
const FLOATS_IN_A_CALL = 8;
/** Floats of windows, 32 MiB, that come from memory: rows of every other pixel take half of what is fetched for them. */
const BEYOND_CACHES = 2 ** 23;

/** The windows of x that each of the size[0]·size[1] pixels of N images sees, in rows of B channels: [g·kh·kw·I/B·P, B], taps before channels. */
function windowsOf(
  emit: Emitter,
  x: Value,
  {
    strides,
    pads: [top, left, bottom, right],
    dilations,
    groups,
    kernelSize,
    size,
  }: ConvGeometry & { readonly kernelSize: readonly [number, number]; readonly size: readonly [number, number] },
  block: number,
): string {
  const [n, channels, height, width] = x.shape;
  const [rowsOfPlane, columns] = [height + top + bottom, width + left + right];
  const source =
    top + left + bottom + right > 0
      ? emit.node("Pad", [x.blocked(), emit.ints([0, 0, top, left, 0, 0, 0, bottom, right, 0])])
      : x.blocked();
  const blocks = channels / groups / block; // in a group
  const [kh, kw] = kernelSize;
  const lines = n * groups * blocks * rowsOfPlane;
  const windows = channels * kh * kw * n * size[0] * size[1];
  // Lines of pixels that windows have in common with x are copied as one: x by q, its W' columns from q · dilation on, [kw·N, C/B, H, W', B].
  const byColumn = kw > 1 && block <= FLOATS_IN_A_CALL && (strides[1] === 1 || windows >= BEYOND_CACHES);
  const columnsOf = () => {
    if (strides[1] > 1) {
      const rows = { count: lines * columns, width: block };
      return gatherRows(emit, source, rows, [
        range(kw, dilations[1]),
        range(lines, columns),
        range(size[1], strides[1]),
      ]);
    }
    const shifted = Array.from({ length: kw }, (_, q) => {
      const first = q * dilations[1];
      return emit.node("Slice", [source, emit.ints([first]), emit.ints([first + size[1]]), emit.ints([3])]);
    });
    return emit.node("Concat", shifted, { axis: 0 });
  };
  const line = byColumn ? size[1] : columns;
  const plane = rowsOfPlane * line;
  const count = lines * line;
  // Row ((image·g·I/B + channels)·H + row)·line + column of the padded x.
  return gatherRows(emit, byColumn ? columnsOf() : source, { count: byColumn ? kw * count : count, width: block }, [
    range(groups, blocks * plane),
    range(kh, dilations[0] * line),
    range(kw, byColumn ? count : dilations[1]),
    range(blocks, plane),
    range(n, groups * blocks * plane),
    range(size[0], strides[0] * line),
    range(size[1], byColumn ? 1 : strides[1]),
  ]);
}

/** What one phase of an input gradient is along one axis: a convolution with stride 1 of every stride-th tap, reversed. */
interface Phase {
  /** The taps p₀, p₀ + stride, … of the filter. */
  readonly first: number;
  readonly taps: number;
  readonly before: number;
  readonly after: number;
}

/**
 * The rows r = stride·i + a of x: tap p reaches them from row (r + pad − p)/stride of y, so p₀ = (a + pad) mod stride,
 * and row i sees rows i + c, i + c − 1, … of y with c = (a + pad − p₀)/stride. Undefined where that is no convolution
 * with padding.
 */
function phasesOf(size: number, ySize: number, kernel: number, stride: number, pad: number): Phase[] | undefined {
  if (size % stride !== 0) return undefined;
  const phases = Array.from({ length: stride }, (_, a) => {
    const first = (a + pad) % stride;
    const taps = Math.ceil((kernel - first) / stride);
    const before = taps - 1 - (a + pad - first) / stride;
    return { first, taps, before, after: size / stride - ySize + taps - 1 - before };
  });
  return phases.every(({ taps, before, after }) => taps > 0 && before >= 0 && after >= 0) ? phases : undefined;
}

/** Each phase of the stride as a blocked convolution of y, which may be plain where it has fewer channels than a block; their pixels alternate in the result. */
export const convInputGrad: BlockedRule<"convInputGrad"> = (node, [y, w], layout) => {
  const { emit, block } = layout;
  const { strides, pads, dilations, groups } = node.attributes;
  const [n, channels, height, width] = node.shape;
  const few = y.shape[1] < block && groups === 1;
  const fits = isBlockable(node.shape, block, groups) && (isBlockable(y.shape, block, groups) || few);
  if (!fits || dilations.some((d) => d !== 1) || y.shape[2] * y.shape[3] === 1) return undefined;
  const rowPhases = phasesOf(height, y.shape[2], w.shape[2], strides[0], pads[0]);
  const columnPhases = phasesOf(width, y.shape[3], w.shape[3], strides[1], pads[1]);
  if (rowPhases === undefined || columnPhases === undefined) return undefined;

  const source = few ? y.plain() : y.nchwc();
  const { bias, activation } = finishOf(layout);
  const rows = rowPhases.map((row) => {
    const columns = columnPhases.map((column) => {
      const filter = phaseFilter(emit, w, row, column, { strides, groups, block });
      const x = emit.node(
        "Conv",
        [source, filter, ...bias],
        {
          ...activation,
          strides: [1, 1],
          pads: [row.before, column.before, row.after, column.after],
          dilations: [1, 1],
          group: groups,
          kernel_shape: [row.taps, column.taps],
        },
        NCHWC,
      );
      return toBlocked(emit, x, [n, channels, height / strides[0], width / strides[1]], block);
    });
    // [N, C/B, H/s, W/s, B] side by side along the last axis: columns alternate
    const joined = columns.length === 1 ? columns[0] : emit.node("Concat", columns, { axis: 4 });
    return emit.node("Reshape", [joined, emit.ints([n, channels / block, height / strides[0], width * block])]);
  });
  // whole rows side by side: rows alternate
  const joined = rows.length === 1 ? rows[0] : emit.node("Concat", rows, { axis: 3 });
  return { ...inBlocks(toBlocked(emit, joined, node.shape, block)), finished: true };
};

/** Every stride-th tap of w [O, I/g, kh, kw] in reverse, as the blocked filter of a convolution from O to I channels. */
function phaseFilter(
  emit: Emitter,
  w: Value,
  row: Phase,
  column: Phase,
  { strides: [strideY, strideX], groups, block }: Pick<ConvGeometry, "strides" | "groups"> & { readonly block: number },
): string {
  const [outputs, inputs, , kw] = w.shape;
  // Tap p·kw + q of row p and column q, from the last one back.
  const taps = [
    range(row.taps, -strideY * kw, (row.first + strideY * (row.taps - 1)) * kw),
    range(column.taps, -strideX, column.first + strideX * (column.taps - 1)),
  ];
  if (outputs < block) {
    // [O, I, kh·kw] → [O, I, taps] → [I, O, taps]
    const all = emit.node("Reshape", [w.plain(), emit.ints([outputs, inputs, -1])]);
    const chosen = emit.node("Gather", [all, emit.places(taps)], { axis: 2 });
    const turned = emit.node("Transpose", [chosen], { perm: [1, 0, 2] });
    return blockFilter(emit, turned, [inputs, outputs, row.taps, column.taps], block);
  }
  const turned = gatherTurned(emit, w.plain(), w.shape, { taps, groups, block });
  return emit.node("Reshape", [turned, emit.ints([groups * inputs, outputs / groups, row.taps, column.taps])]);
}

/**
 * dw as one product over all P = N·H'·W' pixels of all images, which is a convolution with 1×1 filters: the pixels are its
 * channels, y [P, O] its image, and its filters the windows of x that each pixel saw, [kh·kw·I, P].
 */
export const convFilterGrad: BlockedRule<"convFilterGrad"> = (node, [x, y], { emit, block }) => {
  const { groups, kernelSize } = node.attributes;
  const [outputs, inputs] = node.shape;
  const [n, , outHeight, outWidth] = y.shape;
  const pixels = n * outHeight * outWidth;
  if (outputs < block && outHeight * outWidth > 1 && seesWindowsOfOutput(node.attributes, kernelSize)) {
    return plain(filterGradOfFewOutputs(emit, [x, y], node.attributes, kernelSize));
  }
  if (x.shape[1] < block && outHeight * outWidth > 1 && takesWindowsOfInput(node.attributes, x.shape[1], kernelSize)) {
    return plain(filterGradOfFewInputs(emit, [x, y], node.attributes, kernelSize));
  }
  if (!isBlockable(x.shape, block, groups) || pixels % block !== 0 || outHeight * outWidth === 1) return undefined;

  const windows = windowsOf(emit, x, { ...node.attributes, size: [outHeight, outWidth] }, block);
  const blocks = inputs / block; // in a group
  const taps = kernelSize[0] * kernelSize[1];
  const filters = emit.node("Reshape", [windows, emit.ints([groups * taps * inputs, pixels, 1, 1])]);

  const perGroup = outputs / groups;
  const image = pixelsFirst(emit, y, groups, block);

  const product = emit.node(
    "Conv",
    [emit.node("Reshape", [image, emit.ints([1, groups * pixels, 1, perGroup])]), filters],
    { strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], group: groups, kernel_shape: [1, 1] },
    NCHWC,
  );
  // [g, kh·kw, I/B, O/g, B] → [O, I/B, kh·kw, B] → [O, I, kh·kw]
  const products = { count: groups * taps * blocks * perGroup, width: block };
  const outputsFirst = gatherRows(emit, product, products, [
    range(groups, taps * blocks * perGroup),
    range(perGroup, 1),
    range(blocks, perGroup),
    range(taps, blocks * perGroup),
  ]);
  return plain(emit.node("Reshape", [outOfBlocks(emit, outputsFirst, [outputs, inputs, taps]), emit.ints(node.shape)]));
};

/** y [N, O, H, W] as [g, P/B, O/g, B of P]: each group's pixels, of all images, as the channels of a blocked image. */
function pixelsFirst(emit: Emitter, y: Value, groups: number, block: number): string {
  const [n, outputs, height, width] = y.shape;
  const perImage = height * width;
  const perGroup = outputs / groups;
  if (y.isBlocked && groups === 1 && perImage % block === 0) {
    // [N, O/B, H·W/B, B of P, B of O] → [N, O/B, H·W/B, B of O, B of P] → [N, H·W/B, O, B of P]
    const squares = (n * outputs * perImage) / block ** 2;
    const turned = outOfBlocks(emit, y.blocked(), [squares, block, block]);
    const tiles = emit.node("Reshape", [turned, emit.ints([n, outputs / block, perImage / block, block ** 2])]);
    return emit.node("Transpose", [tiles], { perm: [0, 2, 1, 3] });
  }
  // [N, O, H·W] → [O, P] → [g, P/B, O/g, B]
  const planes = emit.node("Reshape", [y.plain(), emit.ints([n, outputs, perImage])]);
  const channelsFirst = emit.node("Transpose", [planes], { perm: [1, 0, 2] });
  const ofPixels = emit.node("Reshape", [channelsFirst, emit.ints([groups, perGroup, (n * perImage) / block, block])]);
  return emit.node("Transpose", [ofPixels], { perm: [0, 2, 1, 3] });
}
