// Where the time of a training step goes: a few steps as they are, for their time, and as many with each operator timed.

import { InputError } from "../errors/index.ts";
import { plainLowering } from "../onnx/index.ts";
import {
  checkDevice,
  cpu,
  openProfiler,
  type Profile,
  profileOf,
  type TimedStep,
  traceOf,
} from "../runtime/index.node.ts";
import { type Checkpoint, compileRun, timeSteps } from "../train/index.ts";
import { createBar } from "./bar.node.ts";
import { writeOut } from "./files.node.ts";
import { print, printJson } from "./output.node.ts";
import { type Plan, planResuming, planTraining, type TrainRequest } from "./plan.node.ts";
import { dataNameOf, openRun } from "./run-folder.node.ts";
import { EXIT_CODES, hearSignals } from "./signals.node.ts";
import { formatCount, formatFigure, formatTable, indent } from "./text.ts";

/** Whose step: a recipe's as `train` would make it, or a run's as `resume` would. */
export type Subject =
  | { readonly kind: "recipe"; readonly request: TrainRequest }
  | {
      readonly kind: "run";
      readonly folder: string;
      readonly threads: number | undefined;
      readonly lowering: "device" | "plain" | undefined;
    };

export interface ProfileOptions {
  readonly steps: number;
  readonly device?: string;
  readonly out: string;
  readonly json: boolean;
}

/** Single operators that are shown, of those that took most. */
const SHOWN = 10;

/** Times the steps, writes their trace and prints the table; the exit code. */
export async function runProfile(subject: Subject, options: ProfileOptions): Promise<number> {
  const { steps, device = cpu.device, out, json } = options;
  checkDevice(device);
  if (device !== "auto" && device !== cpu.device) {
    throw new InputError(
      `--device: operators can be timed one by one on the ${cpu.device} alone, got ${device}. Pass --device ${cpu.device}, or leave it out.`,
    );
  }
  const stopper = hearSignals();
  const bar = createBar(process.stderr);
  const opened: { close(): Promise<void> }[] = [];
  let found: Report;
  try {
    const { plan, from } = subject.kind === "run" ? await runsPlan(subject) : await recipesPlan(subject.request);
    const { config, dataset } = plan;
    opened.push(dataset);
    const profiler = await openProfiler(cpu);
    const lowering = config.lowering === "plain" ? plainLowering : await cpu.lowering();
    opened.unshift(profiler);

    const compile = compileRun(config, dataset, lowering);
    const timed = (backend: typeof cpu, what: string) => {
      const progress = (done: number, all: number) => {
        if (stopper.signal !== undefined) throw new Error(`stopped by ${stopper.signal}`);
        bar.show(what, done, all);
      };
      return timeSteps(config, { backend, compile, dataset, from, steps, clock: () => performance.now(), progress });
    };
    const bare = await timed(cpu, "steps as they are");
    const slowed = await timed(profiler.backend, "steps with each operator timed");
    const gflop = meanOf(bare.map(({ iteration }) => compile(iteration).flops)) / 1e9;
    const runs = (await profiler.runs()).slice(-steps);
    const timedSteps = slowed.map(({ start, end }, i): TimedStep => ({ start, end, run: runs[i] }));
    const profile = profileOf(timedSteps);
    await writeOut(out, Buffer.from(JSON.stringify(traceOf(timedSteps))));
    const times = bare.map(({ start, end }) => end - start);
    found = { plan, from, times, gflop, profile, out };
  } catch (error) {
    if (stopper.signal === undefined) throw error;
    bar.line("Stopped. Nothing was written.");
    return EXIT_CODES[stopper.signal];
  } finally {
    bar.clear();
    stopper.release();
    for (const resource of opened) await resource.close();
  }
  report(found, json); // last, since a reader that goes away ends the process
  return 0;
}

interface Planned {
  readonly plan: Plan;
  /** The run's newest checkpoint. */
  readonly from: Checkpoint | undefined;
}

async function recipesPlan(request: TrainRequest): Promise<Planned> {
  return { plan: await planTraining(request), from: undefined };
}

async function runsPlan({ folder, threads, lowering }: Extract<Subject, { kind: "run" }>): Promise<Planned> {
  const { config, store, checkpoints } = await openRun(folder);
  const from = await checkpoints.latest();
  const plan = await planResuming({ ...config, ...(threads && { threads }), ...(lowering && { lowering }) }, store);
  const { device } = config;
  const notes =
    device === cpu.device ? plan.notes : [`the run's device is ${device}; this is its step on the ${cpu.device}`];
  return { plan: { ...plan, notes }, from };
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

interface Report extends Planned {
  /** Milliseconds of each step that was not timed inside. */
  readonly times: readonly number[];
  /** Of a step's convolutions and matrix products, whatever form they take. */
  readonly gflop: number;
  readonly profile: Profile;
  readonly out: string;
}

function report({ plan, from, times, gflop, profile, out }: Report, json: boolean): void {
  const { config } = plan;
  const [steps, ms, minMs] = [times.length, meanOf(times), Math.min(...times)];
  const { recipe, data, batch, threads } = config;
  const operators = profile.operators.map(({ name, ...rest }) => ({ ...rest, from: originOf(name) }));
  if (json) {
    const { kinds, between, outside } = profile;
    const about = { recipe, data, step: from?.step ?? 0, batch, threads, steps };
    const slowest = operators.slice(0, SHOWN);
    printJson({ ...about, ms, minMs, profiledMs: profile.ms, gflop, kinds, between, outside, slowest, trace: out });
    return;
  }
  const speed =
    gflop > 0
      ? `, ${formatFigure(gflop)} GFLOP in convolutions and products: ${formatFigure((gflop / ms) * 1000)} GFLOP/s`
      : "";
  const start = from === undefined ? "" : ` from step ${formatCount(from.step)} on`;
  print(
    `${recipe} on ${dataNameOf(data)}, batch ${batch}, on the cpu with --threads ${threads}: ${steps} steps${start}`,
  );
  for (const note of plan.notes) print(indent(note));
  print(indent(`${figure(ms, 3)} ms a step, the fastest ${figure(minMs, 3)}${speed}`));
  print(indent(`${figure(profile.ms, 3)} ms while each operator is timed, which the tables divide`));
  print("");
  print(kindsTable(profile));
  print("\nThe slowest operators:");
  print(
    formatTable(
      [
        ["operator", "ms", "share", "GFLOP/s", "output", "of"],
        ...operators
          .slice(0, SHOWN)
          .map((each) => [
            each.op,
            ...timeCells(each),
            each.gflops === undefined ? "" : figure(each.gflops, 1),
            each.output.join("×"),
            each.from,
          ]),
      ],
      [1, 2, 3],
    ),
  );
  print(`\nTrace, for chrome://tracing and Perfetto: ${out}`);
}

function kindsTable({ ms, kinds, between, outside }: Profile): string {
  const rows = kinds.map((kind) => [
    kind.op,
    `${kind.nodes}`,
    ...timeCells(kind),
    ...(kind.gflop === undefined || kind.gflops === undefined ? [] : [figure(kind.gflop, 3), figure(kind.gflops, 1)]),
  ]);
  const nodes = kinds.reduce((sum, kind) => sum + kind.nodes, 0);
  return formatTable(
    [
      ["operator", "nodes", "ms a step", "share", "GFLOP", "GFLOP/s"],
      ...rows,
      ["between operators", "", ...timeCells(between)],
      ["data and random numbers", "", ...timeCells(outside)],
      ["all", `${nodes}`, ...timeCells({ ms, share: 1 })],
    ],
    [1, 2, 3, 4, 5],
  );
}

const timeCells = ({ ms, share }: { readonly ms: number; readonly share: number }): string[] => [
  figure(ms, 3),
  `${figure(100 * share, 1)}%`,
];

const figure = (value: number, digits: number): string => value.toFixed(digits);

/** What a node comes from: "D.0 matmul#v17" from "D.0 matmul". */
const originOf = (name: string): string => name.replace(/#.*$/, "");
