// The reference interpreter: every operator as plain loops in float64, slow and obviously right. Backends and gradients are judged by it.

import { evaluateConv, evaluateConvFilterGrad, evaluateConvInputGrad } from "./evaluate-conv.ts";
import type { OpName, Shape } from "./ops.ts";
import { stridesOf } from "./shapes.ts";
import type { Tensor } from "./tensor.ts";
import { topologicalOrder } from "./walk.ts";

type Kernel<K extends OpName> = (node: Tensor<K>, ...inputs: readonly Float64Array[]) => Float64Array;

const unary =
  <K extends OpName>(f: (x: number, attributes: Tensor<K>["attributes"]) => number): Kernel<K> =>
  (node, x) =>
    x.map((value) => f(value, node.attributes));

/** For every element of `shape`, in row-major order, its offset in an array with these strides. */
function offsets(shape: Shape, strides: readonly number[], start = 0): Int32Array {
  let all = Int32Array.of(start);
  shape.forEach((size, axis) => {
    const next = new Int32Array(all.length * size);
    for (let i = 0; i < all.length; i++) for (let j = 0; j < size; j++) next[i * size + j] = all[i] + j * strides[axis];
    all = next;
  });
  return all;
}

/** Strides of an array of `from` read as if stretched to `to`: 0 along stretched axes. */
function stretchedStrides(from: Shape, to: Shape): number[] {
  if (from.length === 0) return to.map(() => 0);
  const strides = stridesOf(from);
  return to.map((_, axis) => (from[axis] === 1 ? 0 : strides[axis]));
}

const binary =
  <K extends OpName>(f: (a: number, b: number) => number): Kernel<K> =>
  (node, a, b) => {
    const [atA, atB] = node.inputs.map((input) => offsets(node.shape, stretchedStrides(input.shape, node.shape)));
    return Float64Array.from(atA, (offset, i) => f(a[offset], b[atB[i]]));
  };

const reduction =
  <K extends "sum" | "max">(start: number, f: (total: number, x: number) => number): Kernel<K> =>
  (node, x) => {
    const out = new Float64Array(node.size).fill(start);
    const target = offsets(node.inputs[0].shape, stretchedStrides(node.shape, node.inputs[0].shape));
    x.forEach((value, i) => {
      out[target[i]] = f(out[target[i]], value);
    });
    return out;
  };

const gather = (x: Float64Array, at: Int32Array) => Float64Array.from(at, (offset) => x[offset]);

const offsetOf = (starts: readonly number[], strides: readonly number[]) =>
  starts.reduce((total, start, axis) => total + start * strides[axis], 0);

/** For every pixel of [N, C, H + 2b, W + 2b], the place in [N, C, H, W] of the one that it is or mirrors. */
function mirrorOffsets([n, channels, height, width]: Shape, border: number): Int32Array {
  const origin = (i: number, size: number) => {
    const at = Math.abs(i - border);
    return at < size ? at : 2 * (size - 1) - at;
  };
  const [rows, columns] = [height + 2 * border, width + 2 * border];
  return Int32Array.from({ length: n * channels * rows * columns }, (_, i) => {
    const [plane, row, column] = [Math.floor(i / (rows * columns)), Math.floor(i / columns) % rows, i % columns];
    return (plane * height + origin(row, height)) * width + origin(column, width);
  });
}

export const kernels: { readonly [K in OpName]: Kernel<K> } = {
  input: (node) => {
    throw new Error(`evaluate: no value given for input "${node.attributes.name}"`);
  },
  fill: (node) => new Float64Array(node.size).fill(node.attributes.value),
  constant: (node) => Float64Array.from(node.attributes.data),
  neg: unary((x) => -x),
  exp: unary(Math.exp),
  log: unary(Math.log),
  sqrt: unary(Math.sqrt),
  tanh: unary(Math.tanh),
  sigmoid: unary((x) => 1 / (1 + Math.exp(-x))),
  softplus: unary((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  abs: unary(Math.abs),
  sign: unary(Math.sign),
  step: unary((x) => (x > 0 ? 1 : 0)),
  leakyRelu: unary((x, { slope }) => (x > 0 ? x : slope * x)),
  leakyReluGrad: (node, x, g) => g.map((value, i) => (x[i] > 0 ? value : node.attributes.slope * value)),
  add: binary((a, b) => a + b),
  sub: binary((a, b) => a - b),
  mul: binary((a, b) => a * b),
  div: binary((a, b) => a / b),
  maximum: binary(Math.max),
  minimum: binary(Math.min),
  sum: reduction(0, (total, x) => total + x),
  max: reduction(Number.NEGATIVE_INFINITY, Math.max),
  reshape: (_, x) => x,
  transpose: (node, x) => {
    const strides = stridesOf(node.inputs[0].shape);
    return gather(
      x,
      offsets(
        node.shape,
        node.attributes.permutation.map((axis) => strides[axis]),
      ),
    );
  },
  broadcast: (node, x) => gather(x, offsets(node.shape, stretchedStrides(node.inputs[0].shape, node.shape))),
  slice: (node, x) => {
    const strides = stridesOf(node.inputs[0].shape);
    return gather(x, offsets(node.shape, strides, offsetOf(node.attributes.starts, strides)));
  },
  pad: (node, x) => {
    const strides = stridesOf(node.shape);
    const out = new Float64Array(node.size);
    offsets(node.inputs[0].shape, strides, offsetOf(node.attributes.before, strides)).forEach((offset, i) => {
      out[offset] = x[i];
    });
    return out;
  },
  concat: (node, ...inputs) => {
    const { axis } = node.attributes;
    const strides = stridesOf(node.shape);
    const out = new Float64Array(node.size);
    let start = 0;
    node.inputs.forEach(({ shape }, i) => {
      offsets(shape, strides, start * strides[axis]).forEach((offset, j) => {
        out[offset] = inputs[i][j];
      });
      start += shape[axis];
    });
    return out;
  },
  mirror: (node, x) => gather(x, mirrorOffsets(node.inputs[0].shape, node.attributes.border)),
  fold: (node, x) => {
    const out = new Float64Array(node.size);
    mirrorOffsets(node.shape, node.attributes.border).forEach((offset, i) => {
      out[offset] += x[i];
    });
    return out;
  },
  matmul: (node, a, b) => {
    const [m, n] = node.shape;
    const { transposeA, transposeB } = node.attributes;
    const [aShape, bShape] = node.inputs.map((input) => input.shape);
    const inner = transposeA ? aShape[0] : aShape[1];
    const out = new Float64Array(m * n);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let total = 0;
        for (let k = 0; k < inner; k++) {
          total += a[transposeA ? k * m + i : i * inner + k] * b[transposeB ? j * bShape[1] + k : k * n + j];
        }
        out[i * n + j] = total;
      }
    }
    return out;
  },
  conv: evaluateConv,
  convInputGrad: evaluateConvInputGrad,
  convFilterGrad: evaluateConvFilterGrad,
  stopGradient: (_, x) => x,
};

/**
 * The values of `outputs` in float64, given one array for each input's name.
 *
 * @example const [y] = evaluate([x.square()], { x: [1, 2, 3] }); // Float64Array [1, 4, 9]
 */
export function evaluate(
  outputs: readonly Tensor[],
  inputs: Readonly<Record<string, ArrayLike<number>>> = {},
): Float64Array[] {
  const values = new Map<Tensor, Float64Array>();
  for (const node of topologicalOrder(outputs)) {
    const name = node.is("input") ? node.attributes.name : undefined;
    const given = name === undefined ? undefined : inputs[name];
    if (given !== undefined && given.length !== node.size) {
      throw new Error(`evaluate: ${given.length} numbers given for input "${name}" of ${node.size}`);
    }
    const kernel = kernels[node.op] as Kernel<OpName>;
    values.set(
      node,
      given === undefined ? kernel(node, ...node.inputs.map((input) => values.get(input)!)) : Float64Array.from(given),
    );
  }
  return outputs.map((output) => values.get(output)!);
}
