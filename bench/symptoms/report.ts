// The figures of all runs as Markdown: a table for each symptom's threshold, and one of the runs.

import { type Symptom, symptoms } from "../../src/metrics/index.ts";
import { type Examination, figuresOf } from "./examine.ts";
import type { Trial } from "./runs.ts";
import type { Recording } from "./training.ts";

export interface Examined {
  readonly trial: Trial;
  readonly recording: Recording;
  readonly examination: Examination;
}

const HEAD = `# Where the symptoms' thresholds come from

Made by \`npm run bench:symptoms -- --write\`: short runs on one thread, healthy ones and ones broken on purpose, each seen by all watches
at once (\`src/metrics/symptoms\`). A threshold lies between the worst figure of any healthy run and that of the runs which must show the
symptom; where a figure cannot be had of every run, how many it was had of stands beside it. The healthy runs listed as held out had no part in that choice: they have seeds of their own for players and data, and some play other
games or learn other sets. Seconds are those of a machine that was busy with other work. What the watches heard of each run is kept in \`test/metrics/traces\`, and the tests hold every run to this table.
`;

const isAbove = ({ threshold }: Symptom): boolean => "above" in threshold;
const worst = (symptom: Symptom, values: readonly number[]): number =>
  isAbove(symptom) ? Math.max(...values) : Math.min(...values);
const valuesOf = ({ examination }: Examined, { name }: Symptom) =>
  figuresOf(examination, name).map(({ value }) => value);
const worstOf = (runs: readonly Examined[], symptom: Symptom): number | undefined => {
  const values = runs.flatMap((run) => valuesOf(run, symptom));
  return values.length === 0 ? undefined : worst(symptom, values);
};
/** The worst, and of how many runs, where not all had the figure. */
const worstAmong = (runs: readonly Examined[], symptom: Symptom): string => {
  const seen = runs.filter((run) => valuesOf(run, symptom).length > 0).length;
  return `${short(worstOf(runs, symptom))}${seen === runs.length ? "" : ` (of ${seen})`}`;
};
const short = (value: number | undefined): string => (value === undefined ? "–" : `${Number(value.toPrecision(2))}`);
const firedIn = ({ examination }: Examined, { name }: Symptom): boolean =>
  examination.changes.some(({ symptom, finding }) => symptom.name === name && finding.present);

export function describeSymptoms(runs: readonly Examined[], machine: readonly string[]): string {
  const healthy = runs.filter(({ trial }) => trial.kind === "healthy" && !trial.heldOut);
  const heldOut = runs.filter(({ trial }) => trial.heldOut);
  const thresholds = symptoms.map((symptom) => {
    const broken = runs.filter(({ trial }) => trial.kind === "broken" && trial.shows.includes(symptom.name));
    const each = broken.map((run) => short(worstOf([run], symptom))).join(", ");
    const limit = "above" in symptom.threshold ? `> ${symptom.threshold.above}` : `< ${symptom.threshold.below}`;
    return `| ${symptom.name} | ${symptom.figure} | ${worstAmong(healthy, symptom)} | **${limit}** | ${worstAmong(heldOut, symptom)} | ${each} |`;
  });
  const part = (kind: "passing" | "broken") => runs.filter(({ trial }) => trial.kind === kind);
  return [
    HEAD,
    "## Thresholds\n",
    `| symptom | figure | worst of ${healthy.length} healthy runs | threshold | worst of ${heldOut.length} held out | worst of each run that must show it |`,
    "| --- | --- | ---: | ---: | ---: | --- |",
    ...thresholds,
    "",
    describeRuns("healthy", healthy),
    describeRuns("healthy, held out", heldOut),
    describeRuns("passing", part("passing")),
    describeRuns("broken", part("broken")),
    `## The machine\n\n${machine.map((line) => `- ${line}`).join("\n")}\n`,
  ].join("\n");
}

const ABOUT = {
  healthy: "No symptom in any of them. The worst figure of each run:",
  "healthy, held out": "Thresholds were chosen without these. No symptom in any of them either:",
  passing: "Something is wrong at first and passes; the symptom comes and goes with it.",
  broken: "What must be seen, and what else was. Bold: present at some time, with the worst figure.",
};

function describeRuns(kind: keyof typeof ABOUT, runs: readonly Examined[]): string {
  const head = ["run", "what it is", "seconds", ...symptoms.map(({ name }) => name)];
  const rows = runs.map((run) => {
    const { trial, recording } = run;
    const cells = symptoms.map((symptom) => {
      const text = short(worstOf([run], symptom));
      return firedIn(run, symptom) ? `**${text}**` : text;
    });
    const about = [trial.about, trial.shows.length > 0 && `shows ${trial.shows.join(", ")}`].filter(Boolean).join("; ");
    return [
      trial.name,
      `${trial.recipe.name} on ${trial.data}, ${trial.steps} steps${about && `: ${about}`}`,
      recording.seconds.toFixed(0),
      ...cells,
    ];
  });
  const lines = [head, head.map((_, i) => (i < 2 ? "---" : "---:")), ...rows].map((row) => `| ${row.join(" | ")} |`);
  return `## Runs: ${kind}\n\n${ABOUT[kind]}\n\n${lines.join("\n")}\n`;
}
