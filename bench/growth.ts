// How the cost of a step grows: dcgan64's with one of batch, size and width varied at a time, on one thread and on several.

import { milliseconds, pair, percent, table, times } from "./markdown.ts";
import { combine, type OwnMeasurement } from "./measurement.ts";
import { measureOwn, measureSgemm } from "./own.ts";
import { type DcganSize, nameOf } from "./workloads.ts";

const MIDDLE: DcganSize = { batch: 64, size: 64, width: 64 };

const sizes: readonly DcganSize[] = [
  ...[16, 32, 64, 128, 256].map((batch) => ({ ...MIDDLE, batch })),
  ...[32, 128].map((size) => ({ ...MIDDLE, size })),
  ...[32, 128].map((width) => ({ ...MIDDLE, width })),
];

/** Steps to time: 3 of the middle one and of those that cost more, up to 12 of those that cost less. */
function iterationsOf({ batch, size, width }: DcganSize): number {
  const cost = (batch / MIDDLE.batch) * (size / MIDDLE.size) ** 2 * (width / MIDDLE.width) ** 2;
  return Math.min(Math.max(Math.round(3 / cost), 3), 12);
}

export interface GrowthOptions {
  readonly rounds: number;
  /** The most threads; one is measured as well. */
  readonly threads: number;
}

/** Measures all sizes and gives their table. */
export function measureGrowth({ rounds, threads }: GrowthOptions): string {
  const counts = [...new Set([1, threads])];
  const found = sizes.map(() => counts.map((): OwnMeasurement[] => []));
  const sgemm = counts.map(() => 0);
  for (let round = 0; round < rounds; round++) {
    counts.forEach((count, k) => {
      sgemm[k] = Math.max(sgemm[k], measureSgemm(count));
    });
    for (const [i, size] of sizes.entries()) {
      for (const [k, count] of counts.entries()) {
        const measured = measureOwn(nameOf(size), count, iterationsOf(size));
        found[i][k].push(measured);
        const { workload, minMs, medianMs } = measured;
        console.error(`round ${round + 1}/${rounds}  ${workload}  ${count} threads  ${minMs} / ${medianMs} ms`);
      }
    }
  }
  const measured = found.map((row) => row.map(combine));
  const speed = ({ gflop, minMs }: OwnMeasurement) => gflop / (minMs / 1000);
  const header = [
    ...["batch", "pixels", "width", "parameters", "GFLOP"],
    ...counts.flatMap((count) => [`ms, ${threadsOf(count)}`, "GFLOP/s", "of SGEMM"]),
    ...(counts.length > 1 ? [`${threads} threads: times as fast`] : []),
    "peak memory, MiB",
  ];
  const rows = measured.map((row, i) => [
    `${sizes[i].batch}`,
    `${sizes[i].size}²`,
    `${sizes[i].width}`,
    `${row[0].parameters}`,
    row[0].gflop.toFixed(1),
    ...row.flatMap((each, k) => [
      pair(each.minMs, each.medianMs, milliseconds),
      speed(each).toFixed(0),
      percent(speed(each) / sgemm[k]),
    ]),
    ...(counts.length > 1 ? [times(row[0].minMs / row[1].minMs)] : []),
    `${Math.max(...row.map(({ peakRssMiB }) => peakRssMiB))}`,
  ]);
  const reached = counts.map((count, k) => `${sgemm[k].toFixed(0)} GFLOP/s on ${threadsOf(count)}`).join(", ");
  return [
    `${rounds} ${rounds === 1 ? "round" : "rounds"}: minimum / median of a step; GFLOP/s in its fastest. SGEMM reached ${reached}.`,
    table([header, ...rows], 0),
  ].join("\n\n");
}

const threadsOf = (count: number): string => `${count} ${count === 1 ? "thread" : "threads"}`;
