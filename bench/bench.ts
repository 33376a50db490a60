// npm run bench: the steps of torch_steps.py, ours and PyTorch's in turn, each in a process of its own.

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { describeMachine } from "./machine.ts";
import { combine, type Measurement, type OwnMeasurement } from "./measurement.ts";
import { describeReport, type Report, replaceResults } from "./report.ts";
import { findTorch, measureTorch, type Torch } from "./torch.ts";
import { workloads } from "./workloads.ts";

const HELP = `npm run bench -- [options] [workload…]

Workloads (all by default): ${workloads.map(({ name }) => name).join(", ")}

  --json                 ours alone, one JSON object a line, with the fields of torch_steps.py and more (npm run --silent …)
  --rounds N             how often each contender measures each workload (default 3)
  --iters N              timed steps in a round; mlp makes 20 times as many (default 8)
  --threads N            of ours and PyTorch's (default 2)
  --python PATH          a Python with torch (default: GANFORGE_PYTHON, or python3)
  --torch-script PATH    torch_steps.py (default: ../shared/peers/torch_steps.py)
  --compile              torch.compile as a third contender
  --write                put the result into bench/RESULTS.md
`;

const RESULTS = "bench/RESULTS.md";

interface Options {
  readonly names: readonly string[];
  readonly rounds: number;
  readonly iterations: number;
  readonly threads: number;
  readonly compile: boolean;
}

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
        json: { type: "boolean", default: false },
        rounds: { type: "string", default: "3" },
        iters: { type: "string", default: "8" },
        threads: { type: "string", default: "2" },
        python: { type: "string" },
        "torch-script": { type: "string", default: "../shared/peers/torch_steps.py" },
        compile: { type: "boolean", default: false },
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

/** What a measuring process prints. Its errors go to ours. */
function measure<T>(...args: readonly string[]): T {
  const script = fileURLToPath(new URL("./measure.js", import.meta.url));
  const { status, stdout } = spawnSync(process.execPath, [script, ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) process.exit(1);
  return JSON.parse(stdout);
}

const iterationsOf = (name: string, { iterations }: Options): number => iterations * (name === "mlp" ? 20 : 1);

const measureOwn = (name: string, options: Options): OwnMeasurement =>
  measure("step", name, `${options.threads}`, `${iterationsOf(name, options)}`);

/** Every contender's measurements, round by round: in each, all measure all workloads, and each round another one begins. */
function compare(
  options: Options,
  torch: Torch | undefined,
): Omit<Report, "machine" | "notes"> & { failures: string[] } {
  const { names, rounds, iterations, threads, compile } = options;
  const own = new Map<string, OwnMeasurement[]>(names.map((name) => [name, []]));
  const plain = new Map<string, Measurement[]>(names.map((name) => [name, []]));
  const compiled = new Map<string, Measurement[]>(names.map((name) => [name, []]));
  const failures: string[] = [];
  const rival = (into: Map<string, Measurement[]>, isCompiled: boolean) => (name: string) => {
    // The script multiplies mlp's iterations itself.
    const measured = measureTorch(torch!, name, { threads, iterations, compiled: isCompiled });
    if (typeof measured === "string") failures.push(`${name}${isCompiled ? ", compiled" : ""}: ${measured}`);
    else into.get(name)!.push(measured);
    return measured;
  };
  const contenders: ((name: string) => Measurement | string)[] = [
    (name) => {
      const measured = measureOwn(name, options);
      own.get(name)!.push(measured);
      return measured;
    },
    ...(torch ? [rival(plain, false)] : []),
    ...(torch && compile ? [rival(compiled, true)] : []),
  ];

  let sgemmGflops = 0;
  for (let round = 0; round < rounds; round++) {
    sgemmGflops = Math.max(sgemmGflops, measure<{ gflops: number }>("sgemm", `${threads}`).gflops);
    for (const name of names) {
      const shown = contenders.map((_, i) => {
        const measured = contenders[(i + round) % contenders.length](name);
        return typeof measured === "string"
          ? `failed: ${measured}`
          : `${measured.framework} ${measured.minMs} / ${measured.medianMs} ms`;
      });
      console.error(`round ${round + 1}/${rounds}  ${name}  ${shown.join("  ")}`);
    }
  }
  const combined = <M extends Measurement>(all: readonly M[]) => (all.length > 0 ? combine(all) : undefined);
  const comparisons = names.map((name) => ({
    own: combine(own.get(name)!),
    torch: combined(plain.get(name)!),
    compiled: combined(compiled.get(name)!),
  }));
  return { comparisons, sgemmGflops, rounds, threads, failures: [...new Set(failures)] };
}

const { values, positionals } = readArguments();
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const known = workloads.map(({ name }) => name);
const unknown = positionals.find((name) => !known.includes(name));
if (unknown !== undefined) refuse(`there is no workload "${unknown}"; known: ${known.join(", ")}`);
const options: Options = {
  names: positionals.length > 0 ? positionals : known,
  rounds: count("rounds", values.rounds),
  iterations: count("iters", values.iters),
  threads: count("threads", values.threads),
  compile: values.compile,
};

if (values.json) {
  for (const name of options.names) console.log(JSON.stringify(measureOwn(name, options)));
} else {
  const found = findTorch(values.python ?? process.env.GANFORGE_PYTHON ?? "python3", values["torch-script"]);
  const torch = typeof found === "string" ? undefined : found;
  if (typeof found === "string" && values.python !== undefined) refuse(found);
  if (typeof found === "string") console.error(`Without PyTorch: ${found}.`);
  const { failures, ...measured } = compare(options, torch);
  const text = describeReport({
    ...measured,
    machine: describeMachine(),
    notes: [
      torch ? `PyTorch ${torch.version}` : `without PyTorch: ${found}`,
      ...failures.map((each) => `failed: ${each}`),
    ],
  });
  console.log(text);
  if (values.write) writeFileSync(RESULTS, replaceResults(readFileSync(RESULTS, "utf8"), text));
}
