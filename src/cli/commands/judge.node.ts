// ganforge judge: people tell a run's pictures from real ones.

import { integer } from "../../recipes/index.ts";
import { addSettings, newCommand, parseArguments } from "../arguments.node.ts";
import { parseSettings } from "../settings.ts";

const EXAMPLES = [
  "ganforge judge runs/dcgan-glyphs-1",
  "ganforge judge runs/dcgan-glyphs-1 runs/r3gan-glyphs-1 --count 80",
  "ganforge judge runs/dcgan-glyphs-1 --milliseconds staircase --count 150",
  "ganforge judge runs/dcgan-glyphs-1 --milliseconds unlimited --count 100 --seed 2",
];

const judgeSettings = {
  count: integer(40, "pictures to judge, half of them real; with a second run, as many pairs too", {
    min: 4,
    max: 2000,
  }),
  milliseconds: {
    kind: "text",
    about:
      "how long to show a picture: times between commas in turn, staircase (from 500, by the answers) or unlimited",
    placeholder: "n,n,…",
    default: "250,500,1000",
  },
  seed: integer(1, "decides which pictures, and their order", { min: 0 }),
  port: integer(0, "where the page is served; 0 takes a free one", { min: 0, max: 65535 }),
} as const;

export async function run(args: readonly string[]): Promise<number> {
  const command = newCommand(
    "judge",
    "Serves a page, to this machine alone, that shows real and made pictures for a moment and asks which is which (HYPE: arXiv:1904.01121). Answers are kept in the run as they come; Ctrl-C ends it with the result so far.",
    EXAMPLES,
  )
    .argument("<run>", "the run's folder")
    .argument("[run2]", "another run of pictures of the same size: it is judged too, and each against the other")
    .option("--make <name>", "which of the things that the recipe makes (default: its first)")
    .option("--checkpoint <step>", "the step to take the weights of (default: the newest sound checkpoint's)")
    .option("--no-ema", "take the weights as trained, not their moving average")
    .option("--json", "print the result as one JSON document; the page's address goes to stderr");
  addSettings(command, "Judging:", judgeSettings);
  const given = parseArguments(command, args);
  if (given === undefined) return 0;
  const { make, checkpoint, ema, json, ...flags } = given.flags;
  const settings = parseSettings(judgeSettings, flags);
  const value = <K extends keyof typeof judgeSettings>(key: K) => settings[key] ?? judgeSettings[key].default;
  const { judgeRuns } = await import("../judging.node.ts");
  return judgeRuns({
    runs: given.operands,
    ...{ count: value("count") as number, seed: value("seed") as number, port: value("port") as number },
    milliseconds: value("milliseconds") as string,
    ...{ make: make as string | undefined, checkpoint, ema: ema === true, json: json === true },
  });
}
