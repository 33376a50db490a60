// Real `kill -9` of a training command at random instants, half of them while it writes a checkpoint, each followed by a resume,
// which may be killed again; and the count of what that may never do: lose a committed checkpoint, tear a file, change a bit.

import { type ChildProcess, spawn } from "node:child_process";
import { type FSWatcher, readdirSync, watch } from "node:fs";
import { join } from "node:path";
import { decodePng } from "../src/formats/index.ts";
import { type RandomStream, stream } from "../src/random/index.ts";
import { type Checkpoint, Checkpoints, NodeStore, readJsonLines, readRun, sha256 } from "../src/train/index.node.ts";

export interface KillOptions {
  /** The built command, dist/bin/main.node.js. */
  readonly command: string;
  /** An empty folder to work in. */
  readonly folder: string;
  /** Flags of `ganforge train`, after the recipe. */
  readonly recipe: string;
  readonly flags: readonly string[];
  readonly steps: number;
  readonly checkpointEvery: number;
  readonly kills: number;
  readonly seed: number;
  readonly onKill?: (kill: Kill, count: number) => void;
}

/** Where a kill struck: before the session's first step, in training, or with a checkpoint half-written (its temporary file is left). */
export type Moment = "start" | "training" | "saving";

export interface Kill {
  readonly moment: Moment;
  /** Steps in metrics.jsonl that come after the newest checkpoint. */
  readonly lostSteps: number;
}

export interface KillReport {
  /** Whole runs, each from its first step to its last. */
  readonly runs: number;
  readonly kills: readonly Kill[];
  /** SHA-256 of all tensors at the end of the run that nobody killed. */
  readonly unbroken: string;
  /** The same of each killed run. */
  readonly endings: readonly string[];
  /** Whatever went wrong, in words; empty when all held. */
  readonly failures: readonly string[];
}

/** Kills runs until `kills` have been made and the last run has come to its end. */
export async function killAndResume(options: KillOptions): Promise<KillReport> {
  const random = stream(options.seed, "kills");
  const kills: Kill[] = [];
  const endings: string[] = [];
  const failures: string[] = [];

  const reference = join(options.folder, "unbroken");
  const begun = performance.now();
  const code = await ended(launch(options, reference));
  if (code !== 0) throw new Error(`the unbroken run exited with ${code}`);
  const wholeMs = performance.now() - begun;
  const unbroken = await inspect(reference, options, failures);

  for (let run = 1; kills.length < options.kills; run++) {
    const folder = join(options.folder, `run-${run}`);
    for (;;) {
      const plan = kills.length < options.kills ? planOf(random, wholeMs) : undefined;
      const before = await progressOf(folder);
      const { killed, committed } = await runSession(options, folder, plan, failures);
      if (!killed) break;
      const kill = await judgeKill(folder, { before, committed }, options, failures);
      kills.push(kill);
      options.onKill?.(kill, kills.length);
    }
    const ending = await inspect(folder, options, failures);
    if (ending !== unbroken) failures.push(`run ${run} ended with ${ending}, unbroken with ${unbroken}`);
    endings.push(ending);
  }
  return { runs: endings.length, kills, unbroken, endings, failures };
}

/** When to kill: so many ms after the start, or so many µs into the n-th save. */
type Plan = { readonly afterMs: number } | { readonly save: number; readonly delayUs: number };

function planOf(random: RandomStream, wholeMs: number): Plan {
  if (random.uniform() < 0.35) return { afterMs: random.uniform() * wholeMs };
  return { save: 1 + random.integer(3), delayUs: random.integer(4) === 0 ? random.integer(10_000) : 0 };
}

/** Starts the run, or goes on with it where there is one already. */
function launch({ command, recipe, flags, steps, checkpointEvery }: KillOptions, folder: string): ChildProcess {
  const args = namesIn(folder).includes("run.json")
    ? ["resume", folder]
    : ["train", recipe, "--out", folder, "--steps", `${steps}`, "--checkpoint-every", `${checkpointEvery}`, ...flags];
  return spawn(process.execPath, [command, ...args], { stdio: ["ignore", "ignore", "pipe"] });
}

/** One session of the run, killed as planned, or left to end where there is no plan or it ends before. */
async function runSession(
  options: KillOptions,
  folder: string,
  plan: Plan | undefined,
  failures: string[],
): Promise<{ killed: boolean; committed: number }> {
  const child = launch(options, folder);
  let words = "";
  child.stderr?.on("data", (chunk) => {
    words += chunk;
  });
  const kill = () => child.kill("SIGKILL");
  let committed = Math.max(0, ...stepsIn(folder));
  let timer: ReturnType<typeof setTimeout> | undefined;
  if (plan && "afterMs" in plan) timer = setTimeout(kill, plan.afterMs);
  const watching = watchSaves(folder, {
    onSaving: (count) => {
      if (!plan || !("save" in plan) || count !== plan.save) return;
      const until = performance.now() + plan.delayUs / 1000;
      while (performance.now() < until) {} // a timer would be late by more than a save takes
      kill();
    },
    onCommitted: (step) => {
      committed = Math.max(committed, step);
    },
  });
  const code = await ended(child);
  clearTimeout(timer);
  watching.close();
  if (code === 0) return { killed: false, committed };
  if (child.signalCode !== "SIGKILL") {
    failures.push(`a session exited with ${code}: ${words.trim()}`);
    throw new Error(failures.at(-1));
  }
  return { killed: true, committed };
}

/** The exit code; null after a signal. */
function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", resolve);
  });
}

const TEMPORARY = /^\.step-\d+\.safetensors\..*\.tmp$/;
const COMMITTED = /^step-(\d+)\.safetensors$/;

/** Tells of each checkpoint begun (its temporary file appears) and committed (it has its name), in the order of the session. */
function watchSaves(
  folder: string,
  { onSaving, onCommitted }: { onSaving: (count: number) => void; onCommitted: (step: number) => void },
): { close(): void } {
  const checkpoints = join(folder, "checkpoints");
  let watcher: FSWatcher | undefined;
  const begun = new Set<string>();
  const look = (name: string | null) => {
    if (name === null) return;
    const step = COMMITTED.exec(name)?.[1];
    if (step !== undefined && namesIn(checkpoints).includes(name)) onCommitted(Number(step));
    if (!TEMPORARY.test(name) || begun.has(name)) return;
    begun.add(name);
    onSaving(begun.size);
  };
  const open = () => {
    try {
      watcher = watch(checkpoints, (_, name) => look(name));
    } catch {
      return; // no checkpoint yet
    }
    clearInterval(opening);
  };
  const opening = setInterval(open, 2);
  open();
  return {
    close() {
      clearInterval(opening);
      watcher?.close();
    },
  };
}

interface Progress {
  /** Step of the newest sound checkpoint, 0 where there is none. */
  readonly saved: number;
  /** Last step in metrics.jsonl. */
  readonly logged: number;
}

async function progressOf(folder: string, onTorn: (reason: string) => void = () => {}): Promise<Progress> {
  const store = new NodeStore(folder);
  const newest = await new Checkpoints(store, sha256).latest((_, reason) => onTorn(reason));
  const lines = await readJsonLines(store, "metrics.jsonl");
  return { saved: newest?.step ?? 0, logged: Number(lines.at(-1)?.step ?? 0) };
}

/** What a kill left: every file with its own name is whole, no committed checkpoint is gone, and little work is lost. */
async function judgeKill(
  folder: string,
  { before, committed }: { readonly before: Progress; readonly committed: number },
  { checkpointEvery }: KillOptions,
  failures: string[],
): Promise<Kill> {
  const store = new NodeStore(folder);
  const { saved, logged } = await progressOf(folder, (reason) => failures.push(`torn: ${reason}`));
  if (saved < committed) failures.push(`the checkpoint of step ${committed} was committed, and ${saved} is the newest`);
  const check = (path: string, reading: Promise<unknown>) =>
    reading.catch((error) => failures.push(`torn: ${path}: ${error.message}`));
  const checkpoints = new Checkpoints(store, sha256);
  for (const step of stepsIn(folder)) await check(`step ${step}`, checkpoints.load(step));
  for (const name of await store.list("samples")) {
    const path = `samples/${name}`;
    await check(
      path,
      store.read(path).then((bytes) => decodePng(bytes, path)),
    );
  }
  if (await store.exists("run.json")) await check("run.json", readRun(store));

  const lostSteps = Math.max(0, logged - saved);
  if (lostSteps > checkpointEvery) failures.push(`${lostSteps} steps lost, an interval is ${checkpointEvery}`);
  const saving = namesIn(join(folder, "checkpoints")).some((name) => TEMPORARY.test(name));
  const stepped = saved > before.saved || (logged !== before.logged && logged !== before.saved);
  return { moment: saving ? "saving" : stepped ? "training" : "start", lostSteps };
}

/** The digest of an ended run; notes what is wrong with its folder. */
async function inspect(folder: string, { steps }: KillOptions, failures: string[]): Promise<string> {
  const store = new NodeStore(folder);
  const last = await new Checkpoints(store, sha256).latest();
  if (last?.step !== steps) failures.push(`${folder} ended at step ${last?.step}, not ${steps}`);
  const logged = (await readJsonLines(store, "metrics.jsonl")).map(({ step }) => step);
  const once = logged.length === steps && logged.every((step, i) => step === i + 1);
  if (!once) failures.push(`${folder}: metrics.jsonl has ${logged.length} lines for ${steps} steps, or not each once`);
  const left = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".tmp"));
  if (left.length > 0) failures.push(`${folder}: temporary files were left: ${left.join(", ")}`);
  return last === undefined ? "nothing" : digestOf(last);
}

/** SHA-256 over the names and bytes of all tensors: weights, statistics, moments and average. */
function digestOf({ tensors }: Checkpoint): string {
  const parts = [...tensors].flatMap(([name, { data }]) => [
    new TextEncoder().encode(`${name}\n`),
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  ]);
  return sha256(parts) as string;
}

function stepsIn(folder: string): number[] {
  return namesIn(join(folder, "checkpoints")).flatMap((name) => {
    const step = COMMITTED.exec(name)?.[1];
    return step === undefined ? [] : [Number(step)];
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
