// One run as one page: what it was made from, what its numbers did, what it drew, what was measured and diagnosed, what is wrong.

import type { JsonObject } from "../formats/index.ts";
import { flagOf, formatOption } from "../recipes/index.ts";
import type { RunRecord } from "../train/index.ts";
import { lineChart } from "./chart.ts";
import { dataUri, type Picture } from "./data-uri.ts";
import { type Html, html, trusted } from "./html.ts";
import { type Judgement, judge } from "./judgement.ts";
import { judgementSection } from "./judgement-section.ts";
import { measureCharts, measureTable } from "./measure-section.ts";
import { metricCharts } from "./metric-charts.ts";
import { bytesText, countText, durationText, numberText } from "./numbers.ts";
import { factsTable, page } from "./page.ts";
import { type Diagnosis, type Measure, newestMeasures } from "./records.ts";

/** A run folder as a report needs it. What is absent is an empty list. */
export interface ReportedRun extends RunRecord {
  /** What the page calls it: its folder. */
  readonly name: string;
  /** Lines of metrics.jsonl. */
  readonly metrics: readonly JsonObject[];
  /** The data. */
  readonly real?: Picture;
  /** What was made, by step: `chosenSteps` says which of many. */
  readonly pictures: readonly { readonly step: number; readonly picture: Picture }[];
  /** Those there are, in all. */
  readonly pictureCount: number;
  readonly checkpoints: readonly { readonly step: number; readonly bytes: number }[];
  /** Lines of problems.jsonl. */
  readonly problems: readonly JsonObject[];
  readonly diagnosis?: readonly Diagnosis[];
  readonly measures: readonly Measure[];
  readonly judgements: readonly Judgement[];
}

/** Pictures in a report. */
const MOST_PICTURES = 24;
/** Problems told one by one. */
const MOST_PROBLEMS = 40;

/** Those that a report shows: all of a few; of many the first, the last, and others evenly between. */
export function chosenPictures<T>(pictures: readonly T[], most = MOST_PICTURES): T[] {
  if (pictures.length <= most) return [...pictures];
  return Array.from({ length: most }, (_, i) => pictures[Math.round((i * (pictures.length - 1)) / (most - 1))]);
}

/** The page, as HTML that fetches nothing. The same run gives the same text. */
export function runReport(run: ReportedRun): string {
  const { name, config, diagnosis, measures, judgements, checkpoints, problems } = run;
  const sections: readonly (readonly [id: string, title: string, body: Html])[] = [
    ["run", "Run", runSection(run)],
    ["diagnosis", "Diagnosis", diagnosisSection(diagnosis, name)],
    ["measures", "Measures", measuresSection(measures, name)],
    ...(judgements.length === 0 ? [] : [["people", "Judged by people", judgementSection(judge(judgements))] as const]),
    ["curves", "Curves", curvesSection(run)],
    ["pictures", "Pictures", picturesSection(run)],
    ["checkpoints", "Checkpoints", checkpointsSection(checkpoints)],
    ["problems", "Problems of the data", problemsSection(problems)],
  ];
  return page(
    `${name}: ${config.recipe} on ${config.data}`,
    html`<header>
<h1>${name}</h1>
<p class="faint">${config.recipe} on ${config.data}, ${progressText(run)}</p>
<nav aria-label="Sections">${sections.map(([id, title]) => html`<a href="#${id}">${title}</a> `)}</nav>
</header>
<main>
${sections.map(([id, title, body]) => html`<section id="${id}"><h2>${title}</h2>\n${body}</section>\n`)}
</main>`,
  );
}

function progressText({ metrics, config: { steps } }: ReportedRun): string {
  const last = metrics.at(-1);
  if (last === undefined) return "before its first step";
  const of = steps === undefined ? "" : ` of ${countText(steps)}`;
  return `step ${numberText(Number(last.step))}${of}, ${durationText(Number(last.seconds))} of training`;
}

function runSection({ config, data, versions, metrics }: ReportedRun): Html {
  const { recipe, options, data: spec, steps, epochs, minutes, device, threads, ...settings } = config;
  const last = metrics.at(-1);
  const budget = [
    steps !== undefined && `${countText(steps)} steps`,
    epochs !== undefined && `${epochs} epochs`,
    minutes !== undefined && `${minutes} minutes`,
  ].filter((part) => part !== false);
  const count = data.count === null ? "drawn without end" : `${countText(data.count)} samples`;
  const names = data.classes.length > 0 ? data.classes : (data.attributes ?? []);
  const facts: (readonly [string, string])[] = [
    ["recipe", recipe],
    ["data", `${spec}: ${data.kind} of ${data.sample.join("×")}, ${count}`],
    ...(names.length === 0 ? [] : [[data.classes.length > 0 ? "classes" : "attributes", names.join(", ")] as const]),
    ["fingerprint", data.fingerprint],
    ["budget", budget.join(" or ") || "none"],
    ...(last === undefined
      ? []
      : [
          [
            "seen",
            `${numberText(Number(last.images))} samples${data.count === null ? "" : `, ${numberText(Number(last.epoch))} whole passes`}`,
          ] as const,
          ["time", `${durationText(Number(last.seconds))} of training`] as const,
        ]),
    ["device", threads > 0 ? `${device}, ${threads} threads` : device],
    [
      "made by",
      Object.entries(versions)
        .map((pair) => pair.join(" "))
        .join(", "),
    ],
  ];
  const rows = (values: object) =>
    Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [`--${flagOf(key)}`, formatOption(value)] as const);
  return html`<div class="columns">
<div><h3>What it is</h3>${factsTable(facts)}</div>
<div><h3>Options of ${recipe}</h3>${factsTable(rows(options))}</div>
<div><h3>Settings</h3>${factsTable(rows(settings))}</div>
</div>`;
}

function diagnosisSection(diagnosis: readonly Diagnosis[] | undefined, name: string): Html {
  if (diagnosis === undefined) return html`<p class="faint">${name} holds no diagnosis.</p>`;
  if (diagnosis.length === 0) return html`<p>Nothing was watched.</p>`;
  const present = diagnosis.filter((each) => each.present);
  const entry = ({ title, present, since, figure, value, needs, meaning, advice }: Diagnosis) => {
    const when = typeof since === "number" ? ` since step ${countText(since)}` : "";
    const number = typeof value === "number" && html`<p class="faint">${figure ?? "Figure"}: ${numberText(value)}</p>`;
    return html`<li class="symptom ${present ? "present" : "absent"}"><strong>${title}</strong>: <span class="verdict">${present ? `present${when}` : needs === undefined ? "not seen" : "not looked for"}</span>
${present && html`<p>${meaning}</p>`}${number}${!present && needs !== undefined && html`<p class="faint">It needs ${needs}.</p>`}
${present && advice.length > 0 && html`<p>What to try:</p><ol>${advice.map((line) => html`<li>${line}</li>`)}</ol>`}</li>\n`;
  };
  const sorted = [...present, ...diagnosis.filter((each) => !each.present)];
  const verdict =
    present.length === 0
      ? `None of the ${diagnosis.length} symptoms watched for is present.`
      : `${present.length} of ${diagnosis.length} symptoms watched for ${present.length === 1 ? "is" : "are"} present.`;
  return html`<p>${verdict}</p><ul class="symptoms">${sorted.map(entry)}</ul>`;
}

function measuresSection(measures: readonly Measure[], name: string): Html {
  if (measures.length === 0) {
    return html`<p class="faint">Not measured yet. Measure it: <code>ganforge evaluate ${name}</code></p>`;
  }
  return html`${measureTable(newestMeasures(measures))}${chartGrid(measureCharts([{ name: "", measures }]))}`;
}

function curvesSection({ metrics }: ReportedRun): Html {
  if (metrics.length === 0) return html`<p class="faint">No step has been made yet.</p>`;
  return html`${chartGrid(metricCharts(metrics).map(({ title, series }) => lineChart(series, { title })))}`;
}

const chartGrid = (charts: readonly string[]): Html | false =>
  charts.length > 0 &&
  html`<div class="charts">${charts.map((chart) => html`<figure>${trusted(chart)}</figure>`)}</div>`;

function picturesSection({ real, pictures, pictureCount }: ReportedRun): Html {
  const figure = (picture: Picture, caption: string) =>
    html`<figure><img src="${dataUri(picture)}" alt="${caption}"><figcaption>${caption}</figcaption></figure>\n`;
  const last = pictures.at(-1);
  const made = ({ step, picture }: ReportedRun["pictures"][number]) =>
    figure(picture, `made at step ${countText(step)}`);
  const left = pictureCount - pictures.length;
  return html`<div class="large">${real && figure(real, "the data")}${last ? made(last) : html`<p class="faint">No pictures have been made yet.</p>`}</div>
${left > 0 && html`<p class="faint">${pictures.length} of ${pictureCount} pictures, evenly chosen.</p>`}
${pictures.length > 1 && html`<div class="small">${pictures.slice(0, -1).map(made)}</div>`}`;
}

function checkpointsSection(checkpoints: ReportedRun["checkpoints"]): Html {
  if (checkpoints.length === 0) return html`<p class="faint">None yet.</p>`;
  const rows = checkpoints.map(
    ({ step, bytes }) =>
      html`<tr><td class="number">${countText(step)}</td><td class="number">${bytesText(bytes)}</td></tr>`,
  );
  return html`<table><thead><tr><th scope="col" class="number">step</th><th scope="col" class="number">size</th></tr></thead><tbody>${rows}</tbody></table>`;
}

function problemsSection(problems: readonly JsonObject[]): Html {
  if (problems.length === 0) return html`<p>None: every sample that was asked for could be read.</p>`;
  const rows = problems
    .slice(0, MOST_PROBLEMS)
    .map(({ item, reason }) => html`<tr><td>${String(item)}</td><td>${String(reason)}</td></tr>\n`);
  const rest = problems.length - rows.length;
  return html`<p>${countText(problems.length)} ${problems.length === 1 ? "item was" : "items were"} skipped.</p>
<div class="scroll"><table><thead><tr><th scope="col">item</th><th scope="col">why</th></tr></thead><tbody>${rows}</tbody></table></div>
${rest > 0 && html`<p class="faint">${countText(rest)} more stand in problems.jsonl.</p>`}`;
}
