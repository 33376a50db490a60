// Every device of Node, and the choice of one. "auto" takes the fastest of those that really work, by a measured step.

import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { InputError, suggest } from "../errors/index.ts";
import type { Backend } from "./backend.ts";
import { cpu } from "./cpu.node.ts";
import { cuda } from "./cuda.node.ts";
import { timeBackend } from "./probe.ts";
import { type Examination, examine } from "./probe-child.node.ts";
import { webgpu } from "./webgpu.node.ts";

export const backends: readonly Backend[] = [cuda, webgpu, cpu];

/** How long "auto" waits for an accelerator: real ones answer well within it, software ones need not. */
const PATIENCE_MS = 2500;

/** A backend, and in words why it was chosen. */
export interface Choice {
  readonly backend: Backend;
  readonly reason: string;
}

/** Throws InputError, with the nearest name, unless `device` is "auto" or a backend's name. */
export function checkDevice(device: string): void {
  const names = ["auto", ...backends.map((backend) => backend.device)];
  if (!names.includes(device)) {
    throw new InputError(`--device: there is no "${device}" among ${names.join(", ")}; ${suggest(device, names)}`);
  }
}

/**
 * The backend of a --device name, checked by running a step on it; `threads` (0: all) are what the CPU may use in the comparison.
 * Throws InputError with the probe's reason when it does not work here, and for an unknown name.
 */
export async function chooseBackend(device: string, { threads = 0 } = {}): Promise<Choice> {
  checkDevice(device);
  if (device === "auto") return chooseFastest(threads);
  const backend = backends.find((candidate) => candidate.device === device)!;
  const { works, detail } = backend === cpu ? await cpu.probe() : await examine(backend);
  if (works) return { backend, reason: "as asked" };
  throw new InputError(
    `--device: ${device} does not work here: ${detail}. Pass --device cpu, or see what to do with: ganforge doctor`,
  );
}

async function chooseFastest(threads: number): Promise<Choice> {
  const accelerators = backends.filter((backend) => backend === webgpu || (backend === cuda && cudaIsInstalled()));
  const examined = await Promise.all(
    accelerators.map(async (backend) => ({
      backend,
      ...(await examine(backend, { timed: true, timeoutMs: PATIENCE_MS })),
    })),
  );
  const working = examined.filter(({ works }) => works);
  if (working.length === 0) return { backend: cpu, reason: examined.map(describe).join("; ") };
  const cpuMs = await timeBackend(cpu, {
    threads: threads || availableParallelism(),
    clock: () => performance.now(),
  });
  const timed = [...working, { backend: cpu, works: true, detail: "", milliseconds: cpuMs }];
  const [best, ...others] = timed.toSorted((a, b) => millisecondsOf(a) - millisecondsOf(b));
  return { backend: best.backend, reason: `the fastest here: ${[best, ...others].map(describe).join(", ")}` };
}

/** Whether onnxruntime's CUDA library may be there: a look that spares starting a process in vain. */
function cudaIsInstalled(): boolean {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve("onnxruntime-node/package.json"));
    const files = readdirSync(join(folder, "bin"), { recursive: true, encoding: "utf8" });
    return files.some((file) => file.includes("providers_cuda"));
  } catch {
    return true; // laid out otherwise: let the probe find out
  }
}

const millisecondsOf = ({ milliseconds = Number.POSITIVE_INFINITY }: Examination): number => milliseconds;

function describe({ backend, detail, milliseconds }: Examination & { readonly backend: Backend }): string {
  return milliseconds === undefined
    ? `${backend.device}: ${detail}`
    : `${backend.device} ${milliseconds.toFixed(0)} ms a step`;
}
