// The derivative of every operator, as graph: given g = ∂L/∂(output), the rule returns ∂L/∂(each input), undefined where
// it is zero everywhere. A rule builds ordinary nodes, so a gradient can be differentiated again, to any order.

import type { ConvGeometry, OpName, Shape } from "./ops.ts";
import { fill, make, type Tensor } from "./tensor.ts";

type GradientRule<K extends OpName> = (node: Tensor<K>, g: Tensor) => readonly (Tensor | undefined)[];

/** Undoes broadcasting: sums g over the dimensions along which an input of `shape` was stretched. */
function sumTo(g: Tensor, shape: Shape): Tensor {
  if (shape.length === 0) return g.sum();
  const axes = shape.flatMap((size, axis) => (size === 1 && g.shape[axis] !== 1 ? [axis] : []));
  return axes.length === 0 ? g : g.sum(axes, true);
}

const zero = () => [undefined];

function geometryOf({ strides, pads, dilations, groups }: ConvGeometry): ConvGeometry {
  return { strides, pads, dilations, groups };
}

const heightWidth = (x: Tensor): [number, number] => [x.shape[2], x.shape[3]];

export const gradientRules: { readonly [K in OpName]: GradientRule<K> } = {
  input: () => [],
  fill: () => [],
  constant: () => [],

  neg: (_, g) => [g.neg()],
  exp: (y, g) => [g.mul(y)],
  // d log x = dx / x
  log: ({ inputs: [x] }, g) => [g.div(x)],
  // d √x = dx / (2√x)
  sqrt: (y, g) => [g.div(y.mul(2))],
  // d tanh x = (1 − tanh² x) dx
  tanh: (y, g) => [g.sub(g.mul(y).mul(y))],
  // dσ = σ(1 − σ) dx
  sigmoid: (y, g) => [g.mul(y).mul(fill(1).sub(y))],
  // d log(1 + eˣ) = σ(x) dx
  softplus: ({ inputs: [x] }, g) => [g.mul(x.sigmoid())],
  abs: ({ inputs: [x] }, g) => [g.mul(x.sign())],
  sign: zero,
  step: zero,
  // The output has the sign of the input wherever the slope is positive, and is 0 where ReLU's input is negative:
  // reading the sign from the output frees the input.
  leakyRelu: (y, g) => [make("leakyReluGrad", [y as unknown as Tensor, g], { slope: y.attributes.slope })],
  leakyReluGrad: ({ inputs: [x], attributes }, g) => [undefined, make("leakyReluGrad", [x, g], attributes)],

  add: ({ inputs: [a, b] }, g) => [sumTo(g, a.shape), sumTo(g, b.shape)],
  // Negated after summing, where there is less to negate.
  sub: ({ inputs: [a, b] }, g) => [sumTo(g, a.shape), sumTo(g, b.shape).neg()],
  // d(x²) = 2x dx, the factor on g, which is often small and stretched.
  mul: ({ inputs: [a, b] }, g) => (a === b ? [g.mul(2).mul(a)] : [sumTo(g.mul(b), a.shape), sumTo(g.mul(a), b.shape)]),
  // d(a/b) = da/b − (a/b)/b db
  div: (y, g) => {
    const [a, b] = y.inputs;
    return [sumTo(g.div(b), a.shape), sumTo(g.mul(y).div(b).neg(), b.shape)];
  },
  // Where a = b the whole gradient goes to b.
  maximum: ({ inputs: [a, b] }, g) => {
    const aWins = a.sub(b).step();
    return [sumTo(g.mul(aWins), a.shape), sumTo(g.sub(g.mul(aWins)), b.shape)];
  },
  minimum: ({ inputs: [a, b] }, g) => {
    const aWins = b.sub(a).step();
    return [sumTo(g.mul(aWins), a.shape), sumTo(g.sub(g.mul(aWins)), b.shape)];
  },

  sum: ({ inputs: [x] }, g) => [g.broadcast(x.shape)],
  // Every element that equals the maximum gets the gradient.
  max: (y, g) => {
    const [x] = y.inputs;
    const below = (y as unknown as Tensor).sub(x).step();
    return [g.sub(g.mul(below))];
  },

  reshape: ({ inputs: [x] }, g) => [g.reshape(x.shape)],
  transpose: ({ attributes: { permutation } }, g) => [
    g.transpose(permutation.map((_, axis) => permutation.indexOf(axis))),
  ],
  broadcast: ({ inputs: [x] }, g) => [sumTo(g, x.shape)],
  slice: ({ inputs: [x], attributes: { starts, sizes } }, g) => [
    g.pad(
      starts,
      x.shape.map((size, axis) => size - starts[axis] - sizes[axis]),
    ),
  ],
  pad: ({ inputs: [x], attributes: { before } }, g) => [g.slice(before, x.shape)],
  concat: ({ inputs, attributes: { axis } }, g) => {
    let start = 0;
    return inputs.map((x) => {
      const starts = x.shape.map((_, i) => (i === axis ? start : 0));
      start += x.shape[axis];
      return g.slice(starts, x.shape);
    });
  },
  mirror: ({ attributes: { border } }, g) => [g.fold(border)],
  fold: ({ attributes: { border } }, g) => [g.mirror(border)],

  matmul: ({ inputs: [a, b], attributes: { transposeA, transposeB } }, g) => [
    // C = A B: dA = G Bᵀ, dB = Aᵀ G; a side stored transposed gets the transpose of that.
    transposeA ? b.matmul(g, { transposeA: transposeB, transposeB: true }) : g.matmul(b, { transposeB: !transposeB }),
    transposeB ? g.matmul(a, { transposeA: true, transposeB: transposeA }) : a.matmul(g, { transposeA: !transposeA }),
  ],

  // T(x, w, y) is linear in each of its three arguments, so each face's gradients are the other two.
  conv: ({ inputs: [x, w], attributes }, g) => [
    g.convInputGrad(w, geometryOf(attributes), heightWidth(x)),
    x.convFilterGrad(g, geometryOf(attributes), heightWidth(w)),
  ],
  convInputGrad: ({ inputs: [y, w], attributes }, g) => [
    g.conv(w, geometryOf(attributes)),
    g.convFilterGrad(y, geometryOf(attributes), heightWidth(w)),
  ],
  convFilterGrad: ({ inputs: [x, y], attributes }, g) => [
    y.convInputGrad(g, geometryOf(attributes), heightWidth(x)),
    x.conv(g, geometryOf(attributes)),
  ],

  stopGradient: zero,
};

/** The rule of a node of any operator. */
export function gradientsOf(node: Tensor, g: Tensor): readonly (Tensor | undefined)[] {
  const rule = gradientRules[node.op] as GradientRule<OpName>;
  return rule(node, g);
}
