// A backend whose programs are timed operator by operator, by onnxruntime's profiler. That writes a file for each session, which
// lies in a temporary folder until it has been read.

import { createReadStream } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { InputError } from "../errors/index.ts";
import type { Backend, Session } from "./backend.ts";
import type { ProfiledRun } from "./profile.ts";
import { createRunReader, type RunTime } from "./trace.ts";

export interface Profiler {
  /** Loads programs that are timed. */
  readonly backend: Backend;
  /** All runs so far in their order, once every session is closed. Throws InputError when they were too many for the profiler. */
  runs(): Promise<ProfiledRun[]>;
  /** Removes the profiler's files. */
  close(): Promise<void>;
}

/** A profiler of `backend`, which must be one whose operators end before the next begins: the CPU. */
export async function openProfiler(backend: Backend): Promise<Profiler> {
  const folder = await mkdtemp(join(tmpdir(), "ganforge-profile-"));
  const seen: { readonly began: number; readonly ended: number }[][] = [];
  const nameOf = (program: number) => `program-${program}-`;
  return {
    backend: {
      ...backend,
      async load(program, options) {
        const times: (typeof seen)[number] = [];
        const profilePrefix = join(folder, nameOf(seen.length));
        seen.push(times);
        return timed(await backend.load(program, { ...options, profilePrefix }), times);
      },
    },
    async runs() {
      const names = await readdir(folder);
      const programs = seen.map(async (times, program) => {
        const runs = await readRuns(join(folder, names.find((name) => name.startsWith(nameOf(program)))!));
        if (runs.length !== times.length) {
          throw new InputError(
            `--steps: onnxruntime's profiler kept ${runs.length} of ${times.length} runs, for it holds a million operators. Pass fewer.`,
          );
        }
        return runs.map((run, i): ProfiledRun => ({ ...run, program, ...times[i] }));
      });
      return (await Promise.all(programs)).flat().sort((a, b) => a.began - b.began);
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

async function readRuns(file: string): Promise<readonly RunTime[]> {
  const reader = createRunReader();
  for await (const line of createInterface({ input: createReadStream(file) })) reader.add(line);
  return reader.runs;
}

/** The session, noting in `times` when each run began and ended. */
function timed(session: Session, times: { readonly began: number; readonly ended: number }[]): Session {
  return {
    ...session,
    async run(feeds) {
      const began = performance.now();
      const fetches = await session.run(feeds);
      times.push({ began, ended: performance.now() });
      return fetches;
    },
  };
}
