export { type ChartOptions, type Level, lineChart, MOST_SERIES } from "./chart.ts";
export { type ComparedRun, comparisonPage } from "./comparison.ts";
export type { Series } from "./curve.ts";
export { dataUri, type Picture } from "./data-uri.ts";
export { escapeHtml, Html, type HtmlPart, html, trusted } from "./html.ts";
export {
  type ErrorRates,
  type Judgement,
  type JudgementResult,
  judge,
  meanOfShares,
  type Preference,
  type Share,
  shareOf,
  signTest,
} from "./judgement.ts";
export { type JudgementText, judgementSection, judgementText } from "./judgement-section.ts";
export { type Charted, measureChart } from "./measure-section.ts";
export { pageStyles } from "./page.ts";
export {
  type Diagnosis,
  type Measure,
  newestMeasures,
  readDiagnosis,
  readJudgements,
  readMeasures,
} from "./records.ts";
export { chosenPictures, type ReportedRun, runReport } from "./run-report.ts";
