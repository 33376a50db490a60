// ganforge info: where a run stands.

import { newCommand, parseArguments } from "../arguments.node.ts";

const EXAMPLES = ["ganforge info runs/dcgan-glyphs-1", "ganforge info runs/dcgan-glyphs-1 --json"];

export async function run(args: readonly string[]): Promise<number> {
  const command = newCommand("info", "Shows what a run is made from and where it stands.", EXAMPLES)
    .argument("<run>", "the run's folder")
    .option("--json", "print it as one JSON document");
  const given = parseArguments(command, args);
  if (given === undefined) return 0;
  const { printInfo } = await import("../inspection.node.ts");
  await printInfo(given.operands[0], { json: given.flags.json === true });
  return 0;
}
