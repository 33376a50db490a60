// The thread that draws first values while the main one does other things.

import { parentPort, workerData } from "node:worker_threads";
import { type ArrayDrawing, drawn } from "./drawn.ts";

export interface DrawRequest {
  readonly drawings: readonly ArrayDrawing[];
  readonly seed: number;
}

const { drawings, seed } = workerData as DrawRequest;
const arrays = drawings.map((drawing) => drawn(drawing, seed));
parentPort!.postMessage(
  arrays,
  arrays.map(({ buffer }) => buffer as ArrayBuffer),
);
