// Our own measurements, each by a process of its own.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Fed, Source } from "./feeding.ts";
import type { OwnMeasurement } from "./measurement.ts";

/** What a measuring process prints; it is bundled, as the command is. Its errors go to ours; where it fails, so do we. */
function measure<T>(...args: readonly (string | number)[]): T {
  const script = fileURLToPath(new URL("../bin/measure.js", import.meta.url));
  const { status, stdout } = spawnSync(process.execPath, [script, ...args.map(String)], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) process.exit(1);
  return JSON.parse(stdout);
}

export const measureOwn = (workload: string, threads: number, iterations: number): OwnMeasurement =>
  measure("work", workload, threads, iterations);

/** GFLOP/s of a large matrix product through onnxruntime. */
export const measureSgemm = (threads: number): number => measure<{ gflops: number }>("sgemm", threads).gflops;

/** A training step's time with its pictures from a source. */
export const measureFed = (source: Source, size: number, threads: number, steps: number): Fed =>
  measure("fed", source, size, threads, steps);
