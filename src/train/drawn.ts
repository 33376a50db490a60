// The numbers of a drawing. By itself, so that a thread that draws begins at once, without the graph and all that comes with it.

import { type Filling, fill, stream } from "../random/index.ts";

/** An array to be drawn: its variables one after another, each from a random stream of its own, named after it. */
export interface ArrayDrawing {
  readonly size: number;
  readonly parts: readonly {
    readonly name: string;
    readonly offset: number;
    readonly size: number;
    readonly filling: Filling;
  }[];
}

/** The numbers of a drawing, in the thread that asks for them. */
export function drawn({ size, parts }: ArrayDrawing, seed: number): Float32Array {
  const values = new Float32Array(size);
  for (const { name, offset, size, filling } of parts) {
    fill(values.subarray(offset, offset + size), filling, stream(seed, "init", name));
  }
  return values;
}
