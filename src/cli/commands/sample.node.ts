// ganforge sample: new pictures from a run's generator.

import { integer } from "../../recipes/index.ts";
import { addSettings, newCommand, parseArguments } from "../arguments.node.ts";
import { parseSettings } from "../settings.ts";

const EXAMPLES = [
  "ganforge sample runs/dcgan-glyphs-1 --count 64 --seed 7",
  "ganforge sample runs/dcgan-glyphs-1 --count 1000 --out pictures/",
  "ganforge sample runs/dcgan-glyphs-1 --checkpoint 500 --no-ema --out early.png",
  "ganforge sample runs/cgan-glyphs-1 --class 7 --count 16",
  "ganforge sample runs/cgan-glyphs-1 --grid --count 8",
  'ganforge sample runs/stackgan-shapes-1 --text "a red circle on the left" --count 8',
];

const sampleSettings = {
  count: integer(64, "how many", { min: 1, max: 1_000_000 }),
  seed: integer(1, "decides which; the same seed gives the same pictures", { min: 0 }),
};

export async function run(args: readonly string[]): Promise<number> {
  const command = newCommand("sample", "Makes new pictures with a run's generator.", EXAMPLES)
    .argument("<run>", "the run's folder")
    .option("--out <path>", "a .png for one grid, or a folder/ for a file each (default: a grid in the run's exports)")
    .option("--class <name>", "a class; of attributes, those to have, between commas (default: all in turn)")
    .option("--grid", "one row for each latent vector, one column for each class; --count is that of rows")
    .option("--text <caption>", "what to draw, for runs that make pictures from captions")
    .option(
      "--text-vectors <file>",
      "sentence vectors (.npy, .safetensors) to draw in turn, for runs that learned from such",
    )
    .option(
      "--caption-encoder <model>",
      "where the model lies that --text is read with (default: where training found it)",
    )
    .option("--make <name>", "which of the things that the recipe makes (default: its first)")
    .option("--checkpoint <step>", "the step to take the weights of (default: the newest sound checkpoint's)")
    .option("--no-ema", "take the weights as trained, not their moving average")
    .option("--json", "print the result as one JSON document");
  addSettings(command, "Pictures:", sampleSettings);
  const given = parseArguments(command, args);
  if (given === undefined) return 0;
  const {
    out,
    class: named,
    grid = false,
    text,
    textVectors,
    captionEncoder,
    make,
    checkpoint,
    ema,
    json,
    ...flags
  } = given.flags;
  const { count = grid ? 8 : 64, seed = 1 } = parseSettings(sampleSettings, flags) as { count?: number; seed?: number };
  const { sampleRun } = await import("../sampling.node.ts");
  await sampleRun({
    ...{ run: given.operands[0], count, seed, checkpoint, grid: grid === true },
    ...{ class: named as string | undefined, text: text as string | undefined, make: make as string | undefined },
    ...{ textVectors: textVectors as string | undefined, captionEncoder: captionEncoder as string | undefined },
    ...{ out: out as string | undefined, ema: ema === true, json: json === true },
  });
  return 0;
}
