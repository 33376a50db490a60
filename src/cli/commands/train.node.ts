// ganforge train: a new run of a recipe.

import type { Command } from "commander";
import { listDatasets } from "../../data/index.ts";
import { InputError } from "../../errors/index.ts";
import { type AnyRecipe, findRecipe, type OptionValue, recipes } from "../../recipes/index.ts";
import { addSettings, newCommand, parseArguments } from "../arguments.node.ts";
import { readConfigFile } from "../config-file.node.ts";
import type { TrainRequest } from "../plan.node.ts";
import {
  budgetSettings,
  dataSettings,
  evaluationSettings,
  learningSettings,
  outSettings,
  parseSettings,
  resolveOptions,
  runSettings,
  type Settings,
  trainSettings,
} from "../settings.ts";
import { formatTable, indent } from "../text.ts";

const EXAMPLES = [
  "ganforge train dcgan --data glyphs --minutes 2",
  "ganforge train dcgan --data ./my-photos --size 64 --channels 3 --epochs 20 --ema 0.999",
  "ganforge train vanilla --data ring --batch 256 --steps 5000",
  "ganforge train vanilla --data ./train-images-idx3-ubyte.gz --preset deep --dry-run",
];

export async function run(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === "--help" || name === "-h") {
    generalHelp();
    return 0;
  }
  const names = recipes.map((recipe) => recipe.name).join(", ");
  if (name === undefined || name.startsWith("-")) {
    const got = name === undefined ? "" : `, before ${name}`;
    throw new InputError(`train: a recipe must come first${got}: ${names}. For example: ${EXAMPLES[0]}`);
  }
  const recipe = findRecipe(name);
  const command = recipeCommand(recipe);
  const given = parseArguments(command, rest);
  if (given === undefined) return 0;
  const { config: file, json = false, dryRun = false, ...flags } = given.flags;
  const request = await resolveRequest(recipe, flags, file as string | undefined);

  if (dryRun) {
    const { printDryRun } = await import("../dry-run.node.ts");
    await printDryRun(request, { json: json === true });
    return 0;
  }
  const { runTraining } = await import("../training.node.ts");
  return runTraining({ kind: "train", request }, { json: json === true });
}

/** The recipe's defaults, then the preset's, then the file's, then the flags'. */
export async function resolveRequest(
  recipe: AnyRecipe,
  flags: Readonly<Record<string, unknown>>,
  file: string | undefined,
): Promise<TrainRequest> {
  const specs = { ...trainSettings, ...recipe.options };
  const given: Record<string, OptionValue> = {
    ...(file !== undefined && (await readConfigFile(file, specs))),
    ...parseSettings(specs, flags),
  };
  const isOption = (key: string) => Object.hasOwn(recipe.options, key);
  const settings = Object.fromEntries(Object.entries(given).filter(([key]) => !isOption(key))) as Settings;
  const own = Object.fromEntries(Object.entries(given).filter(([key]) => isOption(key)));
  const { options, batch } = resolveOptions(recipe, settings.preset, own);
  return { recipe: recipe.name, options, batch: settings.batch ?? batch, settings };
}

function recipeCommand(recipe: AnyRecipe) {
  const { name, title, paper, about, presets = {} } = recipe;
  const command = newCommand(`train ${name}`, `${title} (${paper}): ${about}`, examplesOf(recipe)).usage("[options]");
  addSettings(command, "The recipe:", recipe.options);
  addShared(command, { presets: Object.keys(presets).length > 0 });
  const rows = Object.entries(presets).map(([preset, { about: text }]) => [preset, text]);
  if (rows.length > 0) command.addHelpText("after", `\nPresets:\n${indent(formatTable(rows))}`);
  return command;
}

function addShared(command: Command, { presets }: { readonly presets: boolean }): void {
  const { preset, ...learning } = learningSettings;
  addSettings(command, "Data:", dataSettings);
  addSettings(command, "How long (the first limit reached ends the run):", budgetSettings);
  addSettings(command, "Learning:", presets ? { preset, ...learning } : learning);
  addSettings(command, "The run:", { ...outSettings, ...runSettings });
  addSettings(command, "Measuring as it trains:", evaluationSettings);
  command
    .optionsGroup("This command:")
    .option("--config <file>", "JSON object of these settings, its keys in camel case; flags win over it")
    .option("--dry-run", "show the settings, the networks and the graph's size, and train nothing")
    .option("--json", "print the result as one JSON document; progress goes to stderr");
}

/** Those with the recipe's name, or one made of it and the first embedded set it learns from. */
function examplesOf({ name, data: { kinds } }: AnyRecipe): string[] {
  const own = EXAMPLES.filter((example) => example.includes(` ${name} `));
  if (own.length > 0) return own;
  const set = listDatasets().find(({ kind }) => kinds.includes(kind));
  return [`ganforge train ${name} --data ${set?.name ?? "./my-pictures"} --minutes 5`];
}

/** Help before a recipe is chosen. */
function generalHelp(): void {
  const command = newCommand("train", "Trains a recipe on data, in a new run folder.", EXAMPLES);
  command.usage("<recipe> [options]");
  addShared(command, { presets: true });
  const rows = recipes.map(({ name, about }) => [name, about]);
  command.addHelpText(
    "before",
    `Recipes (each has options of its own: ganforge train <recipe> --help):\n${indent(formatTable(rows))}\n`,
  );
  command.outputHelp();
}
