// First values, drawn in a thread of their own: a large network's take a quarter of a second, as long as its session takes to load.

import { Worker } from "node:worker_threads";
import type { DrawRequest } from "./draw-thread.node.ts";
import { type DrawArrays, drawHere } from "./init.ts";

/** Numbers that are drawn in less time than a thread takes to start. */
const FEW = 2 ** 20;

/** Draws in the calling thread what is soon drawn, and the rest beside it. */
export const drawBeside: DrawArrays = async (drawings, seed) => {
  const numbers = drawings.reduce((sum, { size }) => sum + size, 0);
  if (numbers < FEW) return drawHere(drawings, seed);
  const request: DrawRequest = { drawings, seed };
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL("./draw-thread.node.js", import.meta.url), { workerData: request });
    thread.on("message", resolve);
    thread.on("error", reject);
  });
};
