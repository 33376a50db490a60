// Run folders as the command line names them: a new one for `train`, an existing one for every other command.

import { mkdir, readdir, stat } from "node:fs/promises";
import { basename, dirname, join, normalize } from "node:path";
import { findDataset } from "../data/index.ts";
import { InputError, nearest } from "../errors/index.ts";
import { findRecipe, integer, type OptionValue, parseOption } from "../recipes/index.ts";
import { NodeStore, sha256 } from "../train/index.node.ts";
import { type Checkpoint, Checkpoints, type RunRecord, readRun } from "../train/index.ts";
import { explainFileError } from "./files.node.ts";
import { parseSettings, trainSettings } from "./settings.ts";

const PARENT = "runs";

/** What every run's settings hold. */
const REQUIRED = [
  ...(["data", "flip", "crop", "batch", "seed", "device", "threads"] as const),
  ...(["sampleEvery", "checkpointEvery", "keepCheckpoints", "ema"] as const),
];

/** What the data is called in file names and metadata: an embedded set's name, or the last part of a path without its extension. */
export function dataNameOf(spec: string): string {
  if (findDataset(spec)) return spec;
  const name = basename(normalize(spec)).replace(/(\.(zip|tar|tgz|gz|bin))+$/i, "");
  return name.replace(/[^\w+-]+/g, "-").replace(/^-+|-+$/g, "") || "data";
}

/** Throws InputError unless `folder` can become a run: it must be absent or empty. */
export async function checkNewFolder(folder: string): Promise<void> {
  const where = `--out: ${folder}`;
  const names = await readdir(folder).catch((error) => {
    if (error.code === "ENOENT") return [] as string[];
    throw explainFileError(where, error, "Choose another --out.");
  });
  if (names.includes("run.json")) {
    throw new InputError(
      `${where} holds a run already. Go on with it: ganforge resume ${folder}, or choose another --out.`,
    );
  }
  if (names.length > 0) {
    const shown = names.slice(0, 3).join(", ");
    throw new InputError(
      `${where} is not empty and no run: it holds ${shown}${names.length > 3 ? ` and ${names.length - 3} more` : ""}. Choose another --out.`,
    );
  }
}

/** The first of runs/NAME-1, runs/NAME-2, … that is free. */
export async function freeFolder(name: string): Promise<string> {
  const taken = new Set(await readdir(PARENT).catch(() => []));
  let n = 1;
  while (taken.has(`${name}-${n}`)) n++;
  return join(PARENT, `${name}-${n}`);
}

/** Makes the folder of a new run: `out`, or the first free one, which no other process can then take. */
export async function claimFolder(out: string | undefined, name: string): Promise<string> {
  if (out !== undefined) {
    await mkdir(out, { recursive: true }).catch((error) => {
      throw explainFileError(`--out: ${out}`, error, "Choose another --out.");
    });
    return out;
  }
  try {
    await mkdir(PARENT, { recursive: true });
    for (;;) {
      const folder = await freeFolder(name);
      if (await mkdirIfFree(folder)) return folder;
    }
  } catch (error) {
    throw explainFileError(PARENT, error, "Choose a folder you may write to with --out.");
  }
}

async function mkdirIfFree(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

/** A run as other commands find it. */
export interface Run extends RunRecord {
  /** As the user named it, without a slash at its end. */
  readonly folder: string;
  readonly store: NodeStore;
  readonly checkpoints: Checkpoints;
}

/** Opens a run folder for reading; throws InputError, with the nearest name, when it is none or its settings do not fit. */
export async function openRun(given: string): Promise<Run> {
  const folder = given.replace(/(?<=.)[/\\]+$/, "");
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined) {
    const siblings = await readdir(dirname(folder)).catch(() => []);
    const near = nearest(basename(folder), siblings);
    const offer =
      near === undefined ? "Runs are made by: ganforge train" : `Did you mean ${join(dirname(folder), near)}?`;
    throw new InputError(`${folder}: there is no such run folder. ${offer}`);
  }
  if (!found.isDirectory()) {
    throw new InputError(`${folder}: a run is a folder, this is a file. Name the folder that holds run.json.`);
  }
  const store = new NodeStore(folder);
  const record = await readRun(store);
  checkConfig(record, `${folder}/run.json`);
  return { ...record, folder, store, checkpoints: new Checkpoints(store, sha256) };
}

/** run.json may have been edited by hand: its values must be ones that flags could have given. */
function checkConfig({ config }: RunRecord, where: string): void {
  try {
    const { recipe: name, options, ...settings } = config;
    const recipe = findRecipe(name);
    for (const [key, spec] of Object.entries(recipe.options)) parseOption(key, spec, options?.[key]);
    for (const key of REQUIRED) {
      if (settings[key] === undefined) throw new InputError(`"${key}" is missing. Restore the file.`);
    }
    const known = Object.entries(settings).filter(([key]) => Object.hasOwn(trainSettings, key));
    parseSettings(trainSettings, Object.fromEntries(known) as Record<string, OptionValue>);
  } catch (cause) {
    throw cause instanceof InputError ? new InputError(`${where}: ${cause.message}`, { cause }) : cause;
  }
}

/** The checkpoint of a step as a flag gives it, or the newest sound one; on stderr, what had to be passed over. */
export async function loadCheckpoint({ folder, checkpoints }: Run, step: unknown): Promise<Checkpoint> {
  if (step !== undefined)
    return checkpoints.load(parseOption("checkpoint", integer(0, "", { min: 0 }), step) as number);
  const latest = await checkpoints.latest((skipped, reason) => {
    process.stderr.write(`Passed over the checkpoint of step ${skipped}: ${reason}\n`);
  });
  if (latest === undefined) {
    throw new InputError(`${folder}: has no checkpoint yet. Train it first: ganforge resume ${folder}`);
  }
  return latest;
}
