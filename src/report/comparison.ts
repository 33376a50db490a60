// Several runs as one page: their measures side by side, what each drew, and which options make the difference.

import { flagOf, formatOption, type OptionValue } from "../recipes/index.ts";
import type { RunRecord } from "../train/index.ts";
import { dataUri, type Picture } from "./data-uri.ts";
import { type Html, html, trusted } from "./html.ts";
import { figureTitle, intervalText, measureCharts } from "./measure-section.ts";
import { countText, numberText } from "./numbers.ts";
import { cardTable, page } from "./page.ts";
import { keyOf, type Measure, newestMeasures } from "./records.ts";

/** A run as a comparison needs it. */
export interface ComparedRun extends RunRecord {
  /** What the page calls it: its folder. */
  readonly name: string;
  /** All lines of measures.jsonl: tables show the newest of each figure, charts all of them. */
  readonly measures: readonly Measure[];
  /** What it draws, and at which step. */
  readonly samples?: { readonly step: number; readonly picture: Picture };
}

/** The page, as HTML that fetches nothing. Only figures of one metric, protocol and extractor stand in one row. */
export function comparisonPage(runs: readonly ComparedRun[]): string {
  const names = runs.map(({ name }) => name);
  const charts = measureCharts(runs);
  return page(
    `${names.join(", ")} compared`,
    html`<header><h1>${runs.length} runs compared</h1><p class="faint">${names.join(", ")}</p></header>
<main>
<section id="measures"><h2>Measures</h2>${measuresSection(runs)}
${charts.length > 0 && html`<h3>Over checkpoints</h3><div class="charts">${charts.map((chart) => html`<figure>${trusted(chart)}</figure>`)}</div>`}</section>
<section id="samples"><h2>Samples</h2>${samplesSection(runs)}</section>
<section id="options"><h2>What differs</h2>${differencesSection(runs)}</section>
</main>`,
  );
}

/**
 * Which of these measures of one figure is best beyond doubt: undefined unless each has an interval and that of the best overlaps with no
 * other's.
 */
export function clearlyBest(measures: readonly (Measure | undefined)[]): number | undefined {
  const known = measures.flatMap((measure, i) => (measure === undefined ? [] : [{ i, cost: costOf(measure) }]));
  if (known.length < 2) return undefined;
  for (const { i, cost } of known) {
    const others = known.filter((other) => other.i !== i);
    if (others.every((other) => cost !== undefined && other.cost !== undefined && cost[1] < other.cost[0])) return i;
  }
  return undefined;
}

/** The interval, turned so that less is better; undefined where there is none, or no telling which way is better. */
function costOf({ interval, better, ideal }: Measure): readonly [number, number] | undefined {
  if (!interval) return undefined;
  const [low, high] = interval;
  if (better === "lower") return interval;
  if (better === "higher") return [-high, -low];
  if (typeof ideal !== "number") return undefined;
  const ends = [Math.abs(low - ideal), Math.abs(high - ideal)];
  return [low <= ideal && ideal <= high ? 0 : Math.min(...ends), Math.max(...ends)];
}

function measuresSection(runs: readonly ComparedRun[]): Html {
  const newest = runs.map(({ measures }) => newestMeasures(measures));
  const figures = new Map(newest.flat().map((measure) => [keyOf(measure), measure]));
  if (figures.size === 0) {
    return html`<p class="faint">None of them has been measured. Measure each: <code>ganforge evaluate RUN</code></p>`;
  }
  const cell = (measure: Measure | undefined, best: boolean) => {
    if (measure === undefined) return html`<span class="faint">not measured</span>`;
    const value = numberText(measure.value);
    const interval = intervalText(measure);
    return html`${best ? html`<span class="best">${value} ✓ best</span>` : value}${interval && html`<br><span class="faint">${interval}</span>`}<br><span class="faint">step ${countText(measure.step)}</span>`;
  };
  const row = ([key, figure]: readonly [string, Measure]) => {
    const side = newest.map((measures) => measures.find((measure) => keyOf(measure) === key));
    const best = clearlyBest(side);
    const floor = side.find((measure) => typeof measure?.floor === "number")?.floor;
    const notes = [figure.protocol, figure.extractor, floor !== undefined && `real samples: ${numberText(floor)}`];
    const heading = html`${figureTitle(figure)}<br><span class="faint">${notes.filter((note) => typeof note === "string").join("; ")}</span>`;
    return [heading, ...side.map((measure, i) => cell(measure, i === best))];
  };
  return html`<p>The best is marked only where its 95 % interval overlaps with no other's.</p>
${sideBySide("metric", runs, [...figures].map(row), { number: true })}`;
}

/** A table with a column for each run. */
function sideBySide(
  first: string,
  runs: readonly ComparedRun[],
  rows: Parameters<typeof cardTable>[1],
  column = {},
): Html {
  const columns = [{ title: first }, ...runs.map(({ name }) => ({ title: name, ...column }))];
  return html`<div class="scroll">${cardTable(columns, rows)}</div>`;
}

function samplesSection(runs: readonly ComparedRun[]): Html {
  const figure = ({ name, samples }: ComparedRun) => {
    if (samples === undefined) return html`<figure><p class="faint">${name} has made no pictures yet.</p></figure>`;
    const caption = `${name}, step ${countText(samples.step)}`;
    return html`<figure><img src="${dataUri(samples.picture)}" alt="Samples of ${caption}"><figcaption>${caption}</figcaption></figure>\n`;
  };
  return html`<div class="large">${runs.map(figure)}</div>`;
}

function differencesSection(runs: readonly ComparedRun[]): Html {
  const columns = runs.map(settingsOf);
  const keys = [...new Set(columns.flatMap((settings) => [...settings.keys()]))];
  const differing = keys.filter((key) => new Set(columns.map((settings) => settings.get(key))).size > 1);
  if (differing.length === 0) return html`<p>Nothing: they were made from the same settings, data and versions.</p>`;
  const rows = differing.map((key) => [key, ...columns.map((settings) => settings.get(key) ?? "–")]);
  return sideBySide("setting", runs, rows);
}

/** All that a run was made from, by flag. */
function settingsOf({ config, data, versions }: ComparedRun): ReadonlyMap<string, string> {
  const { recipe, options, ...settings } = config;
  const flags = Object.entries({ ...settings, ...options }).filter(([, value]) => value !== undefined);
  return new Map([
    ["recipe", recipe],
    ...flags.map(([key, value]) => [`--${flagOf(key)}`, formatOption(value as OptionValue)] as const),
    ["data's fingerprint", data.fingerprint],
    ...Object.entries(versions).map(([name, version]) => [`version of ${name}`, version] as const),
  ]);
}
