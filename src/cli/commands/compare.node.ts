// ganforge compare: several runs side by side.

import { newCommand, parseArguments } from "../arguments.node.ts";

const EXAMPLES = [
  "ganforge compare runs/dcgan-glyphs-1 runs/wgan-gp-glyphs-1",
  "ganforge compare runs/* --out comparison.html",
];

export async function run(args: readonly string[]): Promise<number> {
  const command = newCommand(
    "compare",
    "Writes what was measured of several runs, what they draw and what differs as one HTML file.",
    EXAMPLES,
  )
    .argument("<run...>", "folders of runs, measured before: ganforge evaluate RUN")
    .option("--out <file>", "where to (default: comparison.html)")
    .option("--json", "print the measures as one JSON document");
  const given = parseArguments(command, args);
  if (given === undefined) return 0;
  const { out = "comparison.html", json } = given.flags;
  const { compareRuns } = await import("../comparing.node.ts");
  await compareRuns({ runs: given.operands, out: out as string, json: json === true });
  return 0;
}
