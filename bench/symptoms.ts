// npm run bench:symptoms: where the thresholds of the symptoms come from. Trains healthy runs and runs broken on purpose, each on one
// thread, and lists every symptom's figures. Recordings are kept in .cache/symptoms and not made again.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { deserialize, serialize } from "node:v8";
import { symptoms } from "../src/metrics/index.ts";
import { traceOf } from "../test/metrics/trace.ts";
import { describeMachine } from "./machine.ts";
import { examine, figuresOf } from "./symptoms/examine.ts";
import { describeSymptoms, type Examined } from "./symptoms/report.ts";
import { classesOf, keyOf, runOf, type Trial, trials } from "./symptoms/runs.ts";
import { type Recording, record } from "./symptoms/training.ts";

const HELP = `npm run bench:symptoms -- [options] [run …]

Runs (all by default): ${trials.map(({ name }) => name).join(", ")}

  --again      train anew what has been recorded
  --write      put the tables into bench/SYMPTOMS.md, and the traces that the tests replay into test/metrics/traces
`;

const CACHE = ".cache/symptoms";
const REPORT = "bench/SYMPTOMS.md";
const TRACES = "test/metrics/traces";

async function recordingOf(trial: Trial, again: boolean): Promise<Recording> {
  const path = `${CACHE}/${trial.name}.bin`;
  const key = keyOf(trial);
  if (!again && existsSync(path)) {
    const kept = deserialize(readFileSync(path)) as { key: string; recording: Recording };
    if (kept.key === key) return kept.recording;
  }
  const recording = await record(await runOf(trial));
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(path, serialize({ key, recording }));
  console.error(`${trial.name}: trained in ${recording.seconds.toFixed(1)} s`);
  return recording;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    again: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});

if (values.help) process.stdout.write(HELP);
else {
  const wanted = trials.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const examined: Examined[] = [];
  for (const trial of wanted) {
    const recording = await recordingOf(trial, values.again);
    const examination = examine(recording, await classesOf(trial));
    examined.push({ trial, recording, examination });
    console.log(`\n${trial.name} (${trial.kind})`);
    for (const { name } of symptoms) {
      const figures = figuresOf(examination, name).map(({ step, value }) => `${step}:${Number(value.toPrecision(3))}`);
      if (figures.length > 0) console.log(`  ${name.padEnd(26)} ${figures.join(" ")}`);
    }
  }
  const report = describeSymptoms(examined, describeMachine());
  if (!values.write) console.log(`\n${report}`);
  else {
    writeFileSync(REPORT, report);
    mkdirSync(TRACES, { recursive: true });
    for (const { trial, examination } of examined) {
      const trace = traceOf(examination.lines, trial.sampleEvery, trial);
      writeFileSync(`${TRACES}/${trial.name}.jsonl`, `${JSON.stringify(trace)}\n`);
    }
  }
}
