// A training as the command line runs it, from the request to the result, in whatever thread calls it.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { findRecipe } from "../recipes/index.ts";
import { chooseBackend, withPlainLowering } from "../runtime/index.node.ts";
import { drawBeside, openNodeStore, sha256 } from "../train/index.node.ts";
import {
  describeData,
  type RunConfig,
  type Store,
  type TrainEvent,
  type TrainResult,
  train,
  writeRun,
} from "../train/index.ts";
import { makingCommand } from "./making-command.ts";
import { type Plan, planResuming, planTraining, type TrainRequest } from "./plan.node.ts";
import { checkNewFolder, claimFolder, dataNameOf, openRun } from "./run-folder.node.ts";
import type { Settings } from "./settings.ts";
import { openWatching } from "./watching.node.ts";

/** What a session was asked for: a new run, or more of one. */
export type SessionRequest =
  | { readonly kind: "train"; readonly request: TrainRequest }
  | { readonly kind: "resume"; readonly folder: string; readonly settings: Settings };

/** What a session says, beside what the trainer says. */
export type SessionEvent =
  | TrainEvent
  | {
      readonly type: "started";
      readonly folder: string;
      readonly config: RunConfig;
      readonly notes: readonly string[];
    };

export interface SessionResult extends TrainResult {
  readonly folder: string;
  readonly config: RunConfig;
  /** The command that makes something with it. */
  readonly making: string;
}

export interface SessionHooks {
  readonly emit: (event: SessionEvent) => void;
  readonly shouldStop: () => boolean;
}

/** Runs a session to its end. Throws InputError for whatever the user can mend. */
export async function runSession(session: SessionRequest, hooks: SessionHooks): Promise<SessionResult> {
  return session.kind === "train" ? startRun(session.request, hooks) : resumeRun(session, hooks);
}

async function startRun(request: TrainRequest, hooks: SessionHooks): Promise<SessionResult> {
  const { out } = request.settings;
  if (out !== undefined) await checkNewFolder(out);
  const plan = await planTraining(request);
  const name = `${plan.config.recipe}-${dataNameOf(plan.config.data)}`;
  return runPlan(plan, () => claimFolder(out, name), hooks);
}

async function resumeRun(
  { folder: given, settings }: { readonly folder: string; readonly settings: Settings },
  hooks: SessionHooks,
): Promise<SessionResult> {
  const { folder, config: before, store } = await openRun(given);
  const plan = await planResuming(changed(before, settings), store);
  return runPlan(plan, async () => folder, hooks);
}

/** A run's settings with the given ones in their place; a new budget takes the place of the old one as a whole. */
function changed(config: RunConfig, { data: _, threads, ...settings }: Settings): RunConfig {
  const { steps, epochs, minutes, ...rest } = config;
  const renewed = [settings.steps, settings.epochs, settings.minutes].some((budget) => budget !== undefined);
  const budget = renewed ? {} : { steps, epochs, minutes };
  const defined = Object.entries({
    ...rest,
    ...budget,
    ...settings,
    ...(threads && { threads }),
  });
  return Object.fromEntries(defined.filter(([, value]) => value !== undefined)) as unknown as RunConfig;
}

async function runPlan(
  { config: planned, dataset, notes }: Plan,
  makeFolder: () => Promise<string>,
  { emit, shouldStop }: SessionHooks,
): Promise<SessionResult> {
  try {
    const { backend: chosen, reason } = await chooseBackend(planned.device, { threads: planned.threads });
    const backend = planned.lowering === "plain" ? withPlainLowering(chosen) : chosen;
    const config = { ...planned, device: backend.device };
    const tell = (text: string) => emit({ type: "remark", step: 0, text });
    let store: Store | undefined;
    const { observers, close } = await openWatching(config, dataset, { backend, tell, store: () => store! });
    try {
      const folder = await makeFolder();
      store = await openNodeStore(folder);
      await writeRun(store, { config, data: describeData(dataset), versions: versions() });
      emit({ type: "started", folder, config, notes: [`device ${backend.device}: ${reason}`, ...notes] });
      const clock = () => performance.now() / 1000;
      const own = { store, backend, dataset, sha256, draw: drawBeside, clock };
      const result = await train(config, { ...own, emit, shouldStop, observers });
      const making = makingCommand({ recipe: findRecipe(config.recipe), options: config.options }, dataset, folder);
      return { ...result, folder, config, making };
    } finally {
      await close();
    }
  } finally {
    await dataset.close();
  }
}

/** Of ganforge and of what computes. */
export function versions(): { readonly ganforge: string; readonly onnxruntime: string; readonly node: string } {
  const own = new URL("../../package.json", import.meta.url);
  const engine = createRequire(import.meta.url).resolve("onnxruntime-node/package.json");
  const versionIn = (file: string | URL): string => JSON.parse(readFileSync(file, "utf8")).version;
  return { ganforge: versionIn(own), onnxruntime: versionIn(engine), node: process.versions.node };
}
