// What reading pictures adds to a step: the same training with its pictures in memory and from a folder of JPEGs, side by side.

import { type Fed, type Source, sources } from "./feeding.ts";
import { milliseconds, pair, table } from "./markdown.ts";
import { median } from "./measurement.ts";
import { measureFed } from "./own.ts";

const SIZES = [28, 64];

/** Steps to time: those of larger pictures cost ten times as much. */
const stepsOf = (size: number): number => (size === 28 ? 40 : 8);

export interface PipelineOptions {
  readonly rounds: number;
  readonly threads: number;
}

/** Measures all sources in turn, several rounds long, each round another one first, and gives their table. */
export function measurePipeline({ rounds, threads }: PipelineOptions): string {
  const found = SIZES.map((): Record<Source, Fed[]> => ({ memory: [], kept: [], decoded: [] }));
  for (let turn = 0; turn < rounds; turn++) {
    for (const [i, size] of SIZES.entries()) {
      for (let k = 0; k < sources.length; k++) {
        const source = sources[(turn + k) % sources.length];
        const fed = measureFed(source, size, threads, stepsOf(size));
        found[i][source].push(fed);
        console.error(`round ${turn + 1}/${rounds}  ${size} pixels, ${source}  ${fed.minMs} / ${fed.medianMs} ms`);
      }
    }
  }
  const least = (each: readonly Fed[]) => Math.min(...each.map(({ minMs }) => minMs));
  const middle = (each: readonly Fed[]) => median(each.map(({ medianMs }) => medianMs));
  const more = (by: number, than: number) => `${by < than ? "−" : "+"}${Math.abs(100 * (by / than - 1)).toFixed(1)} %`;
  const rows = found.map((by, i) => [
    `${SIZES[i]}²`,
    pair(least(by.memory), middle(by.memory), milliseconds),
    ...(["kept", "decoded"] as const).flatMap((source) => [
      pair(least(by[source]), middle(by[source]), milliseconds),
      `${more(least(by[source]), least(by.memory))} / ${more(middle(by[source]), middle(by.memory))}`,
    ]),
  ]);
  const header = ["pixels", "in memory, ms", "JPEGs, kept", "more", "JPEGs, decoded anew", "more"];
  return [
    `${rounds} ${rounds === 1 ? "round" : "rounds"}, ${threads} threads: minimum / median of a step.`,
    table([header, ...rows], 0),
  ].join("\n\n");
}
