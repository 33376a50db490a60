// ganforge translate: pictures made from pictures.

import { choice, integer } from "../../recipes/index.ts";
import { addSettings, newCommand, parseArguments } from "../arguments.node.ts";
import { parseSettings, type SettingSpecs } from "../settings.ts";

const EXAMPLES = [
  "ganforge translate runs/pix2pix-facades-1 drawing.png --out facade.png",
  "ganforge translate runs/cyclegan-horse2zebra-1 horses/ --make a-to-b --out zebras/",
  "ganforge translate runs/stargan-faces-1 portrait.png --class glasses,smile",
  "ganforge translate runs/fusiongan-avatars-1 face.png --with pose.png",
];

const translateSettings = {
  size: {
    ...integer(0, "width and height, where the networks are for any", { min: 4, max: 2048 }),
    default: "the run's",
  },
  crop: choice(["center", "none"], "center", "cut out the largest centred square, or squeeze the whole into it"),
  seed: integer(1, "decides the noise, of recipes that have some", { min: 0 }),
} satisfies SettingSpecs;

export async function run(args: readonly string[]): Promise<number> {
  const command = newCommand("translate", "Makes pictures from pictures, with a run that has learned to.", EXAMPLES)
    .argument("<run>", "the run's folder")
    .argument("<inputs...>", "pictures, or folders or archives of them")
    .option("--out <path>", "a .png for one picture, or a folder/ (default: the run's exports)")
    .option("--make <name>", "which of the things that the recipe makes, such as b-to-a (default: its first)")
    .option("--class <name>", "the class to make of it; of attributes, those to have, between commas")
    .option("--with <picture>", "the second picture, for recipes that make one of two")
    .option("--checkpoint <step>", "the step to take the weights of (default: the newest sound checkpoint's)")
    .option("--no-ema", "take the weights as trained, not their moving average")
    .option("--json", "print the result as one JSON document");
  addSettings(command, "Pictures:", translateSettings);
  const given = parseArguments(command, args);
  if (given === undefined) return 0;
  const { out, make, class: named, with: second, checkpoint, ema, json, ...flags } = given.flags;
  const {
    size,
    crop = "center",
    seed = 1,
  } = parseSettings(translateSettings, flags) as {
    size?: number;
    crop?: "center" | "none";
    seed?: number;
  };
  const { translateRun } = await import("../translating.node.ts");
  const [folder, ...inputs] = given.operands;
  await translateRun({
    ...{ run: folder, inputs, size, crop, seed, checkpoint },
    ...{ out: out as string | undefined, make: make as string | undefined, class: named as string | undefined },
    ...{ with: second as string | undefined, ema: ema === true, json: json === true },
  });
  return 0;
}
