// ganforge train-classifier: the eyes of `evaluate` that need no download.

import { integer } from "../../recipes/index.ts";
import { addSettings, newCommand, parseArguments } from "../arguments.node.ts";
import { dataSettings, parseSettings, runSettings, type SettingSpecs, type Settings } from "../settings.ts";

const EXAMPLES = [
  "ganforge train-classifier --data ./train-images-idx3-ubyte.gz",
  "ganforge train-classifier --data ./photos --size 64 --steps 3000 --out photos.safetensors",
];

const { data, size, channels, crop, split, labels, attributes } = dataSettings;
const shownData = {
  ...{ data: { ...data, about: `${data.about}; labelled` }, size, channels, crop, split, labels, attributes },
} satisfies SettingSpecs;

const trainSettings = {
  steps: integer(1000, "steps of 64 images"),
  seed: integer(1, "decides everything random", { min: 0 }),
  threads: runSettings.threads,
} satisfies SettingSpecs;

export async function run(args: readonly string[]): Promise<number> {
  const about =
    "Trains a small classifier on labelled images, and says how many of those it has not seen it tells right. Its hidden layer is what evaluate sees pictures with; one with the defaults here is trained by evaluate itself when it is first needed.";
  const command = newCommand("train-classifier", about, EXAMPLES)
    .usage("--data <name|path> [options]")
    .option("--out <file>", "the .safetensors to write, for evaluate --extractor (default: one in the cache)")
    .option(
      "--cache <folder>",
      "where classifiers are kept (default: GANFORGE_CACHE, or ganforge in your own cache folder)",
    )
    .option("--json", "print the result as one JSON document; progress goes to stderr");
  addSettings(command, "Data:", shownData);
  addSettings(command, "Learning:", trainSettings);
  const given = parseArguments(command, args);
  if (given === undefined) return 0;
  const { out, cache, json, ...flags } = given.flags;
  const settings = parseSettings({ ...shownData, ...trainSettings }, flags) as Settings;
  const { runClassifierTraining } = await import("../classifying.node.ts");
  return runClassifierTraining({
    settings,
    ...{ out: out as string | undefined, cache: cache as string | undefined, json: json === true },
  });
}
