// What was measured against PyTorch, as tables.

import { list, milliseconds, pair, percent, table, times } from "./markdown.ts";
import type { Measurement, OwnMeasurement } from "./measurement.ts";

/** One workload: ours and, where it was measured, PyTorch's, as is and compiled; why not, where that failed. */
export interface Comparison {
  readonly own: OwnMeasurement;
  readonly torch?: Measurement | string | undefined;
  readonly compiled?: Measurement | string | undefined;
}

export interface Report {
  readonly comparisons: readonly Comparison[];
  /** Of a large matrix product through onnxruntime, in the same rounds. */
  readonly sgemmGflops: number;
  readonly rounds: number;
  readonly threads: number;
  /** What it was measured on. */
  readonly machine: readonly string[];
}

/** Tables of speed and of what comes before it, what failed, and the machine. */
export function describeReport({ comparisons, sgemmGflops, machine, rounds, threads }: Report): string {
  const rivals = (["torch", "compiled"] as const).filter((rival) => comparisons.some((each) => each[rival]));
  const speed = [
    [
      "work",
      "ganforge, ms",
      ...rivals.flatMap((rival) => [`${titles[rival]}, ms`, "times as fast"]),
      "images/s",
      ...rivals.map((rival) => `${titles[rival]}'s`),
      "GFLOP",
      "of SGEMM",
    ],
    ...comparisons.map(({ own, ...others }) => [
      own.workload,
      pair(own.minMs, own.medianMs, milliseconds),
      ...rivals.flatMap((rival) => versus(own, others[rival])),
      imagesPerSecond(own),
      ...rivals.map((rival) => cell(others[rival], imagesPerSecond)),
      own.gflop.toFixed(2),
      percent(own.gflop / (own.minMs / 1000) / sgemmGflops),
    ]),
  ];
  const start = [
    [
      "work",
      "peak memory, MiB",
      ...rivals.map((rival) => `${titles[rival]}, MiB`),
      "parameters",
      "compile, ms",
      "session, ms",
      "first step begins, ms",
      "ends, ms",
    ],
    ...comparisons.map(({ own, ...others }) => [
      own.workload,
      `${own.peakRssMiB}`,
      ...rivals.map((rival) => cell(others[rival], ({ peakRssMiB }) => `${peakRssMiB}`)),
      ...[own.parameters, own.compileMs, own.sessionMs, own.readyMs, own.firstStepMs].map(
        (value) => value?.toFixed(0) ?? "–",
      ),
    ]),
  ];
  const failures = comparisons.flatMap(({ own, ...others }) =>
    rivals.flatMap((rival) => {
      const failure = others[rival];
      return typeof failure === "string" ? [`${own.workload}, ${titles[rival]}, failed: ${failure}`] : [];
    }),
  );
  const what = `${rounds} ${rounds === 1 ? "round" : "rounds"}, ${threads} threads: minimum / median; SGEMM reached ${sgemmGflops.toFixed(0)} GFLOP/s.`;
  return [what, table(speed), table(start), list([...failures, ...machine])].join("\n\n");
}

const titles = { torch: "PyTorch", compiled: "torch.compile" } as const;

function versus(own: Measurement, other: Measurement | string | undefined): [time: string, ratio: string] {
  return [
    cell(other, ({ minMs, medianMs }) => pair(minMs, medianMs, milliseconds)),
    cell(other, ({ minMs, medianMs }) => pair(minMs / own.minMs, medianMs / own.medianMs, times)),
  ];
}

function cell(measured: Measurement | string | undefined, of: (measured: Measurement) => string): string {
  if (measured === undefined) return "–";
  return typeof measured === "string" ? "failed" : of(measured);
}

const imagesPerSecond = ({ imagesPerSecond: value }: Measurement): string => value.toFixed(value < 10 ? 1 : 0);
