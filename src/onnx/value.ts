// A computed value in the layouts it has been asked for: plain NCHW, or blocked, where channels stand in groups of B
// beside each other, [N, C/B, H, W, B]. A conversion is emitted when first needed, and only then.

import type { Shape } from "../graph/index.ts";
import type { Emitter } from "./emitter.ts";

/** onnxruntime's own domain of operators on blocked images. */
export const NCHWC = "com.microsoft.nchwc";

export class Value {
  readonly shape: Shape;
  /** Whether it was computed in the blocked layout. */
  readonly isBlocked: boolean;
  readonly #emit: Emitter;
  readonly #block: number;
  #plain: string | undefined;
  #blocked: string | undefined;

  constructor(emit: Emitter, shape: Shape, block: number, layout: "plain" | "blocked", name: string) {
    this.#emit = emit;
    this.shape = shape;
    this.#block = block;
    this.isBlocked = layout === "blocked";
    if (layout === "plain") this.#plain = name;
    else this.#blocked = name;
  }

  /** Its name as NCHW, or any other shape. */
  plain(): string {
    if (this.#plain === undefined) {
      const [, channels, height, width] = this.shape;
      this.#plain =
        height * width === 1 ? this.nchwc() : this.#emit.node("ReorderOutput", [this.nchwc()], { channels }, NCHWC);
    }
    return this.#plain;
  }

  /** Its name as [N, C/B, H, W, B]; C must be a multiple of B. */
  blocked(): string {
    if (this.#blocked === undefined) {
      const [n, channels, height, width] = this.shape;
      const source =
        height * width === 1
          ? this.plain()
          : this.#emit.node("ReorderInput", [this.plain()], { channels_last: 0 }, NCHWC);
      this.#blocked = this.#emit.node("Reshape", [
        source,
        this.#emit.ints([n, channels / this.#block, height, width, this.#block]),
      ]);
    }
    return this.#blocked;
  }

  /** The blocked numbers under the shape [N, C, H, W], as onnxruntime's own operators take them. */
  nchwc(): string {
    return this.#emit.node("Reshape", [this.blocked(), this.#emit.ints(this.shape)]);
  }
}
