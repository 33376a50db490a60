// The workloads side by side: ours and PyTorch's in turn, each in a process of its own.

import { combine, type Measurement, mismatch, type OwnMeasurement } from "./measurement.ts";
import { measureOwn, measureSgemm } from "./own.ts";
import type { Report } from "./report.ts";
import { measureTorch, type Torch } from "./torch.ts";
import type { Workload } from "./workloads.ts";

export interface StepsOptions {
  readonly workloads: readonly Workload[];
  readonly rounds: number;
  readonly iterations: number;
  readonly threads: number;
  readonly torch: Torch | undefined;
  /** Whether torch.compile takes part. */
  readonly compile: boolean;
}

/** How often a process makes what is timed, as torch_steps.py and torch_more.py have it. */
export function iterationsOf({ name, samples }: Workload, iterations: number): number {
  if (samples !== undefined) return 1;
  return name === "mlp" ? 20 * iterations : iterations;
}

/** Everyone's measurements, round by round: in each, all measure all workloads, and each round another one begins. */
export function compare(options: StepsOptions): Omit<Report, "machine"> {
  const { workloads, rounds, iterations, threads, torch, compile } = options;
  const own = workloads.map((): OwnMeasurement[] => []);
  const ours = (index: number) => {
    const workload = workloads[index];
    const measured = measureOwn(workload.name, threads, iterationsOf(workload, iterations));
    own[index].push(measured);
    return shown(measured);
  };
  const rival = (compiled: boolean) => {
    const found = workloads.map((): Measurement[] => []);
    const failures: (string | undefined)[] = workloads.map(() => undefined);
    const run = (index: number) => {
      if (failures[index] !== undefined) return "failed before";
      const workload = workloads[index];
      const measured = measureTorch(torch!, workload, { threads, iterations, compiled });
      if (typeof measured === "string") failures[index] = measured;
      else found[index].push(measured);
      return typeof measured === "string" ? `failed: ${measured}` : shown(measured);
    };
    const result = (index: number, by: OwnMeasurement) => {
      if (failures[index] !== undefined) return failures[index];
      const all = combine(found[index]);
      return mismatch(by, all) ?? all;
    };
    return { run, result };
  };
  const plain = torch && rival(false);
  const compiled = torch && compile ? rival(true) : undefined;
  const contenders = [ours, ...(plain ? [plain.run] : []), ...(compiled ? [compiled.run] : [])];

  let sgemmGflops = 0;
  for (let round = 0; round < rounds; round++) {
    sgemmGflops = Math.max(sgemmGflops, measureSgemm(threads));
    for (const [index, { name }] of workloads.entries()) {
      const results = contenders.map((_, i) => contenders[(i + round) % contenders.length](index));
      console.error(`round ${round + 1}/${rounds}  ${name}  ${results.join("  ")}`);
    }
  }
  const comparisons = own.map((all, index) => {
    const by = combine(all);
    return { own: by, torch: plain?.result(index, by), compiled: compiled?.result(index, by) };
  });
  return { comparisons, sgemmGflops, rounds, threads };
}

const shown = ({ framework, minMs, medianMs }: Measurement): string => `${framework} ${minMs} / ${medianMs} ms`;
