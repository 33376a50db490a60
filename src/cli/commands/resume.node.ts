// ganforge resume: goes on with a run from its newest sound checkpoint.

import { addSettings, newCommand, parseArguments } from "../arguments.node.ts";
import {
  budgetSettings,
  evaluationSettings,
  parseSettings,
  resumeSettings,
  runSettings,
  type Settings,
} from "../settings.ts";

const EXAMPLES = [
  "ganforge resume runs/dcgan-glyphs-1",
  "ganforge resume runs/dcgan-glyphs-1 --steps 10000",
  "ganforge resume runs/dcgan-glyphs-1 --minutes 30 --device cpu",
];

export async function run(args: readonly string[]): Promise<number> {
  const about =
    "Goes on with a run from its newest sound checkpoint, as if it had never stopped. Limits count from the run's beginning; a new one replaces the old ones.";
  const command = newCommand("resume", about, EXAMPLES).argument("<run>", "the run's folder");
  addSettings(command, "How long:", budgetSettings);
  addSettings(command, "The run:", runSettings);
  addSettings(command, "Measuring as it trains:", evaluationSettings);
  command
    .optionsGroup("This command:")
    .option("--json", "print the result as one JSON document; progress goes to stderr");
  const given = parseArguments(command, args);
  if (given === undefined) return 0;
  const { json = false, ...flags } = given.flags;
  const settings = parseSettings(resumeSettings, flags) as Settings;
  const { runTraining } = await import("../training.node.ts");
  return runTraining({ kind: "resume", folder: given.operands[0], settings }, { json: json === true });
}
