// The yardstick: a Python with torch, where there is one, and its step times by torch_steps.py.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import type { Measurement } from "./measurement.ts";

export interface Torch {
  readonly python: string;
  readonly script: string;
  /** "2.15.0+cpu, kernels for AVX512" */
  readonly version: string;
}

const VERSION = `
import torch
try: kernels = ", kernels for " + torch.backends.cpu.get_cpu_capability()
except AttributeError: kernels = ""
print(torch.__version__ + kernels)`;

/** Torch as found with this Python and script; otherwise a clause on what is missing. */
export function findTorch(python: string, script: string): Torch | string {
  if (!existsSync(script)) return `there is no ${script} (--torch-script)`;
  const { status, stdout } = spawnSync(python, ["-c", VERSION], { encoding: "utf8" });
  return status === 0 ? { python, script, version: stdout.trim() } : `${python} has no torch (--python)`;
}

/** One workload in a process of its own; the last line of its error output where it fails. */
export function measureTorch(
  { python, script }: Torch,
  workload: string,
  {
    threads,
    iterations,
    compiled,
  }: { readonly threads: number; readonly iterations: number; readonly compiled: boolean },
): Measurement | string {
  const args = [script, workload, "--threads", `${threads}`, "--iters", `${iterations}`];
  const { status, stdout, stderr } = spawnSync(python, compiled ? [...args, "--compile"] : args, { encoding: "utf8" });
  if (status === 0) return JSON.parse(stdout.trim().split("\n").at(-1)!);
  return stderr.trim().split("\n").at(-1) || `exit code ${status}`;
}
