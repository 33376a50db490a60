// Shape errors happen while a graph is built; whoever knows the place adds it in front: the operator, and then the layer.

/** A tensor's shape does not fit; `message` reads `[place: ]what was wrong, with both shapes`. */
export class ShapeError extends Error {
  override readonly name = "ShapeError";

  readonly #problem: string;
  readonly #inLayer: boolean;

  constructor(problem: string, place?: string, inLayer = false) {
    super(place === undefined ? problem : `${place}: ${problem}`);
    this.#problem = problem;
    this.#inLayer = inLayer;
  }

  /** The same error with the operator that refused in front. */
  atOperator(op: string): ShapeError {
    return new ShapeError(this.#problem, op);
  }

  /** The same error with the layer in front, in place of its operator; the innermost layer wins. */
  atLayer(layer: string): ShapeError {
    return this.#inLayer ? this : new ShapeError(this.#problem, layer, true);
  }
}

/** `[64, 3, 32, 32]`, as every message prints shapes. */
export function formatShape(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}
