// ganforge reproduce: a published table, trained and measured anew.

import { integer } from "../../recipes/index.ts";
import { addSettings, newCommand, parseArguments } from "../arguments.node.ts";
import { parseSettings } from "../settings.ts";

const EXAMPLES = [
  "ganforge reproduce ring",
  "ganforge reproduce ring --seeds 3 --only R3GAN",
  "ganforge reproduce grid --full",
  "ganforge reproduce baselines --data ./mnist",
];

/** Named here, since help loads no engine; a test holds them to the tables that there are. */
const TABLES =
  "ring or grid (modes of Gaussians), stacked (a thousand modes), baselines (GAN, DCGAN, LSGAN), semi-supervised (few labels), nearest-neighbour (generated digits as a classifier's), linear-probe (D's features)";

const reproduceSettings = {
  seeds: {
    ...integer(0, "trials of each case, by the seeds 1 to N", { min: 1, max: 1000 }),
    default: "the table's own",
  },
  threads: integer(1, "processor threads", { min: 1, max: 256 }),
};

export async function run(args: readonly string[]): Promise<number> {
  const about =
    "Trains and measures the cases of a published table, and writes them beside the published figures. What is done is kept: stopped at any time, it goes on from there.";
  const command = newCommand("reproduce", about, EXAMPLES)
    .argument("<table>", TABLES)
    .option("--full", "the published protocol, for those with hours, instead of a shortened one")
    .option(
      "--data <name or path>",
      "in the place of the table's own set, where it takes another: real digits for drawn ones",
    )
    .option("--only <case>", "one row of the table")
    .option("--out <folder>", "where results and the table go (default: reproduce)")
    .option("--json", "print the results as one JSON document");
  addSettings(command, "Trials:", reproduceSettings);
  const given = parseArguments(command, args);
  if (given === undefined) return 0;
  const { full, only, data, out = "reproduce", json, ...flags } = given.flags;
  const { seeds, threads = 1 } = parseSettings(reproduceSettings, flags) as { seeds?: number; threads?: number };
  const { reproduceTable } = await import("../reproducing.node.ts");
  return reproduceTable({
    ...{ table: given.operands[0], seeds, threads, full: full === true, json: json === true },
    ...{ only: only as string | undefined, data: data as string | undefined, out: out as string },
  });
}
