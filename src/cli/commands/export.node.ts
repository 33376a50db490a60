// ganforge export: a run's generator as a file for other programs.

import { choice } from "../../recipes/index.ts";
import { addSettings, newCommand, parseArguments } from "../arguments.node.ts";
import { parseSettings } from "../settings.ts";

const EXAMPLES = [
  "ganforge export runs/dcgan-glyphs-1 --format onnx",
  "ganforge export runs/dcgan-glyphs-1 --format safetensors --out generator.safetensors",
];

const exportSettings = {
  format: choice(["onnx", "safetensors"], "onnx", "a model any ONNX runtime runs, or the weights alone"),
};

export async function run(args: readonly string[]): Promise<number> {
  const command = newCommand("export", "Writes a run's generator for other programs.", EXAMPLES)
    .argument("<run>", "the run's folder")
    .option("--out <file>", "where to (default: the run's exports)")
    .option("--checkpoint <step>", "the step to take the weights of (default: the newest sound checkpoint's)")
    .option("--no-ema", "take the weights as trained, not their moving average")
    .option("--json", "print the result as one JSON document");
  addSettings(command, "Format:", exportSettings);
  const given = parseArguments(command, args);
  if (given === undefined) return 0;
  const { out, checkpoint, ema, json, ...flags } = given.flags;
  const { format = "onnx" } = parseSettings(exportSettings, flags) as { format?: string };
  const { exportRun } = await import("../exporting.node.ts");
  await exportRun({
    ...{ run: given.operands[0], format, checkpoint },
    ...{ out: out as string | undefined, ema: ema === true, json: json === true },
  });
  return 0;
}
