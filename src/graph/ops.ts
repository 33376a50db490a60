// The closed list of primitive operators and their attributes. Every table of the compiler (shapes, gradients, evaluate,
// lower, operator tests) is typed over this list, so an operator that one of them does not know does not compile.

/** Sizes of a tensor's dimensions; images are [N, C, H, W]. Every tensor is float32; a mask is a tensor of zeros and ones. */
export type Shape = readonly number[];

/** How a filter moves over an image. `pads` is [top, left, bottom, right], zero padding. */
export interface ConvGeometry {
  readonly strides: readonly [number, number];
  readonly pads: readonly [number, number, number, number];
  readonly dilations: readonly [number, number];
  readonly groups: number;
}

type None = Readonly<Record<never, never>>;

export interface OpAttributes {
  // Leaves
  /** A value given at each run: state, data or randomness. */
  input: { readonly name: string; readonly shape: Shape };
  /** Every element the same number. */
  fill: { readonly value: number; readonly shape: Shape };
  constant: { readonly data: Float32Array; readonly shape: Shape };

  // Elementwise on one tensor
  neg: None;
  exp: None;
  log: None;
  sqrt: None;
  tanh: None;
  sigmoid: None;
  /** log(1 + eˣ), without overflow. */
  softplus: None;
  abs: None;
  /** −1, 0 or 1. */
  sign: None;
  /** 1 where x > 0, else 0. */
  step: None;
  /** x where x > 0, else slope·x; slope 0 is ReLU. */
  leakyRelu: { readonly slope: number };
  /** Multiplies g by the derivative of leakyRelu at x: g where x > 0, else slope·g. Inputs x, g. */
  leakyReluGrad: { readonly slope: number };

  // Elementwise on two tensors of one rank (a dimension of 1 stretches) or with a scalar
  add: None;
  sub: None;
  mul: None;
  div: None;
  maximum: None;
  minimum: None;

  // Reductions keep the reduced dimensions, with size 1
  sum: { readonly axes: readonly number[] };
  max: { readonly axes: readonly number[] };

  // Shape
  reshape: { readonly shape: Shape };
  transpose: { readonly permutation: readonly number[] };
  broadcast: { readonly shape: Shape };
  slice: { readonly starts: readonly number[]; readonly sizes: readonly number[] };
  /** Zeros around a tensor; the transpose of slice. */
  pad: { readonly before: readonly number[]; readonly after: readonly number[] };
  concat: { readonly axis: number };
  /** [N, C, H, W] with `border` pixels more on each side, mirrored at its border pixels, which are not repeated. */
  mirror: { readonly border: number };
  /** The transpose of mirror: [N, C, H + 2·border, W + 2·border] → [N, C, H, W], border pixels added to those they mirror. */
  fold: { readonly border: number };

  // Bilinear
  /** [m, k] × [k, n] → [m, n], either side stored transposed. */
  matmul: { readonly transposeA: boolean; readonly transposeB: boolean };
  /**
   * The three partial derivatives of the trilinear form T(x, w, y) = ⟨y, conv(x, w)⟩
   * with x [N, C, H, W], w [O, C/groups, kh, kw], y [N, O, H', W'].
   */
  conv: ConvGeometry; //                                                                      x, w → y
  convInputGrad: ConvGeometry & { readonly inputSize: readonly [number, number] }; //         y, w → x
  convFilterGrad: ConvGeometry & { readonly kernelSize: readonly [number, number] }; //       x, y → w

  /** The value itself, through which no gradient passes. */
  stopGradient: None;
}

export type OpName = keyof OpAttributes;
