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
      .map(({ name, measures }) =>
        overSteps(
          name || title,
          measures.filter((measure) => keyOf(measure) === key),
        ),
      )
      .filter(({ x }) => x.length > 0);
    if (lines.every(({ x }) => x.length < 2)) return [];
    return Array.from({ length: Math.ceil(lines.length / MOST_SERIES) }, (_, i) =>
      lineChart(lines.slice(i * MOST_SERIES, (i + 1) * MOST_SERIES), { title: named, x: "checkpoint" }),
    );
  });
}

/** A figure by its step; of several at one step, the last. */
function overSteps(name: string, measures: readonly Measure[]): Series {
  const bySteps = new Map(measures.map((measure) => [measure.step, measure]));
  const sorted = [...bySteps.values()].sort((a, b) => a.step - b.step);
  return {
    name,
    x: sorted.map(({ step }) => step),
    y: sorted.map(({ value }) => value ?? Number.NaN),
    low: sorted.map(({ interval }) => interval?.[0] ?? Number.NaN),
    high: sorted.map(({ interval }) => interval?.[1] ?? Number.NaN),
  };
}
