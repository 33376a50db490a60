// The numbers of metrics.jsonl as charts: those of one sort, which stands before the "/" of their names, on one.

import type { JsonObject } from "../formats/index.ts";
import { MOST_SERIES } from "./chart.ts";
import type { Series } from "./curve.ts";

/** A chart to be drawn. */
export interface Chart {
  readonly title: string;
  readonly series: readonly Series[];
}

/** What a line says of the step itself. */
const OF_THE_STEP = ["step", "images", "epoch", "seconds"];
/** Its own sort, though of samples: of each class, its share of the made samples over its share of the data. Shown by the name of the class. */
const CLASSES = "samples/class";
/** Sorts that come first, whatever else a recipe logs. */
const SORTS: readonly (readonly [sort: string, title: string])[] = [
  ["loss", "Losses"],
  ["score", "Scores of D"],
  ["gradient", "Gradient norms"],
  [CLASSES, "Classes: made over real shares"],
];
/** Sorts whose numbers are each on a scale of their own. */
const APART = ["measure", "symptom"];

/** Charts in their order; steps whose line lacks a number are gaps in it. */
export function metricCharts(lines: readonly JsonObject[]): Chart[] {
  const bySort = new Map<string, Series[]>(SORTS.map(([sort]) => [sort, []]));
  for (const series of seriesOf(lines)) {
    const isClass = series.name.startsWith(`${CLASSES}/`);
    const sort = isClass ? CLASSES : series.name.split("/")[0];
    const name = isClass ? series.name.slice(CLASSES.length + 1) : series.name;
    bySort.set(sort, [...(bySort.get(sort) ?? []), { ...series, name }]);
  }
  const titles = new Map(SORTS);
  return [...bySort].flatMap(([sort, series]) =>
    APART.includes(sort)
      ? series.flatMap((one) => chartsOf(one.name, [one]))
      : chartsOf(titles.get(sort) ?? titleOf(sort), series),
  );
}

function seriesOf(lines: readonly JsonObject[]): Series[] {
  const x = Float64Array.from(lines, ({ step }) => Number(step));
  const columns = new Map<string, Float64Array>();
  for (const [i, line] of lines.entries()) {
    for (const [name, value] of Object.entries(line)) {
      if (OF_THE_STEP.includes(name) || typeof value !== "number") continue;
      let column = columns.get(name);
      if (column === undefined) {
        column = new Float64Array(lines.length).fill(Number.NaN);
        columns.set(name, column);
      }
      column[i] = value;
    }
  }
  return [...columns].map(([name, y]) => ({ name, x, y }));
}

/** One chart, or several with about as many series each, as far as a chart tells them apart. */
function chartsOf(title: string, series: readonly Series[]): Chart[] {
  const count = Math.ceil(series.length / MOST_SERIES);
  const each = Math.ceil(series.length / count);
  return Array.from({ length: count }, (_, i) => ({
    title: count === 1 ? title : `${title}, ${i + 1} of ${count}`,
    series: series.slice(i * each, (i + 1) * each),
  }));
}

/** "imagesPerSecond" → "Images per second" */
function titleOf(sort: string): string {
  const words = sort.replace(/([a-z])([A-Z])/g, (_, before, after) => `${before} ${after.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
