// npm run bench:learn: do the recipes learn what their papers say? Experiments on data whose truth is known, several seeds each.
// Each result is kept as a line of bench/learn-results.jsonl as soon as it is there, and not measured again.

import { spawn } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { experiments } from "./learn/experiments.ts";
import { describeLearning, type Result } from "./learn/report.ts";
import { describeMachine } from "./machine.ts";

const HELP = `npm run bench:learn -- [options] [experiment | experiment/case …]

Experiments (all by default): ${experiments.map(({ name }) => name).join(", ")}

  --seeds N    seeds 1 to N of each case (default 3)
  --jobs N     cases trained side by side, each on one thread (default: one for each core)
  --again      measure anew what has been measured
  --write      put the table into bench/LEARN.md
  --list       the cases and their flags
`;

const RESULTS = "bench/learn-results.jsonl";
const REPORT = "bench/LEARN.md";

interface Job {
  readonly experiment: string;
  readonly name: string;
  readonly seed: number;
}

const keyOf = ({ experiment, name, seed }: Job): string => `${experiment}/${name}/${seed}`;

/** The newest result of each case and seed whose flags are those of now. */
function known(): Map<string, Result> {
  const flags = new Map(
    experiments.flatMap(({ name, cases }) => cases.map((each) => [`${name}/${each.name}`, each.flags] as const)),
  );
  const results = new Map<string, Result>();
  if (!existsSync(RESULTS)) return results;
  for (const line of readFileSync(RESULTS, "utf8").trim().split("\n")) {
    if (line === "") continue;
    const result: Result = JSON.parse(line);
    if (flags.get(`${result.experiment}/${result.name}`) === result.flags) results.set(keyOf(result), result);
  }
  return results;
}

/** Runs one job in this process and keeps its result. */
async function runJob({ experiment, name, seed }: Job): Promise<void> {
  const found = experiments.find((each) => each.name === experiment)?.cases.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no case ${experiment}/${name}`);
  const figures = await found.run(seed, (line) => console.error(`${experiment}/${name}/${seed}: ${line}`));
  const result: Result = { experiment, name, seed, flags: found.flags, figures };
  appendFileSync(RESULTS, `${JSON.stringify(result)}\n`);
  console.error(`${experiment}/${name}/${seed}: ${JSON.stringify(figures)}`);
}

/** Runs jobs in processes of their own, `together` at a time. */
async function runAll(jobs: readonly Job[], together: number): Promise<number> {
  const waiting = [...jobs];
  let failures = 0;
  const worker = async () => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      const args = [fileURLToPath(import.meta.url), "--job", JSON.stringify(job)];
      const child = spawn(process.execPath, args, { stdio: "inherit" });
      const code = await new Promise((resolve) => child.on("exit", resolve));
      if (code !== 0) {
        failures++;
        console.error(`${keyOf(job)}: failed`);
      }
    }
  };
  await Promise.all(Array.from({ length: together }, worker));
  return failures;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: "string", default: "3" },
    jobs: { type: "string", default: `${availableParallelism()}` },
    again: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    list: { type: "boolean", default: false },
    job: { type: "string" },
    help: { type: "boolean", short: "h", default: false },
  },
});

if (values.help) process.stdout.write(HELP);
else if (values.job !== undefined) await runJob(JSON.parse(values.job) as Job);
else {
  const wanted = experiments.flatMap(({ name, cases }) =>
    cases
      .filter(
        (each) => positionals.length === 0 || [name, `${name}/${each.name}`].some((it) => positionals.includes(it)),
      )
      .map((each) => ({ experiment: name, name: each.name, flags: each.flags })),
  );
  if (wanted.length === 0) {
    console.error(
      `bench:learn: no experiment is called ${positionals.join(" or ")}. See: npm run bench:learn -- --help`,
    );
    process.exit(2);
  }
  if (values.list) for (const { experiment, name, flags } of wanted) console.log(`${experiment}/${name}: ${flags}`);
  else {
    const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1);
    const before = values.again ? new Map<string, Result>() : known();
    const jobs = seeds.flatMap((seed) => wanted.map(({ experiment, name }) => ({ experiment, name, seed })));
    const failures = await runAll(
      jobs.filter((job) => !before.has(keyOf(job))),
      Number(values.jobs),
    );
    const report = describeLearning(experiments, [...known().values()], describeMachine());
    if (values.write) writeFileSync(REPORT, report);
    else console.log(report);
    if (failures > 0) process.exitCode = 1;
  }
}
