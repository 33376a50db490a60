// The first values of a run's state, from the seed alone.

import { sizeOf } from "../graph/index.ts";
import { type Filling, fill, stream } from "../random/index.ts";
import type { StateArray } from "./state.ts";

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

/** Draws arrays, perhaps in another thread. */
export type DrawArrays = (drawings: readonly ArrayDrawing[], seed: number) => Promise<readonly Float32Array[]>;

/** The numbers of a drawing, in the thread that asks for them. */
export function drawn({ size, parts }: ArrayDrawing, seed: number): Float32Array {
  const values = new Float32Array(size);
  for (const { name, offset, size, filling } of parts) {
    fill(values.subarray(offset, offset + size), filling, stream(seed, "init", name));
  }
  return values;
}

/** Every state array's first values, by name. */
export function initialState(state: readonly StateArray[], seed: number): Record<string, Float32Array> {
  const drawings = state.flatMap(drawingOf);
  return completed(
    state,
    drawings.map((drawing) => drawn(drawing, seed)),
  );
}

/** The same, drawn by another. */
export async function initialStateBy(draw: DrawArrays, state: readonly StateArray[], seed: number) {
  return completed(state, await draw(state.flatMap(drawingOf), seed));
}

function drawingOf({ size, entries, start }: StateArray): ArrayDrawing[] {
  if (start === "zeros" || !("init" in start)) return [];
  const parts = entries.map(({ name, shape, offset }, i) => ({
    ...{ name, offset, size: sizeOf(shape) },
    filling: start.init[i](shape),
  }));
  return [{ size, parts }];
}

/** What was drawn in its places, and what begins as a copy of it or at 0. */
function completed(state: readonly StateArray[], arrays: readonly Float32Array[]): Record<string, Float32Array> {
  const next = arrays.values();
  const isDrawn = ({ start }: StateArray) => start !== "zeros" && "init" in start;
  const values = Object.fromEntries(
    state.map((array) => [array.name, isDrawn(array) ? next.next().value! : new Float32Array(array.size)]),
  );
  for (const { name, start } of state) {
    if (start !== "zeros" && "copyOf" in start) values[name].set(values[start.copyOf]);
  }
  return values;
}
