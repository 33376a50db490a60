// What shape each operator gives, and which shapes it refuses. Rules see shapes and attributes only.

import type { ConvGeometry, OpAttributes, OpName, Shape } from "./ops.ts";
import { formatShape, ShapeError } from "./shape-error.ts";

type ShapeRule<K extends OpName> = (inputs: readonly Shape[], attributes: OpAttributes[K]) => Shape;

/** Number of elements. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** The row-major distance between neighbours along each axis. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1] * shape[axis + 1];
  return strides;
}

/** Output size of a convolution along one axis: ⌊(n + pads − dilation·(k − 1) − 1) / stride⌋ + 1. */
export function convOutputSize(n: number, k: number, stride: number, pads: number, dilation: number): number {
  return Math.floor((n + pads - dilation * (k - 1) - 1) / stride) + 1;
}

function fail(message: string): never {
  throw new ShapeError(message);
}

const leaf = (_: readonly Shape[], { shape }: { readonly shape: Shape }): Shape => {
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 1)) {
    fail(`sizes must be whole numbers of at least 1, got ${formatShape(shape)}`);
  }
  return shape;
};

const unary = ([x]: readonly Shape[]): Shape => x;

/**
 * Same rank, where a dimension of 1 stretches, or a scalar with anything. Ranks are not padded as NumPy does:
 * scores [n] plus penalties [n, 1] would give [n, n], whose mean looks plausible and is wrong.
 */
const binary = ([a, b]: readonly Shape[]): Shape => {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  if (a.length !== b.length) fail(`shapes ${formatShape(a)} and ${formatShape(b)} differ in rank; reshape one of them`);
  return a.map((size, axis) => {
    const other = b[axis];
    if (size !== other && size !== 1 && other !== 1) {
      fail(`shapes ${formatShape(a)} and ${formatShape(b)} do not fit along axis ${axis}`);
    }
    return Math.max(size, other);
  });
};

const reduction = ([x]: readonly Shape[], { axes }: { readonly axes: readonly number[] }): Shape => {
  const wrong = axes.find((axis) => !Number.isInteger(axis) || axis < 0 || axis >= x.length);
  if (wrong !== undefined) fail(`cannot reduce axis ${wrong} of ${formatShape(x)}`);
  const twice = axes.find((axis, i) => axes.indexOf(axis) !== i);
  if (twice !== undefined) fail(`cannot reduce axis ${twice} of ${formatShape(x)} twice`);
  return x.map((size, axis) => (axes.includes(axis) ? 1 : size));
};

/** Checks x, w and y against each other; all three faces of convolution share these rules. */
function checkConv(x: Shape, w: Shape, y: Shape | undefined, g: ConvGeometry): Shape {
  if (x.length !== 4) fail(`input ${formatShape(x)} is not [N, C, H, W]`);
  if (w.length !== 4) fail(`weight ${formatShape(w)} is not [O, C, kh, kw]`);
  const [n, channels, height, width] = x;
  const [outputs, perGroup, kh, kw] = w;
  if (channels !== perGroup * g.groups) {
    fail(
      `weight ${formatShape(w)} needs ${perGroup * g.groups} input channels, got ${channels} (input ${formatShape(x)})`,
    );
  }
  if (outputs % g.groups !== 0) fail(`${outputs} output channels do not split into ${g.groups} groups`);
  const [top, left, bottom, right] = g.pads;
  const expected = [
    n,
    outputs,
    convOutputSize(height, kh, g.strides[0], top + bottom, g.dilations[0]),
    convOutputSize(width, kw, g.strides[1], left + right, g.dilations[1]),
  ];
  if (expected[2] < 1 || expected[3] < 1) fail(`kernel ${kh}×${kw} is larger than the padded input ${formatShape(x)}`);
  if (y !== undefined && !sameShape(expected, y)) {
    fail(`input ${formatShape(x)} and weight ${formatShape(w)} give ${formatShape(expected)}, not ${formatShape(y)}`);
  }
  return expected;
}

export const shapeRules: { readonly [K in OpName]: ShapeRule<K> } = {
  input: leaf,
  fill: leaf,
  constant: (inputs, { data, shape }) => {
    if (data.length !== sizeOf(shape)) fail(`${data.length} numbers do not fill ${formatShape(shape)}`);
    return leaf(inputs, { shape });
  },
  neg: unary,
  exp: unary,
  log: unary,
  sqrt: unary,
  tanh: unary,
  sigmoid: unary,
  softplus: unary,
  abs: unary,
  sign: unary,
  step: unary,
  leakyRelu: unary,
  leakyReluGrad: ([x, g]) => (sameShape(x, g) ? x : fail(`shapes ${formatShape(x)} and ${formatShape(g)} differ`)),
  add: binary,
  sub: binary,
  mul: binary,
  div: binary,
  maximum: binary,
  minimum: binary,
  sum: reduction,
  max: reduction,
  reshape: ([x], { shape }) => {
    if (sizeOf(x) !== sizeOf(shape)) fail(`cannot reshape ${formatShape(x)} to ${formatShape(shape)}`);
    return leaf([], { shape });
  },
  transpose: ([x], { permutation }) => {
    const complete = permutation.length === x.length && x.every((_, axis) => permutation.includes(axis));
    if (!complete) fail(`[${permutation.join(", ")}] does not permute the axes of ${formatShape(x)}`);
    return permutation.map((axis) => x[axis]);
  },
  broadcast: ([x], { shape }) => {
    const fits = x.length === 0 || (x.length === shape.length && x.every((size, i) => size === 1 || size === shape[i]));
    return fits ? leaf([], { shape }) : fail(`cannot stretch ${formatShape(x)} to ${formatShape(shape)}`);
  },
  slice: ([x], { starts, sizes }) => {
    const fits =
      starts.length === x.length &&
      sizes.length === x.length &&
      x.every((size, i) => starts[i] >= 0 && sizes[i] >= 1 && starts[i] + sizes[i] <= size);
    if (!fits) fail(`cannot take ${formatShape(sizes)} from ${formatShape(starts)} on of ${formatShape(x)}`);
    return sizes;
  },
  pad: ([x], { before, after }) => {
    const fits = before.length === x.length && x.every((_, i) => before[i] >= 0 && after[i] >= 0);
    if (!fits) fail(`cannot pad ${formatShape(x)} by ${formatShape(before)} and ${formatShape(after)}`);
    return x.map((size, i) => before[i] + size + after[i]);
  },
  concat: (inputs, { axis }) => {
    if (inputs.length === 0) fail("nothing to join");
    const [first] = inputs;
    for (const other of inputs) {
      const fits =
        axis >= 0 &&
        axis < first.length &&
        other.length === first.length &&
        other.every((size, i) => i === axis || size === first[i]);
      if (!fits) fail(`cannot join ${inputs.map(formatShape).join(" and ")} along axis ${axis}`);
    }
    return first.map((size, i) => (i === axis ? inputs.reduce((total, other) => total + other[i], 0) : size));
  },
  mirror: ([x], { border }) => {
    const fits = x.length === 4 && border >= 1 && Math.min(x[2], x[3]) > border;
    if (!fits) fail(`has nothing to mirror ${border} pixels deep in ${formatShape(x)}`);
    return [x[0], x[1], x[2] + 2 * border, x[3] + 2 * border];
  },
  fold: ([x], { border }) => {
    const fits = x.length === 4 && border >= 1 && Math.min(x[2], x[3]) > 3 * border;
    if (!fits) fail(`has no borders of ${border} pixels to fold in ${formatShape(x)}`);
    return [x[0], x[1], x[2] - 2 * border, x[3] - 2 * border];
  },
  matmul: ([a, b], { transposeA, transposeB }) => {
    if (a.length !== 2 || b.length !== 2) fail(`${formatShape(a)} and ${formatShape(b)} are not both matrices`);
    const [m, inner] = transposeA ? [a[1], a[0]] : a;
    const [innerB, n] = transposeB ? [b[1], b[0]] : b;
    if (inner !== innerB) {
      fail(
        `${formatShape(a)}${transposeA ? "ᵀ" : ""} × ${formatShape(b)}${transposeB ? "ᵀ" : ""} has inner sizes ${inner} and ${innerB}`,
      );
    }
    return [m, n];
  },
  conv: ([x, w], geometry) => checkConv(x, w, undefined, geometry),
  convInputGrad: ([y, w], geometry) => {
    if (w.length !== 4) fail(`weight ${formatShape(w)} is not [O, C, kh, kw]`);
    if (y.length !== 4) fail(`input ${formatShape(y)} is not [N, C, H, W]`);
    if (y[1] !== w[0]) {
      fail(`weight ${formatShape(w)} needs ${w[0]} input channels, got ${y[1]} (input ${formatShape(y)})`);
    }
    const x = [y[0], w[1] * geometry.groups, ...geometry.inputSize];
    checkConv(x, w, y, geometry);
    return x;
  },
  convFilterGrad: ([x, y], geometry) => {
    if (x.length === 4 && x[1] % geometry.groups !== 0) {
      fail(`${x[1]} input channels do not split into ${geometry.groups} groups`);
    }
    const w = [y[1], x[1] / geometry.groups, ...geometry.kernelSize];
    checkConv(x, w, y, geometry);
    return w;
  },
  stopGradient: unary,
};
