// npm run bench: speed and memory, measured. Of training steps and of making samples against PyTorch; of growing steps; and against
// other packages of the JavaScript world.

import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { measureGrowth } from "./growth.ts";
import { describeMachine, processor } from "./machine.ts";
import { list, replacePart } from "./markdown.ts";
import { measureOwn } from "./own.ts";
import { measurePacks } from "./packs.ts";
import { installPeers, measurePeers } from "./peers.ts";
import { measurePipeline } from "./pipeline.ts";
import { describeReport } from "./report.ts";
import { compare, iterationsOf } from "./steps.ts";
import { findTorch } from "./torch.ts";
import { type Workload, workloads } from "./workloads.ts";

const HELP = `npm run bench -- [options] [workload…]

Workloads (all by default): ${workloads.map(({ name }) => name).join(", ")}

What to measure:
                         the workloads, against PyTorch where there is one
  --growth               a DCGAN's step with batch, size and width varied, on one thread and on several (ours alone)
  --pipeline             a DCGAN's step with its pictures in memory and from a folder of JPEGs (ours alone)
  --packs                small trainings with several steps in one run of the engine, on every device that works here
  --peers                the training steps against tfjs and jax-js, which are installed into .cache/peers first

  --json                 ours alone, one JSON object a line, with the fields of torch_steps.py and more (npm run --silent …)
  --rounds N             how often everyone measures everything (default 3; with --growth and --peers, 1)
  --iters N              timed steps in a round; mlp makes 20 times as many, sample64 all its samples once (default 8)
  --threads N            of ours and PyTorch's (default 2)
  --python PATH          a Python with torch (default: GANFORGE_PYTHON, or python3)
  --torch-script PATH    torch_steps.py (default: ../shared/peers/torch_steps.py)
  --compile              torch.compile as a third contender
  --seconds N            with --peers: no further step once so many are spent (default 30)
  --limit N              with --peers: how long to wait for a first one (default 240)
  --write                put the result into bench/RESULTS.md
`;

const RESULTS = "bench/RESULTS.md";

/** Ends the process: what was asked for cannot be done. */
function refuse(message: string): never {
  console.error(`bench: ${message}`);
  process.exit(2);
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        growth: { type: "boolean", default: false },
        packs: { type: "boolean", default: false },
        peers: { type: "boolean", default: false },
        pipeline: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        rounds: { type: "string" },
        iters: { type: "string", default: "8" },
        threads: { type: "string", default: "2" },
        python: { type: "string" },
        "torch-script": { type: "string", default: "../shared/peers/torch_steps.py" },
        compile: { type: "boolean", default: false },
        seconds: { type: "string", default: "30" },
        limit: { type: "string", default: "240" },
        write: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    return refuse(`${(error as Error).message} See: npm run bench -- --help`);
  }
}

function count(flag: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    refuse(`--${flag}: must be a whole number of at least 1, got ${text}. Pass --${flag} 2.`);
  return value;
}

/** The workloads named, of those there are; all of them where none is. */
function chosen(names: readonly string[], known: readonly Workload[]): readonly Workload[] {
  const unknown = names.find((name) => known.every((each) => each.name !== name));
  if (unknown !== undefined) {
    refuse(`there is no workload "${unknown}" to measure so; known: ${known.map(({ name }) => name).join(", ")}`);
  }
  return names.length > 0 ? known.filter(({ name }) => names.includes(name)) : known;
}

const { values, positionals } = readArguments();
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const { growth, packs, peers, pipeline } = values;
const others = Object.entries({ growth, packs, peers, pipeline }).flatMap(([flag, given]) =>
  given ? [`--${flag}`] : [],
);
if (others.length > 1) refuse(`${others.join(", ")}: are measured one at a time. Pass one of them.`);
const rounds = count("rounds", values.rounds ?? (growth || peers ? "1" : "3"));
const iterations = count("iters", values.iters);
const threads = count("threads", values.threads);

/** Prints a result with its machine and, where asked to, writes it between the marks of its command, beside those of other processors. */
function publish(flag: string, text: string): void {
  console.log(text);
  if (values.write) {
    const command = `npm run bench -- ${flag}--write`;
    writeFileSync(RESULTS, replacePart(readFileSync(RESULTS, "utf8"), command, processor(), text));
  }
}

if (values.json) {
  for (const workload of chosen(positionals, workloads)) {
    console.log(JSON.stringify(measureOwn(workload.name, threads, iterationsOf(workload, iterations))));
  }
} else if (growth || packs || pipeline) {
  if (positionals.length > 0)
    refuse(`${others[0]}: measures one workload of its own, got ${positionals.join(", ")}. Leave it out.`);
  const measure = () => (growth ? measureGrowth({ rounds, threads }) : measurePipeline({ rounds, threads }));
  const text = packs ? await measurePacks() : measure();
  publish(`${others[0]} `, [text, list(describeMachine())].join("\n\n"));
} else if (peers) {
  const measured = chosen(
    positionals,
    workloads.filter(({ script }) => script === "torch_steps.py"),
  );
  const missing = installPeers();
  if (missing !== undefined) refuse(missing);
  const [seconds, limit] = [count("seconds", values.seconds), count("limit", values.limit)];
  const text = measurePeers({ workloads: measured, rounds, iterations, threads, seconds, limit });
  publish("--peers ", [text, list(describeMachine())].join("\n\n"));
} else {
  const measured = chosen(positionals, workloads);
  const found = findTorch(values.python ?? process.env.GANFORGE_PYTHON ?? "python3", values["torch-script"]);
  const torch = typeof found === "string" ? undefined : found;
  if (typeof found === "string" && values.python !== undefined) refuse(found);
  if (typeof found === "string") console.error(`Without PyTorch: ${found}.`);
  const report = compare({ workloads: measured, rounds, iterations, threads, torch, compile: values.compile });
  const machine = [...describeMachine(), torch ? `PyTorch ${torch.version}` : `without PyTorch: ${found}`];
  publish("", describeReport({ ...report, machine }));
}
