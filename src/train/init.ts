// The first values of a run's state, from the seed alone.

import { sizeOf } from "../graph/index.ts";
import { type ArrayDrawing, drawn } from "./drawn.ts";
import type { StateArray } from "./state.ts";

/** Draws arrays, perhaps in another thread. */
export type DrawArrays = (drawings: readonly ArrayDrawing[], seed: number) => Promise<readonly Float32Array[]>;

/** Every state array's first values, by name. */
export function initialState(state: readonly StateArray[], seed: number): Record<string, Float32Array> {
  return completed(state, new Map(state.filter(isDrawn).map((array) => [array.name, drawn(drawingOf(array), seed)])));
}

/** First values that are being drawn; the function gives those of a whole state, which may be known later than its networks. */
export type Beginning = (state: readonly StateArray[]) => Promise<Record<string, Float32Array>>;

/** Begins to draw the first values of networks' arrays, so that the rest of a run gets ready beside it. */
export function beginDrawing(draw: DrawArrays, networks: readonly StateArray[], seed: number): Beginning {
  const names = networks.map(({ name }) => name);
  const drawing = draw(networks.map(drawingOf), seed);
  drawing.catch(() => {}); // told to whoever asks for the state, and that may be later
  return async (state) => completed(state, new Map((await drawing).map((values, i) => [names[i], values])));
}

/** Draws in the thread that asks. */
export const drawHere: DrawArrays = async (drawings, seed) => drawings.map((drawing) => drawn(drawing, seed));

interface DrawnArray extends StateArray {
  readonly start: Extract<StateArray["start"], { init: unknown }>;
}

const isDrawn = (array: StateArray): array is DrawnArray => array.start !== "zeros" && "init" in array.start;

function drawingOf(array: StateArray): ArrayDrawing {
  if (!isDrawn(array)) throw new Error(`"${array.name}" is not drawn`);
  const { size, entries, start } = array;
  const parts = entries.map(({ name, shape, offset }, i) => ({
    ...{ name, offset, size: sizeOf(shape) },
    filling: start.init[i](shape),
  }));
  return { size, parts };
}

/** What was drawn, in its places, and what begins as a copy of it or at 0. */
function completed(
  state: readonly StateArray[],
  arrays: ReadonlyMap<string, Float32Array>,
): Record<string, Float32Array> {
  const values: Record<string, Float32Array> = {};
  for (const { name, size } of state) values[name] = arrays.get(name) ?? new Float32Array(size);
  for (const { name, start } of state) {
    if (start !== "zeros" && "copyOf" in start) values[name].set(values[start.copyOf]);
  }
  return values;
}
