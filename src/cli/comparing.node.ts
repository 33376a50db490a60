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
  const kinds = kindsOf(newest.flat());
  if (kinds.length > 0) print(`${formatTable(tableOf(runs, newest, kinds))}\n\n${howMeasured(kinds)}\n`);
  for (const [i, { name }] of runs.entries()) {
    if (newest[i].length === 0) print(`${name} has not been measured. Measure it: ganforge evaluate ${name}`);
  }
  print(`${out}: ${runs.length} runs side by side. Open it in any browser.`);
}

/** A figure by one protocol and one extractor: only like is set beside like. */
interface Kind {
  readonly key: string;
  /** As the table calls it; with a number where there are more of the name. */
  readonly title: string;
  readonly how: string;
}

const keyOf = ({ title, protocol, extractor = "" }: Measure) => [title, extractor, protocol].join("\n");

function kindsOf(measures: readonly Measure[]): Kind[] {
  const kinds = [...new Map(measures.map((measure) => [keyOf(measure), measure]))];
  return kinds.map(([key, { title, protocol, extractor }]) => {
    const namesakes = kinds.filter(([, other]) => other.title === title);
    const numbered = namesakes.length > 1 ? `${title} [${namesakes.findIndex(([other]) => other === key) + 1}]` : title;
    return { key, title: numbered, how: `${protocol}${extractor ? `; seen by ${extractor}` : ""}` };
  });
}

/** A line for each way of measuring, after the figures that are measured so. */
function howMeasured(kinds: readonly Kind[]): string {
  const ways = [...new Set(kinds.map(({ how }) => how))];
  const figuresOf = (way: string) => kinds.filter(({ how }) => how === way).map(({ title }) => title);
  return ways.map((way) => `${figuresOf(way).join(", ")}: ${way}`).join("\n");
}

/** A row for each kind of figure, a column for each run. */
function tableOf(
  runs: readonly ComparedRun[],
  newest: readonly (readonly Measure[])[],
  kinds: readonly Kind[],
): string[][] {
  const cell = (measure: Measure | undefined) => {
    if (measure === undefined || measure.value === null) return "–";
    const { value, interval } = measure;
    return interval
      ? `${formatFigure(value)} (${formatFigure(interval[0])} – ${formatFigure(interval[1])})`
      : formatFigure(value);
  };
  return [
    ["", ...runs.map(({ name }) => name)],
    ...kinds.map(({ key, title }) => [
      title,
      ...newest.map((measures) => cell(measures.find((measure) => keyOf(measure) === key))),
    ]),
  ];
}
