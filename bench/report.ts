// What was measured, as Markdown, which reads as well on a terminal.

import type { Measurement, OwnMeasurement } from "./measurement.ts";

/** One workload: ours and, where it was measured, PyTorch's, as is and compiled. */
export interface Comparison {
  readonly own: OwnMeasurement;
  readonly torch?: Measurement | undefined;
  readonly compiled?: Measurement | undefined;
}

export interface Report {
  readonly comparisons: readonly Comparison[];
  /** Of a large matrix product through onnxruntime, in the same rounds. */
  readonly sgemmGflops: number;
  readonly machine: readonly string[];
  readonly rounds: number;
  readonly threads: number;
  readonly notes: readonly string[];
}

/** Tables of speed and of what comes before it, and the machine. */
export function describeReport({ comparisons, sgemmGflops, machine, rounds, threads, notes }: Report): string {
  const rivals = (["torch", "compiled"] as const).filter((rival) => comparisons.some((each) => each[rival]));
  const speed = [
    [
      "step",
      "ganforge, ms",
      ...rivals.flatMap((rival) => [`${titles[rival]}, ms`, "times as fast"]),
      "images/s",
      "GFLOP",
      "of SGEMM",
    ],
    ...comparisons.map(({ own, ...others }) => [
      own.workload,
      pair(own.minMs, own.medianMs, milliseconds),
      ...rivals.flatMap((rival) => versus(own, others[rival])),
      own.imagesPerSecond.toFixed(0),
      own.gflop.toFixed(2),
      `${((100 * own.gflop) / (own.minMs / 1000) / sgemmGflops).toFixed(0)} %`,
    ]),
  ];
  const start = [
    [
      "step",
      "peak memory, MiB",
      ...rivals.map((rival) => `${titles[rival]}, MiB`),
      "compile, ms",
      "session, ms",
      "first step after, ms",
    ],
    ...comparisons.map(({ own, ...others }) => [
      own.workload,
      `${own.peakRssMiB}`,
      ...rivals.map((rival) => `${others[rival]?.peakRssMiB ?? "–"}`),
      ...[own.compileMs, own.sessionMs, own.firstStepMs].map((ms) => ms.toFixed(0)),
    ]),
  ];
  const what = `${rounds} ${rounds === 1 ? "round" : "rounds"}, ${threads} threads: minimum / median of a step; SGEMM reached ${sgemmGflops.toFixed(0)} GFLOP/s.`;
  return [what, table(speed), table(start), [...machine, ...notes].map((line) => `- ${line}`).join("\n")].join("\n\n");
}

const titles = { torch: "PyTorch", compiled: "torch.compile" } as const;

function versus(own: Measurement, other: Measurement | undefined): [time: string, ratio: string] {
  if (other === undefined) return ["–", "–"];
  const ratio = (value: number) => value.toFixed(2);
  return [
    pair(other.minMs, other.medianMs, milliseconds),
    pair(other.minMs / own.minMs, other.medianMs / own.medianMs, ratio),
  ];
}

const pair = (a: number, b: number, format: (value: number) => string): string => `${format(a)} / ${format(b)}`;

const milliseconds = (ms: number): string => ms.toFixed(ms < 100 ? 1 : 0);

/** A table with its first row as the header; all columns but the first to the right. */
function table([header, ...rows]: readonly (readonly string[])[]): string {
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column].length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(" | ")} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  return [line(header), rule, ...rows.map(line)].join("\n");
}

const BEGIN = "<!-- npm run bench -- --write: begin -->";
const END = "<!-- npm run bench -- --write: end -->";

/** A page with the text between its two marks replaced. */
export function replaceResults(page: string, text: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`bench: the page has no "${BEGIN}" followed by "${END}"`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${text}\n\n${page.slice(end)}`;
}
