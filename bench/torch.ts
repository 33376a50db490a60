// The yardstick: a Python with torch, where there is one, and its times by torch_steps.py and torch_more.py.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import type { Measurement } from "./measurement.ts";
import type { Workload } from "./workloads.ts";

export interface Torch {
  readonly python: string;
  /** Where the scripts lie. */
  readonly scripts: Readonly<Record<Workload["script"], string>>;
  /** "2.15.0+cpu, kernels for AVX512" */
  readonly version: string;
}

const VERSION = `
import torch
try: kernels = ", kernels for " + torch.backends.cpu.get_cpu_capability()
except AttributeError: kernels = ""
print(torch.__version__ + kernels)`;

/** Torch as found with this Python; otherwise a clause on what is missing. */
export function findTorch(python: string, stepsScript: string): Torch | string {
  const { status, stdout } = spawnSync(python, ["-c", VERSION], { encoding: "utf8" });
  if (status !== 0) return `${python} has no torch (--python)`;
  const scripts = { "torch_steps.py": stepsScript, "torch_more.py": "bench/torch_more.py" };
  return { python, scripts, version: stdout.trim() };
}

/** One workload in a process of its own; why not, where it fails. */
export function measureTorch(
  { python, scripts }: Torch,
  { name, script }: Workload,
  {
    threads,
    iterations,
    compiled,
  }: { readonly threads: number; readonly iterations: number; readonly compiled: boolean },
): Measurement | string {
  const path = scripts[script];
  if (!existsSync(path)) return `there is no ${path} (--torch-script)`;
  const args = [path, name, "--threads", `${threads}`, "--iters", `${iterations}`];
  const { status, stdout, stderr } = spawnSync(python, compiled ? [...args, "--compile"] : args, { encoding: "utf8" });
  if (status === 0) return JSON.parse(stdout.trim().split("\n").at(-1)!);
  const lines = stderr.trim().split("\n");
  // torch.compile's errors end in advice.
  return (
    lines.findLast((line) => /^[\w.]*(Error|Exception|Compiler)\w*: ./.test(line)) ??
    (lines.at(-1) || `exit code ${status}`)
  );
}
