// ganforge profile: where the time of a training step goes.

import { stat } from "node:fs/promises";
import type { Command } from "commander";
import { InputError, nearest } from "../../errors/index.ts";
import { type AnyRecipe, integer, recipes } from "../../recipes/index.ts";
import { addSettings, newCommand, parseArguments } from "../arguments.node.ts";
import type { Subject } from "../profiling.node.ts";
import { dataSettings, learningSettings, parseSettings, runSettings, type SettingSpecs } from "../settings.ts";
import { resolveRequest } from "./train.node.ts";

const EXAMPLES = [
  "ganforge profile runs/dcgan-glyphs-1",
  "ganforge profile dcgan --data glyphs --threads 2",
  "ganforge profile wgan-gp --data ./my-photos --size 32 --batch 16 --steps 20 --out wgan-gp.json",
];
const ABOUT =
  "Makes a few training steps, keeps nothing of them, and shows what each kind of operator took. The step runs on the cpu, whose operators can be timed one by one.";

const DEFAULTS = { steps: 10, out: "profile.json" };

const profileSettings = {
  steps: integer(DEFAULTS.steps, "steps to time, after a few that are not", { min: 1, max: 100 }),
  device: {
    kind: "text",
    about: "the cpu, whose operators can be timed one by one",
    placeholder: "name",
    default: "the cpu",
  },
  threads: runSettings.threads,
  lowering: runSettings.lowering,
  out: {
    kind: "text",
    about: "a trace of the steps, for chrome://tracing and Perfetto",
    placeholder: "file",
    default: DEFAULTS.out,
  },
} satisfies SettingSpecs;

export async function run(args: readonly string[]): Promise<number> {
  const [what, ...rest] = args;
  if (what === "--help" || what === "-h") {
    commandFor(undefined).usage("<run|recipe> [options]").outputHelp();
    return 0;
  }
  if (what === undefined || what.startsWith("-")) {
    const got = what === undefined ? "" : `, before ${what}`;
    throw new InputError(`profile: a run's folder or a recipe must come first${got}. For example: ${EXAMPLES[1]}`);
  }
  const recipe = recipes.find(({ name }) => name === what);
  if (recipe === undefined) await checkRun(what);
  const given = parseArguments(commandFor(recipe, what), rest);
  if (given === undefined) return 0;
  const { json = false, config, ...flags } = given.flags;
  const isOwn = (key: string) => Object.hasOwn(profileSettings, key);
  const own = parseSettings(profileSettings, picked(flags, isOwn)) as OwnSettings;
  const { threads, lowering } = own;
  const others = {
    ...picked(flags, (key) => !isOwn(key)),
    ...(threads !== undefined && { threads }),
    ...(lowering !== undefined && { lowering }),
  };
  const subject: Subject = recipe
    ? { kind: "recipe", request: await resolveRequest(recipe, others, config as string | undefined) }
    : { kind: "run", folder: what, threads, lowering };
  const { runProfile } = await import("../profiling.node.ts");
  return runProfile(subject, { ...DEFAULTS, ...own, json: json === true });
}

interface OwnSettings {
  readonly steps?: number;
  readonly device?: string;
  readonly threads?: number;
  readonly lowering?: "device" | "plain";
  readonly out?: string;
}

function picked(flags: Readonly<Record<string, unknown>>, wanted: (key: string) => boolean): Record<string, unknown> {
  return Object.fromEntries(Object.entries(flags).filter(([key]) => wanted(key)));
}

/** A recipe has those flags of `train` that decide the step; a run has decided them. */
function commandFor(recipe: AnyRecipe | undefined, what?: string): Command {
  const command = newCommand(what === undefined ? "profile" : `profile ${what}`, ABOUT, EXAMPLES).usage("[options]");
  if (recipe !== undefined) addSettings(command, "The recipe:", recipe.options);
  if (recipe !== undefined || what === undefined) {
    addSettings(command, "Data, of a recipe:", dataSettings);
    addSettings(command, "Learning, of a recipe:", learningSettings);
    command
      .optionsGroup("Learning, of a recipe:")
      .option("--config <file>", "JSON object of such settings, as for train");
  }
  addSettings(command, "Profile:", profileSettings);
  command.optionsGroup("Profile:").option("--json", "print the result as one JSON document; progress goes to stderr");
  return command;
}

/** Throws InputError for what is no folder, and looks like a recipe. */
async function checkRun(what: string): Promise<void> {
  const found = await stat(what).catch(() => undefined);
  const near = nearest(
    what,
    recipes.map(({ name }) => name),
  );
  if (found !== undefined || near === undefined) return; // a run's own messages tell the rest
  throw new InputError(`profile: "${what}" is neither a recipe nor a run's folder; did you mean "${near}"?`);
}
