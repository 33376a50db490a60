// What people said, in words and tables: in a report, on the last page of a sitting, in a terminal.

import { type Html, html } from "./html.ts";
import type { ErrorRates, JudgementResult, Preference, Share } from "./judgement.ts";
import { countText, percentText } from "./numbers.ts";
import { cardTable } from "./page.ts";

/** Exposures told one by one; a staircase has many, each with a few answers. */
const MOST_TIMES = 8;

/** A result as text. */
export interface JudgementText {
  readonly summary: string;
  /** The first row holds the headings. */
  readonly tables: readonly (readonly (readonly string[])[])[];
  readonly remarks: readonly string[];
}

/** The result in words; intervals are of 95 %. */
export function judgementText(result: JudgementResult): JudgementText {
  const { answers, makers, exposures, modalMilliseconds, preferences } = result;
  if (answers === 0) return { summary: "No picture has been judged.", tables: [], remarks: [] };
  const byMaker = makers.map((maker) => [maker.by, maker] as const);
  const byTime = exposures.map((exposure) => [timeText(exposure.milliseconds), exposure] as const);
  const judged = `${countText(answers)} ${answers === 1 ? "answer" : "answers"}.`;
  return {
    summary: `${judged} HYPE is the mean of both errors: at 50\u00a0% nobody can tell made from real, at 0\u00a0% everybody can.`,
    tables: [
      ...(byMaker.length > 0 ? [ratesTable("made by", byMaker)] : []),
      ...(byTime.length > 1 && byTime.length <= MOST_TIMES ? [ratesTable("shown for", byTime)] : []),
    ],
    remarks: [
      ...(modalMilliseconds === undefined
        ? []
        : [
            `Most pictures were shown for ${timeText(modalMilliseconds)}: about as long as it takes to be right three times of four.`,
          ]),
      ...preferences.map(preferenceText),
    ],
  };
}

/** The same as markup. */
export function judgementSection(result: JudgementResult): Html {
  const { summary, tables, remarks } = judgementText(result);
  const table = ([headings, ...rows]: JudgementText["tables"][number]) =>
    cardTable(
      headings.map((title) => ({ title })),
      rows,
    );
  return html`<p>${summary}</p>\n${tables.map(table)}${remarks.map((remark) => html`<p>${remark}</p>\n`)}`;
}

function ratesTable(first: string, rates: readonly (readonly [label: string, rates: ErrorRates])[]): string[][] {
  const rows = rates.map(([label, { real, made, hype }]) => [
    ...[label, withInterval(hype), shareText(made), shareText(real)],
  ]);
  return [[first, "HYPE", "made, taken for real", "real, taken for made"], ...rows];
}

const timeText = (milliseconds: number | null): string =>
  milliseconds === null ? "without limit" : `${countText(milliseconds)} ms`;

/** "30.0 % (19.2 % to 45.2 %)" */
const withInterval = ({ share, interval: [low, high] }: ErrorRates["hype"]): string =>
  Number.isNaN(share) ? "–" : `${percentText(share)} (${percentText(low)} to ${percentText(high)})`;

const shareText = (share: Share): string =>
  share.of === 0 ? "none shown" : `${share.count} of ${share.of}: ${withInterval(share)}`;

function preferenceText({ first, second, share, p }: Preference): string {
  const chance = p < 0.05 ? "more often than chance explains" : "which chance explains";
  return `${first} was preferred to ${second} ${share.count} times of ${share.of}: ${withInterval(share)}, ${chance} (sign test, p = ${Number(p.toPrecision(2))}).`;
}
