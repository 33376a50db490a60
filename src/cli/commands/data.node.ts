// ganforge data: what a data set holds, how it looks, and where known ones are to be had.

import type { Command } from "commander";
import { listDownloads } from "../../data/index.ts";
import { InputError, suggest } from "../../errors/index.ts";
import { choice, integer } from "../../recipes/index.ts";
import { addSettings, newCommand, parseArguments } from "../arguments.node.ts";
import { dataSettings, parseSettings, type SettingSpecs, type Settings } from "../settings.ts";
import { formatTable, indent } from "../text.ts";

const EXAMPLES = [
  "ganforge data info ./photos",
  "ganforge data preview ./maps --as pairs --out sheet.png",
  "ganforge data get mnist --out data/mnist",
];

const { data: _, flip: __, ...openSettings } = dataSettings;

const lookSettings = {
  as: {
    ...choice(["images", "points", "pairs", "domains", "captions"], "images", "what to take it for"),
    default: "what it looks like",
  },
  seed: integer(1, "decides what is random in it", { min: 0 }),
  ...openSettings,
} satisfies SettingSpecs;

const countSettings = { count: integer(64, "how many samples", { min: 1, max: 4096 }) };

/** What is given after the command's name, before flags. */
const actions: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = { info, preview, get };

export async function run(args: readonly string[]): Promise<number> {
  const [action, ...rest] = args;
  if (action === undefined || action === "--help" || action === "-h") {
    const command = newCommand("data", "Says what a data set holds, shows it, or downloads a known one.", EXAMPLES);
    command.usage("info|preview|get <name or path> [options]");
    const rows = listDownloads().map(({ name, about }) => [name, about]);
    command.addHelpText("after", `\nTo be had by ganforge data get:\n${indent(formatTable(rows))}`);
    command.outputHelp();
    return 0;
  }
  if (!Object.hasOwn(actions, action)) {
    throw new InputError(`data: there is no "data ${action}"; ${suggest(action, Object.keys(actions))}`);
  }
  return actions[action](rest);
}

async function info(args: readonly string[]): Promise<number> {
  const command = newCommand(
    "data info",
    "Says what was found: kind, counts, sizes, classes, problems.",
    EXAMPLES.slice(0, 1),
  )
    .argument("<data>", "an embedded set's name or a path")
    .option("--json", "print it as one JSON document");
  addSettings(command, "Data:", lookSettings);
  const given = parseArguments(command, args);
  if (given === undefined) return 0;
  const { json, ...flags } = given.flags;
  const { printInspection } = await import("../data-sheet.node.ts");
  await printInspection(given.operands[0], lookOf(flags), { json: json === true });
  return 0;
}

async function preview(args: readonly string[]): Promise<number> {
  const command: Command = newCommand("data preview", "Writes a sheet of samples.", EXAMPLES.slice(1, 2))
    .argument("<data>", "an embedded set's name or a path")
    .option("--out <file>", "the .png to write (default: NAME-preview.png)")
    .option("--json", "print the result as one JSON document");
  addSettings(command, "Data:", { ...countSettings, ...lookSettings });
  const given = parseArguments(command, args);
  if (given === undefined) return 0;
  const { json, out, count, ...flags } = given.flags;
  const chosen = parseSettings(countSettings, count === undefined ? {} : { count }) as { count?: number };
  const { writeSheet } = await import("../data-sheet.node.ts");
  await writeSheet(given.operands[0], lookOf(flags), {
    ...{ count: chosen.count ?? 64, out: out as string | undefined, json: json === true },
  });
  return 0;
}

async function get(args: readonly string[]): Promise<number> {
  const command = newCommand(
    "data get",
    "Downloads a known data set, or goes on with a broken download.",
    EXAMPLES.slice(2),
  )
    .argument(
      "<name>",
      listDownloads()
        .map(({ name }) => name)
        .join(", "),
    )
    .option("--out <folder>", "where to (default: data/NAME)")
    .option("--json", "print the result as one JSON document; progress goes to stderr");
  const given = parseArguments(command, args);
  if (given === undefined) return 0;
  const [name] = given.operands;
  const { getData } = await import("../downloading.node.ts");
  return getData(name, (given.flags.out as string | undefined) ?? `data/${name}`, { json: given.flags.json === true });
}

function lookOf(flags: Readonly<Record<string, unknown>>): Settings & { as?: string } {
  return parseSettings(lookSettings, flags) as Settings & { as?: string };
}
