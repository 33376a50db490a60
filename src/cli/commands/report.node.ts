// ganforge report: a run as one page.

import { newCommand, parseArguments } from "../arguments.node.ts";

const EXAMPLES = ["ganforge report runs/dcgan-glyphs-1", "ganforge report runs/dcgan-glyphs-1 --out report.html"];

export async function run(args: readonly string[]): Promise<number> {
  const command = newCommand(
    "report",
    "Writes a run as one HTML file: options, curves, pictures, measures, diagnosis. It needs no network, and no program but a browser.",
    EXAMPLES,
  )
    .argument("<run>", "the run's folder")
    .option("--out <file>", "where to (default: report.html in the run)")
    .option("--json", "print the result as one JSON document");
  const given = parseArguments(command, args);
  if (given === undefined) return 0;
  const { out, json } = given.flags;
  const { reportRun } = await import("../reporting.node.ts");
  await reportRun({ run: given.operands[0], out: out as string | undefined, json: json === true });
  return 0;
}
