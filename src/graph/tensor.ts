// A symbolic tensor: one node of a graph without cycles. Building a node checks its shape; nothing is computed.

import type { ConvGeometry, OpAttributes, OpName, Shape } from "./ops.ts";
import { ShapeError } from "./shape-error.ts";
import { sameShape, shapeRules, sizeOf } from "./shapes.ts";

/** A number stands for the scalar of that value. */
export type Operand = Tensor | number;

/**
 * An array that a graph will compute: an operator, its inputs and attributes, and the shape they give.
 *
 * @example const y = x.mul(2).add(1).square().mean(); // [n] → []
 */
export class Tensor<K extends OpName = OpName> {
  readonly op: K;
  readonly inputs: readonly Tensor[];
  readonly attributes: OpAttributes[K];
  readonly shape: Shape;

  /** Throws ShapeError, beginning with the operator's name, where the shapes do not fit. */
  constructor(op: K, inputs: readonly Tensor[], attributes: OpAttributes[K]) {
    this.op = op;
    this.inputs = inputs;
    this.attributes = attributes;
    try {
      this.shape = shapeRules[op](
        inputs.map((input) => input.shape),
        attributes,
      );
    } catch (error) {
      throw error instanceof ShapeError ? error.atOperator(op) : error;
    }
  }

  /** Whether this node's operator is `op`, narrowing its attributes. */
  is<L extends OpName>(op: L): this is Tensor<L> {
    return (this.op as OpName) === op;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  neg(): Tensor {
    return make("neg", [this], {});
  }
  exp(): Tensor {
    return make("exp", [this], {});
  }
  log(): Tensor {
    return make("log", [this], {});
  }
  sqrt(): Tensor {
    return make("sqrt", [this], {});
  }
  tanh(): Tensor {
    return make("tanh", [this], {});
  }
  sigmoid(): Tensor {
    return make("sigmoid", [this], {});
  }
  /** log(1 + eˣ), finite for every finite x. */
  softplus(): Tensor {
    return make("softplus", [this], {});
  }
  abs(): Tensor {
    return make("abs", [this], {});
  }
  sign(): Tensor {
    return make("sign", [this], {});
  }
  /** 1 where x > 0, else 0. */
  step(): Tensor {
    return make("step", [this], {});
  }
  relu(): Tensor {
    return make("leakyRelu", [this], { slope: 0 });
  }
  leakyRelu(slope: number): Tensor {
    return make("leakyRelu", [this], { slope });
  }
  square(): Tensor {
    return this.mul(this);
  }

  add(other: Operand): Tensor {
    return make("add", [this, tensorOf(other)], {});
  }
  sub(other: Operand): Tensor {
    return make("sub", [this, tensorOf(other)], {});
  }
  mul(other: Operand): Tensor {
    return make("mul", [this, tensorOf(other)], {});
  }
  div(other: Operand): Tensor {
    return make("div", [this, tensorOf(other)], {});
  }
  maximum(other: Operand): Tensor {
    return make("maximum", [this, tensorOf(other)], {});
  }
  minimum(other: Operand): Tensor {
    return make("minimum", [this, tensorOf(other)], {});
  }
  /** 1 / this. */
  reciprocal(): Tensor {
    return fill(1).div(this);
  }
  /** this + (other − this)·t: this at t = 0, other at t = 1. */
  lerp(other: Tensor, t: Operand): Tensor {
    return this.add(other.sub(this).mul(t));
  }

  /** Sum over `axes` (all by default; negative ones count from the end), which are dropped unless `keepDims`. */
  sum(axes?: readonly number[], keepDims = false): Tensor {
    return this.#reduce("sum", axes, keepDims);
  }

  max(axes?: readonly number[], keepDims = false): Tensor {
    return this.#reduce("max", axes, keepDims);
  }

  /** Mean over `axes`, as `sum`. */
  mean(axes?: readonly number[], keepDims = false): Tensor {
    const total = this.sum(axes, keepDims);
    return total.mul(total.size / this.size);
  }

  #reduce(op: "sum" | "max", axes: readonly number[] | undefined, keepDims: boolean): Tensor {
    const rank = this.shape.length;
    const over = axes === undefined ? this.shape.map((_, axis) => axis) : axes.map((a) => (a < 0 ? a + rank : a));
    const reduced = over.length === 0 ? this : make(op, [this], { axes: [...over].sort((a, b) => a - b) });
    return keepDims ? reduced : reduced.reshape(this.shape.filter((_, axis) => !over.includes(axis)));
  }

  /** The same elements in another shape of the same size; one size may be −1, which is worked out. */
  reshape(shape: Shape): Tensor {
    const known = sizeOf(shape.filter((size) => size !== -1));
    const to = shape.map((size) => (size === -1 ? this.size / known : size));
    return sameShape(to, this.shape) ? this : make("reshape", [this], { shape: to });
  }

  /** [n, …] → [n, m]. */
  flatten(): Tensor {
    return this.reshape([this.shape[0], -1]);
  }

  /** Axis `i` of the result is axis `permutation[i]` of this. */
  transpose(permutation: readonly number[]): Tensor {
    return make("transpose", [this], { permutation });
  }

  /** Repeats along dimensions of size 1 (or a scalar everywhere) up to `shape`. */
  broadcast(shape: Shape): Tensor {
    return sameShape(shape, this.shape) ? this : make("broadcast", [this], { shape });
  }

  slice(starts: readonly number[], sizes: readonly number[]): Tensor {
    return make("slice", [this], { starts, sizes });
  }
  pad(before: readonly number[], after: readonly number[]): Tensor {
    return make("pad", [this], { before, after });
  }
  /** [N, C, H, W] → [N, C, H + 2·border, W + 2·border], mirrored at the border pixels. ShapeError unless H and W are larger than `border`. */
  mirror(border: number): Tensor {
    return make("mirror", [this], { border });
  }
  /** The transpose of `mirror`. */
  fold(border: number): Tensor {
    return make("fold", [this], { border });
  }

  /** [m, k] × [k, n] → [m, n]. */
  matmul(other: Tensor, { transposeA = false, transposeB = false } = {}): Tensor {
    return make("matmul", [this, other], { transposeA, transposeB });
  }

  /** x [N, C, H, W] with w [O, C/groups, kh, kw] → [N, O, H', W']. */
  conv(w: Tensor, geometry: ConvGeometry): Tensor {
    return make("conv", [this, w], geometry);
  }

  /** The transpose of `conv` in x, which is transposed convolution: y [N, O, H', W'] with w [O, C/groups, kh, kw] → [N, C, ...inputSize]. */
  convInputGrad(w: Tensor, geometry: ConvGeometry, inputSize: readonly [number, number]): Tensor {
    return make("convInputGrad", [this, w], { ...geometry, inputSize });
  }

  /** The transpose of `conv` in w: x [N, C, H, W] with y [N, O, H', W'] → [O, C/groups, ...kernelSize]. */
  convFilterGrad(y: Tensor, geometry: ConvGeometry, kernelSize: readonly [number, number]): Tensor {
    return make("convFilterGrad", [this, y], { ...geometry, kernelSize });
  }

  stopGradient(): Tensor {
    return make("stopGradient", [this], {});
  }
}

/** One node, typed as a plain Tensor so that graphs of any operators mix. */
export function make<K extends OpName>(op: K, inputs: readonly Tensor[], attributes: OpAttributes[K]): Tensor {
  return new Tensor(op, inputs, attributes) as unknown as Tensor;
}

/** A value given at each run under this name. */
export function input(name: string, shape: Shape): Tensor {
  return make("input", [], { name, shape });
}

/** Every element `value`; a scalar unless a shape is given. */
export function fill(value: number, shape: Shape = []): Tensor {
  return make("fill", [], { value, shape });
}

export function constant(data: ArrayLike<number>, shape: Shape = [data.length]): Tensor {
  return make("constant", [], { data: Float32Array.from(data), shape });
}

export function tensorOf(operand: Operand): Tensor {
  return typeof operand === "number" ? fill(operand) : operand;
}

/** Joins tensors that agree in every dimension but `axis`. */
export function concat(tensors: readonly Tensor[], axis: number): Tensor {
  return tensors.length === 1 ? tensors[0] : make("concat", tensors, { axis });
}

/** The value of x as a constant of the differentiation. */
export function stopGradient(x: Tensor): Tensor {
  return x.stopGradient();
}
