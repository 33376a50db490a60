// Probing a device in a process of its own: a driver that crashes, hangs or chatters on stderr harms nobody there.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Backend, Probe } from "./backend.ts";

/** What became of a device: a probe and, where it works and was asked for, the milliseconds of a small training step. */
export interface Examination extends Probe {
  readonly milliseconds?: number;
}

export interface ExamineOptions {
  /** Also times a step. */
  readonly timed?: boolean;
  /** Past it the device counts as one that does not work. */
  readonly timeoutMs?: number;
}

/** Probes a backend in a child process; never throws. */
export async function examine(
  backend: Backend,
  { timed = false, timeoutMs = 30_000 }: ExamineOptions = {},
): Promise<Examination> {
  const script = fileURLToPath(new URL("./probe-main.node.js", import.meta.url));
  if (!existsSync(script)) return backend.probe(); // run from its sources, ganforge has no script to start

  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script, backend.device, ...(timed ? ["timed"] : [])], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    let output = "";
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill("SIGKILL");
    }, timeoutMs);
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    const fail = (detail: string) => resolve({ works: false, detail });
    child.on("error", (error) => fail(`its probe could not be started (${error.message})`));
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (late) fail(`it did not finish a training step within ${timeoutMs / 1000} s`);
      else if (code === 0) resolve(JSON.parse(output) as Examination);
      else fail(`its driver crashed (${signal ?? `exit code ${code}`})`);
    });
  });
}
