// ganforge doctor: checks this machine. Exits 1 when training cannot work on it.

import { newCommand, parseArguments } from "../arguments.node.ts";

const EXAMPLES = ["ganforge doctor", "ganforge doctor --json"];

export async function run(args: readonly string[]): Promise<number> {
  const about = "Checks what training needs of this machine, and says what to do about each failure.";
  const command = newCommand("doctor", about, EXAMPLES).option("--json", "print the checks as one JSON document");
  const given = parseArguments(command, args);
  if (given === undefined) return 0;
  const { printCheckup } = await import("../checkup.node.ts");
  return (await printCheckup({ json: given.flags.json === true })) ? 0 : 1;
}
