// How each operator becomes ONNX nodes, with plain ONNX operators that every provider knows. A device that has better
// forms overrides single rules (see lower.ts).

import { type ConvGeometry, type OpName, type Shape, sizeOf, type Tensor } from "../graph/index.ts";
import type { Emitter } from "./emitter.ts";
import { folded, mirrored } from "./mirror.ts";

/** Emits the nodes that compute `node` from its inputs' value names, and returns the result's name. */
export type LowerRule<K extends OpName> = (node: Tensor<K>, inputs: readonly string[], emit: Emitter) => string;

export type LowerRules = { readonly [K in OpName]: LowerRule<K> };

const same =
  <K extends OpName>(op: string): LowerRule<K> =>
  (_, inputs, emit) =>
    emit.node(op, inputs);

function convAttributes(node: Tensor<"conv" | "convInputGrad">) {
  const { strides, pads, dilations, groups } = node.attributes;
  return { strides, pads, dilations, group: groups, kernel_shape: node.inputs[1].shape.slice(2) };
}

/**
 * Whether a filter covers its whole input and is applied once, as where DCGAN's generator begins and its discriminator
 * ends: the three faces of convolution are matrix products then.
 */
function isProduct(x: Shape, w: Shape, { pads, groups }: ConvGeometry): boolean {
  return groups === 1 && x[2] === w[2] && x[3] === w[3] && pads.every((pad) => pad === 0);
}

/** Whether every pixel is seen by itself: the filter's gradient is a matrix product then. */
const isOfPixels = ({ strides, pads, groups, kernelSize }: ConvGeometry & { readonly kernelSize: Shape }): boolean =>
  groups === 1 && [...strides, ...kernelSize].every((each) => each === 1) && pads.every((pad) => pad === 0);

const transposed = ([rows, columns]: Shape, isTransposed: boolean): Shape =>
  isTransposed ? [columns, rows] : [rows, columns];

/** a [M, K] × b [K, N], either one given transposed. */
export interface Product {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly transA?: boolean;
  readonly transB?: boolean;
}

/** Emits a product of two matrices, and returns its name. */
export type ProductRule = (emit: Emitter, operands: readonly [string, string], product: Product) => string;

export const plainProduct: ProductRule = (emit, operands, { transA = false, transB = false }) =>
  emit.node("Gemm", operands, { transA: Number(transA), transB: Number(transB) });

/** a × b, either side transposed, as matrices [n, rest] of tensors [n, …]. */
function productOf(
  rule: ProductRule,
  emit: Emitter,
  [a, aShape]: readonly [string, Shape],
  [b, bShape]: readonly [string, Shape],
  { transA = false, transB = false, shape }: { transA?: boolean; transB?: boolean; shape: Shape },
): string {
  const sizes = ([rows, ...rest]: Shape) => [rows, sizeOf(rest)] as const;
  const matrix = (name: string, shape: Shape) => emit.node("Reshape", [name, emit.ints(sizes(shape))]);
  const [m, k] = transposed(sizes(aShape), transA);
  const [, n] = transposed(sizes(bShape), transB);
  const result = rule(emit, [matrix(a, aShape), matrix(b, bShape)], { m, n, k, transA, transB });
  return emit.node("Reshape", [result, emit.ints(shape)]);
}

/** The plain rules, with products of matrices as a device wants them. */
export const rulesWith = (product: ProductRule): LowerRules => ({
  input: (node) => node.attributes.name,
  fill: ({ attributes: { value, shape } }, _, emit) =>
    shape.length === 0 ? emit.scalar(value) : emit.node("Expand", [emit.scalar(value), emit.ints(shape)]),
  constant: ({ attributes: { data, shape } }, _, emit) => emit.floats(data, shape),

  neg: same("Neg"),
  exp: same("Exp"),
  log: same("Log"),
  sqrt: same("Sqrt"),
  tanh: same("Tanh"),
  sigmoid: same("Sigmoid"),
  // max(x, 0) + log(1 + e^−|x|)
  softplus: (_, [x], emit) => {
    const decay = emit.node("Exp", [emit.node("Neg", [emit.node("Abs", [x])])]);
    return emit.node("Add", [emit.node("Relu", [x]), emit.node("Log", [emit.node("Add", [decay, emit.scalar(1)])])]);
  },
  abs: same("Abs"),
  // (x > 0) − (x < 0), since not every provider has Sign
  sign: (_, [x], emit) => {
    const zero = emit.scalar(0);
    const cast = (condition: string) => emit.node("Cast", [condition], { to: 1 });
    return emit.node("Sub", [cast(emit.node("Greater", [x, zero])), cast(emit.node("Greater", [zero, x]))]);
  },
  step: (_, [x], emit) => emit.node("Cast", [emit.node("Greater", [x, emit.scalar(0)])], { to: 1 }),
  leakyRelu: ({ attributes: { slope } }, inputs, emit) =>
    slope === 0 ? emit.node("Relu", inputs) : emit.node("LeakyRelu", inputs, { alpha: { float: slope } }),
  leakyReluGrad: ({ attributes: { slope } }, [x, g], emit) => {
    const positive = emit.node("Greater", [x, emit.scalar(0)]);
    const otherwise = slope === 0 ? emit.scalar(0) : emit.node("Mul", [g, emit.scalar(slope)]);
    return emit.node("Where", [positive, g, otherwise]);
  },

  add: same("Add"),
  sub: same("Sub"),
  mul: same("Mul"),
  div: same("Div"),
  maximum: same("Max"),
  minimum: same("Min"),

  sum: ({ attributes: { axes } }, [x], emit) => emit.node("ReduceSum", [x, emit.ints(axes)], { keepdims: 1 }),
  max: ({ attributes: { axes } }, [x], emit) => emit.node("ReduceMax", [x, emit.ints(axes)], { keepdims: 1 }),

  reshape: ({ attributes: { shape } }, [x], emit) => emit.node("Reshape", [x, emit.ints(shape)]),
  transpose: ({ attributes: { permutation } }, inputs, emit) => emit.node("Transpose", inputs, { perm: permutation }),
  broadcast: ({ attributes: { shape } }, [x], emit) => emit.node("Expand", [x, emit.ints(shape)]),
  // Only axes that are cut are named, so that an open batch stays whole.
  slice: ({ attributes: { starts, sizes }, inputs: [whole] }, [x], emit) => {
    const axes = starts.flatMap((_, axis) => (sizes[axis] === whole.shape[axis] ? [] : [axis]));
    const ends = axes.map((axis) => starts[axis] + sizes[axis]);
    return emit.node("Slice", [x, emit.ints(axes.map((axis) => starts[axis])), emit.ints(ends), emit.ints(axes)]);
  },
  pad: ({ attributes: { before, after } }, [x], emit) => emit.node("Pad", [x, emit.ints([...before, ...after])]),
  concat: ({ attributes: { axis } }, inputs, emit) => emit.node("Concat", inputs, { axis }),
  mirror: ({ attributes: { border }, inputs: [{ shape }] }, [name], emit) =>
    mirrored(emit, { name, shape, axis: 2 }, border),
  fold: ({ attributes: { border }, inputs: [{ shape }] }, [name], emit) =>
    folded(emit, { name, shape, axis: 2 }, border),

  matmul: ({ attributes: { transposeA, transposeB }, inputs: [a], shape: [m, n] }, [aName, bName], emit) => {
    const [, k] = transposed(a.shape, transposeA);
    return product(emit, [aName, bName], { m, n, k, transA: transposeA, transB: transposeB });
  },

  conv: (node, inputs, emit) => {
    const [x, w] = node.inputs;
    if (isProduct(x.shape, w.shape, node.attributes)) {
      return productOf(product, emit, [inputs[0], x.shape], [inputs[1], w.shape], { transB: true, shape: node.shape });
    }
    return emit.node("Conv", inputs, convAttributes(node as unknown as Tensor<"conv">));
  },
  convInputGrad: (node, inputs, emit) => {
    const { strides, pads, dilations, inputSize } = node.attributes;
    const [y, w] = node.inputs;
    if (isProduct(node.shape, w.shape, node.attributes)) {
      return productOf(product, emit, [inputs[0], y.shape], [inputs[1], w.shape], { shape: node.shape });
    }
    // Rows of x past the last one a filter reaches, which ConvTranspose calls output padding.
    const rest = (i: 0 | 1) => {
      const reached =
        (y.shape[2 + i] - 1) * strides[i] + dilations[i] * (w.shape[2 + i] - 1) + 1 - pads[i] - pads[i + 2];
      return inputSize[i] - reached;
    };
    const attributes = convAttributes(node as unknown as Tensor<"convInputGrad">);
    return emit.node("ConvTranspose", inputs, { ...attributes, output_padding: [rest(0), rest(1)] });
  },
  /**
   * dw[o, i, p, q] = Σ_n,r,s x[n, i, r·stride + p·dilation − pad, …] · y[n, o, r, s]: a convolution in which the images
   * are the channels, y is the filter, and stride and dilation change places.
   */
  convFilterGrad: (node, [xName, yName], emit) => {
    const { strides, pads, dilations, groups, kernelSize } = node.attributes;
    const [x, y] = node.inputs;
    if (isProduct(x.shape, node.shape, node.attributes)) {
      return productOf(product, emit, [yName, y.shape], [xName, x.shape], { transA: true, shape: node.shape });
    }
    const [n, channels, height, width] = x.shape;
    if (isOfPixels(node.attributes)) {
      // dw[o, i] = Σ_n,r,s y[n, o, r, s] · x[n, i, r, s]
      const channelsFirst = (name: string) => emit.node("Transpose", [name], { perm: [1, 0, 2, 3] });
      const turned = ([images, each, ...size]: Shape) => [each, images, ...size];
      const [of, by] = [channelsFirst(yName), channelsFirst(xName)];
      return productOf(product, emit, [of, turned(y.shape)], [by, turned(x.shape)], {
        transB: true,
        shape: node.shape,
      });
    }
    // The end padding that gives exactly kernelSize outputs; negative where the last rows of x meet no filter.
    const endPad = (i: 0 | 1) =>
      strides[i] * (y.shape[2 + i] - 1) + 1 + dilations[i] * (kernelSize[i] - 1) - x.shape[2 + i] - pads[i];
    const end = [endPad(0), endPad(1)];
    let source = xName;
    if (end.some((pad) => pad < 0)) {
      const sizes = [n, channels, height + Math.min(end[0], 0), width + Math.min(end[1], 0)];
      source = emit.node("Slice", [source, emit.ints([0, 0, 0, 0]), emit.ints(sizes)]);
    }
    // x [n, g·c, h, w] → [c, g·n, h, w] and y [n, o, h', w'] → [o, n, h', w']
    const perGroup = channels / groups;
    if (groups === 1) {
      source = emit.node("Transpose", [source], { perm: [1, 0, 2, 3] });
    } else {
      const size = [height + Math.min(end[0], 0), width + Math.min(end[1], 0)];
      const split = emit.node("Reshape", [source, emit.ints([n, groups, perGroup, ...size])]);
      const moved = emit.node("Transpose", [split], { perm: [2, 1, 0, 3, 4] });
      source = emit.node("Reshape", [moved, emit.ints([perGroup, groups * n, ...size])]);
    }
    const filter = emit.node("Transpose", [yName], { perm: [1, 0, 2, 3] });
    const gradient = emit.node("Conv", [source, filter], {
      strides: dilations,
      dilations: strides,
      pads: [pads[0], pads[1], Math.max(end[0], 0), Math.max(end[1], 0)],
      group: groups,
      kernel_shape: y.shape.slice(2),
    });
    return emit.node("Transpose", [gradient], { perm: [1, 0, 2, 3] });
  },

  stopGradient: same("Identity"),
});

export const plainRules: LowerRules = rulesWith(plainProduct);
