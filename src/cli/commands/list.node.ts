// ganforge list: the recipes, the embedded data sets, the metrics, and the devices that work here.

import { listDatasets } from "../../data/index.ts";
import { InputError, suggest } from "../../errors/index.ts";
import { metrics } from "../../metrics/index.ts";
import { flagOf, recipes } from "../../recipes/index.ts";
import { newCommand, parseArguments } from "../arguments.node.ts";
import { print, printJson } from "../output.node.ts";
import { formatTable } from "../text.ts";

const EXAMPLES = [
  "ganforge list recipes",
  "ganforge list data --json",
  "ganforge list metrics",
  "ganforge list devices",
];

/** A list as JSON, and as the rows of a table. */
interface Listing {
  readonly items: readonly object[];
  readonly rows: readonly (readonly string[])[];
  readonly footer: string;
}

const lists: Readonly<Record<string, () => Promise<Listing>>> = {
  recipes: listRecipes,
  data: listData,
  metrics: listMetrics,
  devices: listDevices,
};

export async function run(args: readonly string[]): Promise<number> {
  const names = Object.keys(lists);
  const command = newCommand(
    "list",
    "Shows the recipes, the embedded data sets, the metrics, or the devices that work here.",
    EXAMPLES,
  )
    .argument("<what>", names.join(", "))
    .option("--json", "print it as one JSON document");
  const given = parseArguments(command, args);
  if (given === undefined) return 0;
  const [what] = given.operands;
  if (!Object.hasOwn(lists, what)) {
    throw new InputError(`list: there is no list of "${what}"; ${suggest(what, names)}`);
  }
  const { items, rows, footer } = await lists[what]();
  if (given.flags.json) printJson(items);
  else print(`${formatTable(rows)}\n${footer}`);
  return 0;
}

async function listMetrics(): Promise<Listing> {
  return {
    items: metrics.map(({ begin: _, ...metric }) => metric),
    rows: metrics.map(({ name, of, figures, about }) => [
      name,
      `of ${of.join(", ")}`,
      Object.keys(figures).join(", "),
      about,
    ]),
    footer: "Measure a run: ganforge evaluate <run> --metrics fid,kid",
  };
}

async function listRecipes(): Promise<Listing> {
  return {
    items: recipes.map(({ name, title, paper, about, data, batch, options, presets = {} }) => ({
      name,
      title,
      paper,
      about,
      data,
      batch,
      options: Object.fromEntries(Object.entries(options).map(([key, spec]) => [key, { flag: flagOf(key), ...spec }])),
      presets,
    })),
    rows: recipes.map(({ name, paper, data, about }) => [name, paper, `from ${data.kinds.join(", ")}`, about]),
    footer: "Options of one: ganforge train <recipe> --help",
  };
}

async function listData(): Promise<Listing> {
  const sources = listDatasets();
  return {
    items: sources.map(({ name, kind, about, classes }) => ({ name, kind, about, classes })),
    rows: sources.map(({ name, kind, about }) => [name, kind, about]),
    footer:
      "Or a path: a folder, .zip, .tar or .tar.gz of PNG, JPEG, WebP or GIF images; IDX files (MNIST and its kin); CIFAR-10 or -100 binary files.",
  };
}

async function listDevices(): Promise<Listing> {
  const { backends, examine } = await import("../../runtime/index.node.ts");
  const items = [];
  for (const backend of backends) items.push({ device: backend.device, ...(await examine(backend)) });
  return {
    items,
    rows: items.map(({ device, works, detail }) => [device, works ? "works" : "does not work", detail]),
    footer: "What to do about it: ganforge doctor",
  };
}
