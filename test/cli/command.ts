// The built command, started as a user starts it: a process of its own, in a folder of its own.

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, onTestFinished } from "vitest";

export const main = fileURLToPath(new URL("../../dist/bin/main.node.js", import.meta.url));
if (!existsSync(main)) throw new Error("these tests start the built command; build it first: npm run build");

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command under way. */
export interface Started {
  readonly process: ChildProcessWithoutNullStreams;
  /** Resolves when stdout holds the text; fails when the command ends first. */
  saw(text: string): Promise<void>;
  readonly ended: Promise<Outcome>;
}

/** What a failed test may leave running. */
const children = new Set<ChildProcessWithoutNullStreams>();
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
});

export function start(cwd: string, ...args: readonly string[]): Started {
  const child = spawn(process.execPath, [main, ...args], { cwd, env: { ...process.env, NO_COLOR: "1" } });
  children.add(child);
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  const ended = new Promise<Outcome>((resolve) => {
    child.on("close", (code, signal) => {
      children.delete(child);
      resolve({ code, signal, stdout, stderr });
    });
  });
  const saw = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => stdout.includes(text) && resolve();
      child.stdout.on("data", look);
      child.on("close", () => reject(new Error(`ended without "${text}": ${stdout}${stderr}`)));
      look();
    });
  return { process: child, saw, ended };
}

/** Runs the command to its end. */
export function ganforge(cwd: string, ...args: readonly string[]): Promise<Outcome> {
  return start(cwd, ...args).ended;
}

/** Runs the command and gives the JSON document on its stdout; fails when it refuses. */
export async function ganforgeJson<T = Record<string, unknown>>(cwd: string, ...args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await ganforge(cwd, ...args, "--json");
  if (code !== 0) throw new Error(`ganforge ${args.join(" ")} exited ${code}: ${stderr}`);
  return JSON.parse(stdout) as T;
}

/** A folder that is gone after the test, or after the file's tests when `keep` is given its afterAll. */
export function temporaryFolder(after: (remove: () => void) => void = onTestFinished): string {
  const folder = mkdtempSync(join(tmpdir(), "ganforge-cli-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Flags of a training of a second or less. */
export const TINY = [
  "--data",
  "ring",
  "--batch",
  "8",
  "--hidden-g",
  "8",
  "--hidden-d",
  "8",
  "--device",
  "cpu",
] as const;
export const TINY_IMAGES = [
  ...["--data", "glyphs", "--size", "16", "--width", "4", "--z-dim", "8", "--batch", "8", "--device", "cpu"],
] as const;
