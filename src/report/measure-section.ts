// Measures as tables and as charts over checkpoints.

import { lineChart, MOST_SERIES } from "./chart.ts";
import type { Series } from "./curve.ts";
import { type Html, html } from "./html.ts";
import { countText, numberText } from "./numbers.ts";
import { type Column, cardTable } from "./page.ts";
import { keyOf, type Measure } from "./records.ts";

const ARROWS = { lower: "↓", higher: "↑", target: "→" } as const;
const WORDS = { lower: "lower is better", higher: "higher is better", target: "nearer to a target is better" } as const;

/** A figure's title, with which way is better. */
export function figureTitle({ title, better, ideal }: Measure): Html {
  const target = better === "target" && typeof ideal === "number" ? ` ${numberText(ideal)}` : "";
  return html`${title} <span title="${WORDS[better]}" role="img" aria-label="${WORDS[better]}">${ARROWS[better]}</span>${target}`;
}

/** "12.3 to 14.1", or nothing. */
export function intervalText({ interval }: Measure): string {
  return interval ? `${numberText(interval[0])} to ${numberText(interval[1])}` : "";
}

/** One row for each measure. */
export function measureTable(measures: readonly Measure[]): Html {
  const floors = measures.some(({ floor }) => typeof floor === "number");
  const columns: Column[] = [
    { title: "metric" },
    { title: "value", number: true },
    { title: "95 % interval", number: true },
    ...(floors ? [{ title: "of real samples", number: true }] : []),
    { title: "protocol" },
    { title: "extractor" },
    { title: "checkpoint", number: true },
  ];
  const rows = measures.map((measure) => {
    const { step, value, floor, protocol, extractor = "", seed } = measure;
    const beneath = floors ? [typeof floor === "number" ? numberText(floor) : ""] : [];
    return [
      ...[figureTitle(measure), numberText(value), intervalText(measure), ...beneath],
      ...[`${protocol}, seed ${seed}`, extractor, countText(step)],
    ];
  });
  return cardTable(columns, rows);
}

/** Runs, or one, with their measures. */
export interface Measures {
  readonly name: string;
  readonly measures: readonly Measure[];
}

/** A chart over checkpoints for each figure that was measured at two of them or more; one line for each run. */
export function measureCharts(runs: readonly Measures[]): string[] {
  const figures = new Map(
    runs.flatMap(({ measures }) => measures.map((measure) => [keyOf(measure), measure] as const)),
  );
  return [...figures].flatMap(([key, { title, extractor }]) => {
    const named = `${title}${extractor === undefined ? "" : ` (${extractor})`}`;
    const lines = runs
      .map(({ name, measures }) => ({
        name: name || title,
        measures: overSteps(measures.filter((measure) => keyOf(measure) === key)),
      }))
      .filter(({ measures }) => measures.length > 0);
    if (lines.every(({ measures }) => measures.length < 2)) return [];
    return Array.from({ length: Math.ceil(lines.length / MOST_SERIES) }, (_, i) =>
      measureChart(lines.slice(i * MOST_SERIES, (i + 1) * MOST_SERIES), named),
    );
  });
}

/** What a chart shows of one figure of one checkpoint. */
export type Charted = Pick<Measure, "step" | "value" | "interval" | "floor">;

/**
 * One figure over checkpoints, by ascending step, of at most six runs (`MOST_SERIES`): with its 95 % intervals, and a line at what real
 * samples score in the place of made ones, for each run that has its own.
 */
export function measureChart(
  lines: readonly { readonly name: string; readonly measures: readonly Charted[] }[],
  title: string,
): string {
  const floors = new Map<string, { y: number; names: string[] }>();
  for (const { name, measures } of lines) {
    const floor = measures.findLast((measure) => typeof measure.floor === "number")?.floor;
    if (floor === undefined) continue;
    const known = floors.get(numberText(floor)) ?? { y: floor, names: [] };
    floors.set(numberText(floor), { ...known, names: [...known.names, name] });
  }
  const levels = Array.from(floors.values(), ({ y, names }) => ({
    name: `real against real ${numberText(y)}${floors.size === 1 ? "" : ` (${names.join(", ")})`}`,
    y,
  }));
  return lineChart(
    lines.map(({ name, measures }) => seriesOf(name, measures)),
    { title, x: "checkpoint", levels },
  );
}

/** By step; of several at one step, the last. */
function overSteps(measures: readonly Measure[]): Measure[] {
  const bySteps = new Map(measures.map((measure) => [measure.step, measure]));
  return [...bySteps.values()].sort((a, b) => a.step - b.step);
}

function seriesOf(name: string, sorted: readonly Charted[]): Series {
  return {
    name,
    x: sorted.map(({ step }) => step),
    y: sorted.map(({ value }) => value ?? Number.NaN),
    low: sorted.map(({ interval }) => interval?.[0] ?? Number.NaN),
    high: sorted.map(({ interval }) => interval?.[1] ?? Number.NaN),
  };
}
