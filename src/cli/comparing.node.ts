// Several runs side by side: a table on the terminal, and a page.

import { InputError } from "../errors/index.ts";
import { type ComparedRun, comparisonPage, type Measure, newestMeasures } from "../report/index.ts";
import { writeOut } from "./files.node.ts";
import { print, printJson } from "./output.node.ts";
import { comparedRun } from "./reporting.node.ts";
import { openRun } from "./run-folder.node.ts";
import { formatFigure, formatTable } from "./text.ts";

export interface CompareRequest {
  readonly runs: readonly string[];
  readonly out: string;
  readonly json: boolean;
}

/** Writes the page, and prints the newest measures of each run. InputError for fewer than two runs. */
export async function compareRuns({ runs: folders, out, json }: CompareRequest): Promise<void> {
  if (folders.length < 2) {
    throw new InputError(`compare: takes two runs or more, got ${folders.length}. Name the folder of another run.`);
  }
  const runs: ComparedRun[] = [];
  for (const folder of folders) runs.push(await comparedRun(await openRun(folder)));
  await writeOut(out, new TextEncoder().encode(comparisonPage(runs)));
  const newest = runs.map(({ measures }) => newestMeasures(measures));
  if (json) {
    printJson({ out, runs: runs.map(({ name }, i) => ({ run: name, measures: newest[i] })) });
    return;
  }
  const measured = newest.flat();
  if (measured.length > 0) print(formatTable(tableOf(runs, newest)));
  for (const [i, { name }] of runs.entries()) {
    if (newest[i].length === 0) print(`${name} has not been measured. Measure it: ganforge evaluate ${name}`);
  }
  print(`${out}: ${runs.length} runs side by side. Open it in any browser.`);
}

/** A row for each figure by its protocol and extractor, a column for each run: only like is set beside like. */
function tableOf(runs: readonly ComparedRun[], newest: readonly (readonly Measure[])[]): string[][] {
  const kindOf = ({ title, protocol, extractor = "" }: Measure) => [title, extractor, protocol].join("\n");
  const kinds = new Map(newest.flat().map((measure) => [kindOf(measure), measure]));
  const cell = (measure: Measure | undefined) => {
    if (measure === undefined || measure.value === null) return "–";
    const { value, interval } = measure;
    return interval
      ? `${formatFigure(value)} (${formatFigure(interval[0])} – ${formatFigure(interval[1])})`
      : formatFigure(value);
  };
  return [
    ["", ...runs.map(({ name }) => name)],
    ...[...kinds].map(([kind, { title }]) => [
      title,
      ...newest.map((measures) => cell(measures.find((measure) => kindOf(measure) === kind))),
    ]),
  ];
}
